#include "value.hpp"

#include <cstring>
#include <type_traits>

namespace secur32 {

namespace {

Napi::Value list_to_js(Napi::Env env, const Value::List& list) {
  auto array = Napi::Array::New(env, list.size());
  for (std::uint32_t i = 0; i < list.size(); i++) array.Set(i, list[i].to_js(env));
  return array;
}

Napi::Value record_to_js(Napi::Env env, const Value::Record& record) {
  auto object = Napi::Object::New(env);
  assign(object, record);
  return object;
}

Napi::Value date_to_js(Napi::Env env, const Timestamp& time) {
  return time.milliseconds ? Napi::Date::New(env, *time.milliseconds) : env.Undefined();
}

Napi::Value text_to_js(Napi::Env env, const WideString& text) {
  static_assert(sizeof(WCHAR) == sizeof(char16_t));
  return Napi::String::New(env, reinterpret_cast<const char16_t*>(text.data()), text.size());
}

}  // namespace

Value::Value() noexcept = default;
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;
Value::~Value() = default;

Napi::Value Value::to_js(Napi::Env env) const {
  return std::visit(
      [env](const auto& data) -> Napi::Value {
        using Data = std::decay_t<decltype(data)>;
        if constexpr (std::is_same_v<Data, bool>) return Napi::Boolean::New(env, data);
        else if constexpr (std::is_same_v<Data, std::uint32_t>) return Napi::Number::New(env, data);
        else if constexpr (std::is_same_v<Data, std::string_view>) return Napi::String::New(env, data.data(), data.size());
        else if constexpr (std::is_same_v<Data, WideString>) return text_to_js(env, data);
        else if constexpr (std::is_same_v<Data, Bytes>) return copy_to_js(env, data.data(), data.size());
        else if constexpr (std::is_same_v<Data, SecretBytes>) return copy_to_js(env, data.data(), data.size());
        else if constexpr (std::is_same_v<Data, Timestamp>) return date_to_js(env, data);
        else if constexpr (std::is_same_v<Data, List>) return list_to_js(env, data);
        else if constexpr (std::is_same_v<Data, Record>) return record_to_js(env, data);
        else return env.Undefined();
      },
      data_);
}

void assign(Napi::Object target, const Value::Record& record) {
  for (const auto& [name, value] : record) {
    const Napi::Value converted = value.to_js(target.Env());
    if (!converted.IsUndefined()) target.Set(name, converted);
  }
}

Napi::Uint8Array copy_to_js(Napi::Env env, const Byte* data, std::size_t length) {
  auto array = Napi::Uint8Array::New(env, length);
  if (length != 0) std::memcpy(array.Data(), data, length);
  return array;
}

}  // namespace secur32
