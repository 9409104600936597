#include "certificate_api.hpp"

#include "system_library.hpp"

namespace secur32 {

CertificateApi::CertificateApi() {
  const SystemLibrary crypt32(SECUR32_WIDE("crypt32.dll"));
  crypt32.require("CertOpenStore", CertOpenStore);
  crypt32.require("CertCloseStore", CertCloseStore);
  crypt32.require("CertEnumCertificatesInStore", CertEnumCertificatesInStore);
  crypt32.require("CertFindCertificateInStore", CertFindCertificateInStore);
  crypt32.require("CertAddEncodedCertificateToStore", CertAddEncodedCertificateToStore);
  crypt32.require("CertDuplicateCertificateContext", CertDuplicateCertificateContext);
  crypt32.require("CertFreeCertificateContext", CertFreeCertificateContext);
  crypt32.require("CertGetCertificateContextProperty", CertGetCertificateContextProperty);
  crypt32.require("CertVerifyTimeValidity", CertVerifyTimeValidity);
  crypt32.require("PFXImportCertStore", PFXImportCertStore);

  const SystemLibrary ncrypt(SECUR32_WIDE("ncrypt.dll"));
  ncrypt.require("NCryptOpenStorageProvider", NCryptOpenStorageProvider);
  ncrypt.require("NCryptOpenKey", NCryptOpenKey);
  ncrypt.require("NCryptDeleteKey", NCryptDeleteKey);
  ncrypt.require("NCryptFreeObject", NCryptFreeObject);

  const SystemLibrary advapi32(SECUR32_WIDE("advapi32.dll"));
  advapi32.require("CryptAcquireContextW", CryptAcquireContextW);
}

}  // namespace secur32
