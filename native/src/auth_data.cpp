#include "auth_data.hpp"

#include "refusal.hpp"

namespace secur32 {

namespace {

/// AcquireCredentialsHandle with some pAuthData.
class Acquire {
 public:
  Acquire(AcquireCall& call, Credential& credential) : call_(call), credential_(credential) {}

  SECURITY_STATUS operator()(void* auth_data) {
    CredHandle handle;
    SecInvalidateHandle(&handle);
    expiry.QuadPart = 0;
    const SECURITY_STATUS status =
        credential_.secur32->AcquireCredentialsHandleW(call_.principal ? call_.principal->data() : nullptr, call_.package.data(),
                                                       call_.use, nullptr, auth_data, nullptr, nullptr, &handle, &expiry);
    if (status >= 0) credential_.handle.adopt(handle);
    return status;
  }

  TimeStamp expiry{};

 private:
  AcquireCall& call_;
  Credential& credential_;
};

unsigned short* text(SecretWide& value) { return reinterpret_cast<unsigned short*>(value.data()); }

unsigned short* text(std::optional<SecretWide>& value) { return value ? text(*value) : nullptr; }

ULONG length(const SecretWide& value) { return static_cast<ULONG>(value.size() - 1); }

ULONG length(const std::optional<SecretWide>& value) { return value ? length(*value) : 0; }

// Every package documents SEC_WINNT_AUTH_IDENTITY; the _EX form with a list of packages is Negotiate's. What the _EX2 form says
// besides are credentials of other kinds than a password, for CredSSP and LsaLogonUser.
// Source: Microsoft Learn, "AcquireCredentialsHandle (Negotiate)".
SECURITY_STATUS acquire_with_password(Acquire& acquire, PasswordData& data) {
  if (data.package_list) {
    SEC_WINNT_AUTH_IDENTITY_EXW identity{};
    identity.Version = SEC_WINNT_AUTH_IDENTITY_VERSION;
    identity.Length = sizeof identity;
    identity.User = text(data.user);
    identity.UserLength = length(data.user);
    identity.Domain = text(data.domain);
    identity.DomainLength = length(data.domain);
    identity.Password = text(data.password);
    identity.PasswordLength = length(data.password);
    identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
    identity.PackageList = text(data.package_list);
    identity.PackageListLength = length(data.package_list);
    return acquire(&identity);
  }
  SEC_WINNT_AUTH_IDENTITY_W identity{};
  identity.User = text(data.user);
  identity.UserLength = length(data.user);
  identity.Domain = text(data.domain);
  identity.DomainLength = length(data.domain);
  identity.Password = text(data.password);
  identity.PasswordLength = length(data.password);
  identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
  return acquire(&identity);
}

constexpr ULONG tls13 = SP_PROT_TLS1_3PLUS_SERVER | SP_PROT_TLS1_3PLUS_CLIENT;

// Windows before 10 1809 does not know SCH_CREDENTIALS, and does not agree with itself on how to say so.
bool means_unknown_version(SECURITY_STATUS status) {
  return status == SEC_E_INTERNAL_ERROR || status == SEC_E_UNKNOWN_CREDENTIALS || status == SEC_E_UNSUPPORTED_FUNCTION ||
         status == SEC_E_INVALID_PARAMETER || status == E_INVALIDARG;
}

SECURITY_STATUS acquire_schannel_5(Acquire& acquire, const SchannelData& data, const Certificates& certificates) {
  auto contexts = certificates.contexts();
  TLS_PARAMETERS parameters{};
  parameters.grbitDisabledProtocols = ~data.protocols;
  SCH_CREDENTIALS credentials{};
  credentials.dwVersion = SCH_CREDENTIALS_VERSION;
  credentials.cCreds = static_cast<DWORD>(contexts.size());
  credentials.paCred = contexts.data();
  credentials.hRootStore = certificates.roots();
  credentials.dwSessionLifespan = data.session_lifespan;
  credentials.dwFlags = data.flags;
  credentials.cTlsParameters = data.protocols != 0 ? 1 : 0;
  credentials.pTlsParameters = data.protocols != 0 ? &parameters : nullptr;
  return acquire(&credentials);
}

SECURITY_STATUS acquire_schannel_4(Acquire& acquire, const SchannelData& data, const Certificates& certificates) {
  auto contexts = certificates.contexts();
  SCHANNEL_CRED credentials{};
  credentials.dwVersion = SCHANNEL_CRED_VERSION;
  credentials.cCreds = static_cast<DWORD>(contexts.size());
  credentials.paCred = contexts.data();
  credentials.hRootStore = certificates.roots();
  credentials.grbitEnabledProtocols = data.protocols & ~tls13;
  credentials.dwSessionLifespan = data.session_lifespan;
  credentials.dwFlags = data.flags;
  return acquire(&credentials);
}

SECURITY_STATUS acquire_schannel(Acquire& acquire, SchannelData& data, Certificates& certificates) {
  for (auto& source : data.certificates) certificates.add(source);
  for (const auto& root : data.roots) certificates.add_root(root);
  const SECURITY_STATUS status = acquire_schannel_5(acquire, data, certificates);
  if (status >= 0 || !means_unknown_version(status)) return status;
  // The older structure cannot have TLS 1.3, and no protocols at all would mean the system's.
  if (data.protocols != 0 && (data.protocols & ~tls13) == 0) return status;
  return acquire_schannel_4(acquire, data, certificates) >= 0 ? SEC_E_OK : status;
}

}  // namespace

TimeStamp acquire(AcquireCall& call, Credential& credential) {
  Acquire acquire(call, credential);
  if (call.password) require(acquire_with_password(acquire, *call.password));
  else if (call.schannel) require(acquire_schannel(acquire, *call.schannel, credential.certificates));
  else require(acquire(nullptr));
  return acquire.expiry;
}

}  // namespace secur32
