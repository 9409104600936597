#include "reply.hpp"

namespace secur32 {

Napi::Value Reply::to_js(Napi::Env env) const {
  auto object = Napi::Object::New(env);
  object.Set("status", Napi::Number::New(env, static_cast<std::uint32_t>(status)));
  if (fault != Fault::none) object.Set("fault", Napi::Number::New(env, static_cast<std::uint32_t>(fault)));
  assign(object, data);
  return object;
}

}  // namespace secur32
