// AcquireCredentialsHandle's arguments as src/native/auth-data.ts passes them.
#include "arguments.hpp"
#include "auth_data.hpp"

namespace secur32 {

namespace {

std::optional<SecretWide> optional_secret(const Napi::Object& object, const char* name) {
  const auto value = member(object, name);
  if (!value) return {};
  return to_secret_text(*value);
}

PasswordData read_password(const Napi::Object& data) {
  return {
      .user = secret_member(data, "user"),
      .domain = optional_secret(data, "domain"),
      .password = secret_member(data, "password"),
      .package_list = optional_secret(data, "packageList"),
  };
}

CertificateSource read_certificate(const Napi::Object& data) {
  if (const auto pfx = member(data, "pfx")) {
    const auto view = to_bytes(*pfx);
    return PfxSource{SecretBytes(view.data, view.data + view.length), secret_member(data, "passphrase")};
  }
  StoreSource source;
  source.store = to_text(data.Get("store"));
  source.of_machine = data.Get("machine").ToBoolean();
  if (const auto thumbprint = member(data, "thumbprint")) source.thumbprint = copy_bytes(*thumbprint);
  else source.subject = to_text(data.Get("subject"));
  return source;
}

SchannelData read_schannel(const Napi::Object& data) {
  SchannelData schannel;
  const auto certificates = data.Get("certificates").As<Napi::Array>();
  for (std::uint32_t i = 0; i < certificates.Length(); i++)
    schannel.certificates.push_back(read_certificate(certificates.Get(i).As<Napi::Object>()));
  const auto roots = data.Get("roots").As<Napi::Array>();
  for (std::uint32_t i = 0; i < roots.Length(); i++) schannel.roots.push_back(copy_bytes(roots.Get(i)));
  schannel.flags = ulong_member(data, "flags");
  schannel.protocols = ulong_member(data, "protocols");
  schannel.session_lifespan = ulong_member(data, "sessionLifespan");
  return schannel;
}

}  // namespace

AcquireCall read_acquire_call(const Napi::Object& object) {
  AcquireCall call;
  call.package = to_text(object.Get("package"));
  if (const auto principal = member(object, "principal")) call.principal = to_text(*principal);
  call.use = ulong_member(object, "use");
  if (const auto password = member(object, "password")) call.password = read_password(password->As<Napi::Object>());
  if (const auto schannel = member(object, "schannel")) call.schannel = read_schannel(schannel->As<Napi::Object>());
  return call;
}

}  // namespace secur32
