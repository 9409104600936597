#pragma once

#include <memory>
#include <utility>

#include "windows_api.hpp"

namespace secur32 {

/// The functions of Secur32.dll, found once. Those that a version of Windows may lack are null there.
struct Secur32Api {
  /// Throws std::runtime_error where the DLL or a function that every Windows has is missing.
  Secur32Api();

  decltype(&::FreeContextBuffer) FreeContextBuffer = nullptr;
  decltype(&::EnumerateSecurityPackagesW) EnumerateSecurityPackagesW = nullptr;
  decltype(&::QuerySecurityPackageInfoW) QuerySecurityPackageInfoW = nullptr;

  decltype(&::AcquireCredentialsHandleW) AcquireCredentialsHandleW = nullptr;
  decltype(&::FreeCredentialsHandle) FreeCredentialsHandle = nullptr;
  decltype(&::QueryCredentialsAttributesW) QueryCredentialsAttributesW = nullptr;
  decltype(&::SetCredentialsAttributesW) SetCredentialsAttributesW = nullptr;

  decltype(&::InitializeSecurityContextW) InitializeSecurityContextW = nullptr;
  decltype(&::AcceptSecurityContext) AcceptSecurityContext = nullptr;
  decltype(&::CompleteAuthToken) CompleteAuthToken = nullptr;
  decltype(&::ApplyControlToken) ApplyControlToken = nullptr;
  decltype(&::DeleteSecurityContext) DeleteSecurityContext = nullptr;
  decltype(&::QueryContextAttributesW) QueryContextAttributesW = nullptr;
  decltype(&::SetContextAttributesW) SetContextAttributesW = nullptr;

  decltype(&::ImpersonateSecurityContext) ImpersonateSecurityContext = nullptr;
  decltype(&::RevertSecurityContext) RevertSecurityContext = nullptr;
  decltype(&::QuerySecurityContextToken) QuerySecurityContextToken = nullptr;
  decltype(&::ExportSecurityContext) ExportSecurityContext = nullptr;
  decltype(&::ImportSecurityContextW) ImportSecurityContextW = nullptr;

  decltype(&::MakeSignature) MakeSignature = nullptr;
  decltype(&::VerifySignature) VerifySignature = nullptr;
  decltype(&::EncryptMessage) EncryptMessage = nullptr;
  decltype(&::DecryptMessage) DecryptMessage = nullptr;

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
