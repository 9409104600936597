#include <memory>

#include "functions.hpp"
#include "instance.hpp"
#include "napi_api.hpp"

namespace {

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  auto instance = std::make_unique<secur32::Instance>(env);
  env.SetInstanceData(instance.get());
  instance.release();
  secur32::export_package_functions(exports);
  secur32::export_credential_functions(exports);
  secur32::export_context_functions(exports);
  secur32::export_attribute_functions(exports);
  secur32::export_message_functions(exports);
  secur32::export_token_functions(exports);
  secur32::export_transfer_functions(exports);
  secur32::export_sasl_functions(exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(secur32, initialize)
