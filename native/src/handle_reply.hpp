#pragma once

#include <memory>
#include <utility>

#include "handle_object.hpp"
#include "reply.hpp"

namespace secur32 {

/// A reply that brings a new handle.
template <typename T>
struct HandleReply {
  Reply reply;
  const char* name = nullptr;
  std::shared_ptr<T> object;

  static HandleReply failure(SECURITY_STATUS status, Fault fault = Fault::none) {
    return {Reply::failure(status, fault), nullptr, {}};
  }

  Napi::Value to_js(Napi::Env env) const {
    const auto result = reply.to_js(env).template As<Napi::Object>();
    if (object) result.Set(name, make_handle_object(env, object));
    return result;
  }
};

}  // namespace secur32
