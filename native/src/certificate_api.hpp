#pragma once

#include <memory>

#include "windows_api.hpp"

namespace secur32 {

/// What certificates need of crypt32.dll, ncrypt.dll and advapi32.dll: loaded when the first certificate comes.
struct CertificateApi {
  /// Throws std::runtime_error where a function is missing.
  CertificateApi();

  decltype(&::CertOpenStore) CertOpenStore;
  decltype(&::CertCloseStore) CertCloseStore;
  decltype(&::CertEnumCertificatesInStore) CertEnumCertificatesInStore;
  decltype(&::CertFindCertificateInStore) CertFindCertificateInStore;
  decltype(&::CertAddEncodedCertificateToStore) CertAddEncodedCertificateToStore;
  decltype(&::CertDuplicateCertificateContext) CertDuplicateCertificateContext;
  decltype(&::CertFreeCertificateContext) CertFreeCertificateContext;
  decltype(&::CertGetCertificateContextProperty) CertGetCertificateContextProperty;
  decltype(&::CertVerifyTimeValidity) CertVerifyTimeValidity;
  decltype(&::PFXImportCertStore) PFXImportCertStore;

  decltype(&::NCryptOpenStorageProvider) NCryptOpenStorageProvider;
  decltype(&::NCryptOpenKey) NCryptOpenKey;
  decltype(&::NCryptDeleteKey) NCryptDeleteKey;
  decltype(&::NCryptFreeObject) NCryptFreeObject;

  decltype(&::CryptAcquireContextW) CryptAcquireContextW;
};

struct FreeCertificate {
  decltype(CertificateApi::CertFreeCertificateContext) free;
  void operator()(const CERT_CONTEXT* certificate) const noexcept { free(certificate); }
};
using UniqueCertificate = std::unique_ptr<const CERT_CONTEXT, FreeCertificate>;

struct CloseStore {
  using pointer = HCERTSTORE;
  decltype(CertificateApi::CertCloseStore) close;
  void operator()(HCERTSTORE store) const noexcept { close(store, 0); }
};
using UniqueStore = std::unique_ptr<void, CloseStore>;

}  // namespace secur32
