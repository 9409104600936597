// The Sasl functions as Secur32.dll has them. Source: Microsoft Learn, "SASL Functions".
#include <cstring>

#include "arguments.hpp"
#include "buffer_list.hpp"
#include "context_leg.hpp"
#include "functions.hpp"
#include "instance.hpp"
#include "package_info.hpp"

namespace secur32 {

namespace {

// More than any Windows has: beyond it a count or a length is none.
constexpr ULONG most_profiles = 1024;
constexpr ULONG longest_option = 65536;

Napi::Value has_sasl(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), Instance::of(info.Env()).secur32->has_sasl());
}

struct EnumerateInput {
  Secur32 secur32;
};

// The names follow each other, each with a NUL, and another NUL after the last.
Reply run_enumerate(EnumerateInput& in) {
  WCHAR* found = nullptr;
  ULONG count = 0;
  require(present(in.secur32->SaslEnumerateProfilesW)(&found, &count));
  const UniqueContextBuffer names(*in.secur32, found);
  if (count > most_profiles || (count != 0 && !names)) throw Refusal{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};
  Value::List profiles;
  for (const WCHAR* name = names.get(); profiles.size() < count && *name != 0;) {
    WideString profile(name);
    name += profile.size() + 1;
    profiles.push_back(std::move(profile));
  }
  return Reply::ok({{"profiles", std::move(profiles)}});
}

Napi::Value sasl_enumerate_profiles(const Napi::CallbackInfo& info) {
  return start(info.Env(), EnumerateInput{Instance::of(info.Env()).secur32}, run_enumerate);
}

struct ProfileInput {
  Secur32 secur32;
  WideString profile;
};

Reply run_get_package(ProfileInput& in) {
  SecPkgInfoW* found = nullptr;
  require(present(in.secur32->SaslGetProfilePackageW)(in.profile.data(), &found));
  return describe_package(*in.secur32, found);
}

Napi::Value sasl_get_profile_package(const Napi::CallbackInfo& info) {
  return start(info.Env(), ProfileInput{Instance::of(info.Env()).secur32, to_text(info[0])}, run_get_package);
}

struct IdentifyInput {
  Secur32 secur32;
  InputBuffers buffers;
};

Reply run_identify(IdentifyInput& in) {
  SecPkgInfoW* found = nullptr;
  require(present(in.secur32->SaslIdentifyPackageW)(in.buffers.describe(), &found));
  return describe_package(*in.secur32, found);
}

Napi::Value sasl_identify_package(const Napi::CallbackInfo& info) {
  return start(info.Env(), IdentifyInput{Instance::of(info.Env()).secur32, InputBuffers(info[0].As<Napi::Array>())},
               run_identify);
}

Napi::Value sasl_initialize_security_context(const Napi::CallbackInfo& info) { return start_leg(info, Side::client, true); }

Napi::Value sasl_accept_security_context(const Napi::CallbackInfo& info) { return start_leg(info, Side::server, true); }

struct OptionInput {
  std::shared_ptr<Context> context;
  ULONG option;
  Bytes value;
};

// An option whose size is not known is asked for twice: the first time for its size.
Reply run_get_option(OptionInput& in) {
  const Context::Use use(*in.context);
  const auto get = present(in.context->secur32->SaslGetContextOption);
  Bytes value(sizeof(ULONG));
  ULONG needed = 0;
  SECURITY_STATUS status = get(use.existing(), in.option, value.data(), static_cast<ULONG>(value.size()), &needed);
  if (needed > longest_option) throw Refusal{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};
  if (status == SEC_E_BUFFER_TOO_SMALL) {
    value.resize(needed);
    status = get(use.existing(), in.option, value.data(), needed, &needed);
  }
  require(status);
  if (in.option == SASL_OPTION_AUTHZ_STRING) value.resize(needed < value.size() ? needed : value.size());
  return Reply::ok({{"value", std::move(value)}});
}

Napi::Value sasl_get_context_option(const Napi::CallbackInfo& info) {
  const auto context = unwrap_handle<Context>(info[0]);
  return start_in_turn(info.Env(), context, OptionInput{context, to_ulong(info[1]), {}}, run_get_option);
}

Reply run_set_option(OptionInput& in) {
  const Context::Use use(*in.context);
  const auto set = present(in.context->secur32->SaslSetContextOption);
  return Reply::failure(set(use.existing(), in.option, in.value.data(), static_cast<ULONG>(in.value.size())));
}

Napi::Value sasl_set_context_option(const Napi::CallbackInfo& info) {
  const auto context = unwrap_handle<Context>(info[0]);
  return start_in_turn(info.Env(), context, OptionInput{context, to_ulong(info[1]), copy_bytes(info[2])}, run_set_option);
}

}  // namespace

void export_sasl_functions(Napi::Object exports) {
  export_function<has_sasl>(exports, "hasSasl");
  export_function<sasl_enumerate_profiles>(exports, "saslEnumerateProfiles");
  export_function<sasl_get_profile_package>(exports, "saslGetProfilePackage");
  export_function<sasl_identify_package>(exports, "saslIdentifyPackage");
  export_function<sasl_initialize_security_context>(exports, "saslInitializeSecurityContext");
  export_function<sasl_accept_security_context>(exports, "saslAcceptSecurityContext");
  export_function<sasl_get_context_option>(exports, "saslGetContextOption");
  export_function<sasl_set_context_option>(exports, "saslSetContextOption");
}

}  // namespace secur32
