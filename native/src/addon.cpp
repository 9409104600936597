#include <napi.h>
#include <windows.h>

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("trial", Napi::Function::New(env, [](const Napi::CallbackInfo& info) -> Napi::Value {
    if (info.Length() > 0) throw Napi::Error::New(info.Env(), "asked for");
    return Napi::Number::New(info.Env(), static_cast<double>(GetCurrentProcessId()));
  }));
  return exports;
}
NODE_API_MODULE(secur32, init)
