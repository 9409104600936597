#pragma once

#include <memory>
#include <utility>

#include "windows_api.hpp"

namespace secur32 {

/// The functions of Secur32.dll, found once. Those that a version of Windows may lack are null there.
struct Secur32Api {
  /// Throws std::runtime_error where the DLL or a function that every Windows has is missing.
  Secur32Api();

  decltype(&::FreeContextBuffer) FreeContextBuffer;
  decltype(&::EnumerateSecurityPackagesW) EnumerateSecurityPackagesW;
  decltype(&::QuerySecurityPackageInfoW) QuerySecurityPackageInfoW;

  decltype(&::AcquireCredentialsHandleW) AcquireCredentialsHandleW;
  decltype(&::FreeCredentialsHandle) FreeCredentialsHandle;
  decltype(&::QueryCredentialsAttributesW) QueryCredentialsAttributesW;
  decltype(&::SetCredentialsAttributesW) SetCredentialsAttributesW;

  decltype(&::InitializeSecurityContextW) InitializeSecurityContextW;
  decltype(&::AcceptSecurityContext) AcceptSecurityContext;
  decltype(&::CompleteAuthToken) CompleteAuthToken;
  decltype(&::ApplyControlToken) ApplyControlToken;
  decltype(&::DeleteSecurityContext) DeleteSecurityContext;
  decltype(&::QueryContextAttributesW) QueryContextAttributesW;
  decltype(&::SetContextAttributesW) SetContextAttributesW;

  decltype(&::ImpersonateSecurityContext) ImpersonateSecurityContext;
  decltype(&::RevertSecurityContext) RevertSecurityContext;
  decltype(&::QuerySecurityContextToken) QuerySecurityContextToken;
  decltype(&::ExportSecurityContext) ExportSecurityContext;
  decltype(&::ImportSecurityContextW) ImportSecurityContextW;

  decltype(&::MakeSignature) MakeSignature;
  decltype(&::VerifySignature) VerifySignature;
  decltype(&::EncryptMessage) EncryptMessage;
  decltype(&::DecryptMessage) DecryptMessage;

  decltype(&::SaslEnumerateProfilesW) SaslEnumerateProfilesW = nullptr;
  decltype(&::SaslGetProfilePackageW) SaslGetProfilePackageW = nullptr;
  decltype(&::SaslIdentifyPackageW) SaslIdentifyPackageW = nullptr;
  decltype(&::SaslInitializeSecurityContextW) SaslInitializeSecurityContextW = nullptr;
  decltype(&::SaslAcceptSecurityContext) SaslAcceptSecurityContext = nullptr;
  decltype(&::SaslGetContextOption) SaslGetContextOption = nullptr;
  decltype(&::SaslSetContextOption) SaslSetContextOption = nullptr;

  /// Whether all the Sasl functions are there.
  bool has_sasl() const noexcept;
};

/// Objects that call Secur32.dll share its functions, as they may outlive the Node environment that found them.
using Secur32 = std::shared_ptr<const Secur32Api>;

}  // namespace secur32
