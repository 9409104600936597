// The JavaScript side of a handle: an empty, frozen object with a type tag, which owns one reference to the native object.
// Nothing of the handle can be read from JavaScript, and no other object can be passed off as one.
#pragma once

#include <memory>
#include <utility>

#include "napi_api.hpp"
#include "reply.hpp"

namespace secur32 {

/// Makes the object. T::type_tag says which kind it is, T::name what inspect() shows.
template <typename T>
Napi::Object make_handle_object(Napi::Env env, std::shared_ptr<T> object) {
  using Owner = std::shared_ptr<T>;
  const auto handle = Napi::Object::New(env);
  handle.DefineProperty(
      Napi::PropertyDescriptor::Value(Napi::Symbol::WellKnown(env, "toStringTag"), Napi::String::New(env, T::name)));
  handle.TypeTag(&T::type_tag);
  auto owner = std::make_unique<Owner>(std::move(object));
  const napi_status status = napi_wrap(
      env, handle, owner.get(), [](napi_env, void* data, void*) { delete static_cast<Owner*>(data); }, nullptr, nullptr);
  NAPI_THROW_IF_FAILED_VOID(env, status);
  static_cast<void>(owner.release());
  handle.Freeze();
  return handle;
}

/// The reference that a handle object owns. Throws a Refusal for every other value, and for a handle that is closed.
template <typename T>
std::shared_ptr<T>& unwrap_handle(const Napi::Value& value) {
  constexpr Refusal foreign{SEC_E_INVALID_HANDLE, Fault::foreign_handle};
  if (!value.IsObject()) throw foreign;
  const auto object = value.As<Napi::Object>();
  if (!object.CheckTypeTag(&T::type_tag)) throw foreign;
  void* data = nullptr;
  NAPI_THROW_IF_FAILED_VOID(value.Env(), napi_unwrap(value.Env(), object, &data));
  auto& owner = *static_cast<std::shared_ptr<T>*>(data);
  if (!owner) throw foreign;
  return owner;
}

/// Takes the reference away from the handle object, which is closed from then on.
template <typename T>
std::shared_ptr<T> close_handle(const Napi::Value& value) {
  return std::exchange(unwrap_handle<T>(value), nullptr);
}

}  // namespace secur32
