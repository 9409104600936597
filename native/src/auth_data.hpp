#pragma once

#include <optional>
#include <vector>

#include "bytes.hpp"
#include "certificates.hpp"
#include "credential.hpp"
#include "napi_api.hpp"

namespace secur32 {

/// A user with a password. Each text ends with a NUL; an absent one is a null pointer to Windows, which is not the same as an
/// empty one.
struct PasswordData {
  SecretWide user;
  std::optional<SecretWide> domain;
  SecretWide password;
  /// Negotiate only: the packages to use, "!ntlm" for one to leave out.
  std::optional<SecretWide> package_list;
};

/// Schannel's credential.
struct SchannelData {
  std::vector<CertificateSource> certificates;
  /// DER.
  std::vector<Bytes> roots;
  ULONG flags = 0;
  /// SP_PROT bits that may be used; 0 for those of the system.
  ULONG protocols = 0;
  /// Milliseconds; 0 for Schannel's own ten hours.
  ULONG session_lifespan = 0;
};

/// What AcquireCredentialsHandle is called with.
struct AcquireCall {
  WideString package;
  std::optional<WideString> principal;
  ULONG use = 0;
  std::optional<PasswordData> password;
  std::optional<SchannelData> schannel;
};

AcquireCall read_acquire_call(const Napi::Object& call);

/// Calls AcquireCredentialsHandle, which puts the handle into `credential`. Throws a Refusal.
TimeStamp acquire(AcquireCall& call, Credential& credential);

}  // namespace secur32
