#include "arguments.hpp"
#include "attribute_query.hpp"
#include "attribute_setting.hpp"
#include "functions.hpp"
#include "instance.hpp"

namespace secur32 {

namespace {

struct ContextQueryInput {
  std::shared_ptr<Context> context;
  ULONG attribute;
};

Reply run_query_context(ContextQueryInput& in) {
  const Context::Use use(*in.context);
  const auto& secur32 = *in.context->secur32;
  const AttributeQuery query(secur32, secur32.QueryContextAttributesW, use.existing());
  return Reply::ok({{"value", read_context_attribute(query, in.attribute)}});
}

Napi::Value query_context_attributes(const Napi::CallbackInfo& info) {
  const auto context = unwrap_handle<Context>(info[0]);
  return start_in_turn(info.Env(), context, ContextQueryInput{context, to_ulong(info[1])}, run_query_context);
}

struct ContextSettingInput {
  std::shared_ptr<Context> context;
  AttributeSetting setting;
};

Reply run_set_context(ContextSettingInput& in) {
  const Context::Use use(*in.context);
  return Reply::failure(in.setting.set_of_context(in.context->secur32->SetContextAttributesW, use.existing()));
}

Napi::Value set_context_attributes(const Napi::CallbackInfo& info) {
  const auto context = unwrap_handle<Context>(info[0]);
  AttributeSetting setting(to_ulong(info[1]), object_argument(info, 2));
  return start_in_turn(info.Env(), context, ContextSettingInput{context, std::move(setting)}, run_set_context);
}

struct CredentialQueryInput {
  std::shared_ptr<Credential> credential;
  ULONG attribute;
};

Reply run_query_credential(CredentialQueryInput& in) {
  const auto& secur32 = *in.credential->secur32;
  const AttributeQuery query(secur32, secur32.QueryCredentialsAttributesW, in.credential->handle.get());
  return Reply::ok({{"value", read_credential_attribute(query, in.attribute)}});
}

Napi::Value query_credentials_attributes(const Napi::CallbackInfo& info) {
  const auto credential = unwrap_handle<Credential>(info[0]);
  return start(info.Env(), CredentialQueryInput{credential, to_ulong(info[1])}, run_query_credential);
}

struct CredentialSettingInput {
  std::shared_ptr<Credential> credential;
  AttributeSetting setting;
};

Reply run_set_credential(CredentialSettingInput& in) {
  const auto function = in.credential->secur32->SetCredentialsAttributesW;
  return Reply::failure(in.setting.set_of_credential(function, in.credential->handle.get()));
}

Napi::Value set_credentials_attributes(const Napi::CallbackInfo& info) {
  const auto credential = unwrap_handle<Credential>(info[0]);
  AttributeSetting setting(to_ulong(info[1]), object_argument(info, 2));
  return start(info.Env(), CredentialSettingInput{credential, std::move(setting)}, run_set_credential);
}

}  // namespace

void export_attribute_functions(Napi::Object exports) {
  export_function<query_context_attributes>(exports, "queryContextAttributes");
  export_function<set_context_attributes>(exports, "setContextAttributes");
  export_function<query_credentials_attributes>(exports, "queryCredentialsAttributes");
  export_function<set_credentials_attributes>(exports, "setCredentialsAttributes");
}

}  // namespace secur32
