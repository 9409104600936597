#include "secur32_api.hpp"

#include "secur32_library.hpp"

namespace secur32 {

Secur32Api::Secur32Api() {
  const Secur32Library library;
  library.require("FreeContextBuffer", FreeContextBuffer);
  library.require("EnumerateSecurityPackagesW", EnumerateSecurityPackagesW);
  library.require("QuerySecurityPackageInfoW", QuerySecurityPackageInfoW);
  library.require("AcquireCredentialsHandleW", AcquireCredentialsHandleW);
  library.require("FreeCredentialsHandle", FreeCredentialsHandle);
  library.require("InitializeSecurityContextW", InitializeSecurityContextW);
  library.require("AcceptSecurityContext", AcceptSecurityContext);
  library.require("DeleteSecurityContext", DeleteSecurityContext);

  library.find("QueryCredentialsAttributesW", QueryCredentialsAttributesW);
  library.find("CompleteAuthToken", CompleteAuthToken);
  library.find("ApplyControlToken", ApplyControlToken);
  library.find("QueryContextAttributesW", QueryContextAttributesW);
  library.find("SetContextAttributesW", SetContextAttributesW);
  library.find("ImpersonateSecurityContext", ImpersonateSecurityContext);
  library.find("RevertSecurityContext", RevertSecurityContext);
  library.find("QuerySecurityContextToken", QuerySecurityContextToken);
  library.find("ExportSecurityContext", ExportSecurityContext);
  library.find("ImportSecurityContextW", ImportSecurityContextW);
  library.find("MakeSignature", MakeSignature);
  library.find("VerifySignature", VerifySignature);
  library.find("EncryptMessage", EncryptMessage);
  library.find("DecryptMessage", DecryptMessage);

  if (library.may_have_stubs()) return;
  library.find("SetCredentialsAttributesW", SetCredentialsAttributesW);
  library.find("SaslEnumerateProfilesW", SaslEnumerateProfilesW);
  library.find("SaslGetProfilePackageW", SaslGetProfilePackageW);
  library.find("SaslIdentifyPackageW", SaslIdentifyPackageW);
  library.find("SaslInitializeSecurityContextW", SaslInitializeSecurityContextW);
  library.find("SaslAcceptSecurityContext", SaslAcceptSecurityContext);
  library.find("SaslGetContextOption", SaslGetContextOption);
  library.find("SaslSetContextOption", SaslSetContextOption);
}

bool Secur32Api::has_sasl() const noexcept {
  return SaslEnumerateProfilesW && SaslGetProfilePackageW && SaslIdentifyPackageW && SaslInitializeSecurityContextW &&
         SaslAcceptSecurityContext && SaslGetContextOption && SaslSetContextOption;
}

}  // namespace secur32
