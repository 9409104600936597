// Certificates, stores and keys.
#include "script.hpp"

#include <wincrypt.h>

#include <bcrypt.h>
#include <ncrypt.h>

#include <algorithm>

using namespace fake;

namespace {

struct Certificate {
  CERT_CONTEXT context{};
  CERT_INFO info{};
  BYTE encoded[4] = {0x30, 2, 5, 0};
  int references = 1;
};

struct Store {
  int alive = 1;
};

/// Where certificates of a peer come from, with the chain.
Store peer_store;

Certificate* of(const CERT_CONTEXT* context) {
  return reinterpret_cast<Certificate*>(const_cast<CERT_CONTEXT*>(context));
}

}  // namespace

namespace fake {

const CERT_CONTEXT* make_certificate() {
  count(&Ledger::certificates, 1);
  auto* certificate = new Certificate;
  certificate->context = {X509_ASN_ENCODING, certificate->encoded, sizeof certificate->encoded, &certificate->info, &peer_store};
  return &certificate->context;
}

}  // namespace fake

extern "C" {

PCCERT_CONTEXT WINAPI CertDuplicateCertificateContext(PCCERT_CONTEXT certificate) {
  count(&Ledger::certificates, 1);
  of(certificate)->references++;
  return certificate;
}

WINBOOL WINAPI CertFreeCertificateContext(PCCERT_CONTEXT certificate) {
  count(&Ledger::certificates, -1);
  if (--of(certificate)->references == 0) delete of(certificate);
  return TRUE;
}

HCERTSTORE WINAPI CertOpenStore(LPCSTR, DWORD, HCRYPTPROV_LEGACY, DWORD, const void*) {
  if (next_answer("CertOpenStore").status != SEC_E_OK) return nullptr;
  count(&Ledger::stores, 1);
  return new Store;
}

HCERTSTORE WINAPI PFXImportCertStore(CRYPT_DATA_BLOB*, LPCWSTR, DWORD) {
  if (next_answer("PFXImportCertStore").status != SEC_E_OK) return nullptr;
  count(&Ledger::stores, 1);
  return new Store;
}

WINBOOL WINAPI CertCloseStore(HCERTSTORE store, DWORD) {
  count(&Ledger::stores, -1);
  delete static_cast<Store*>(store);
  return TRUE;
}

/// Two certificates, one after the other; the previous one is given back, as Windows does.
PCCERT_CONTEXT WINAPI CertEnumCertificatesInStore(HCERTSTORE store, PCCERT_CONTEXT previous) {
  if (static_cast<Store*>(store)->alive != 1) std::abort();
  const bool last = previous != nullptr && previous->pbCertEncoded[3] == 1;
  if (previous != nullptr) CertFreeCertificateContext(previous);
  if (last || next_answer("CertEnumCertificatesInStore").status != SEC_E_OK) return nullptr;
  auto* next = of(make_certificate());
  next->encoded[3] = previous != nullptr;
  return &next->context;
}

PCCERT_CONTEXT WINAPI CertFindCertificateInStore(HCERTSTORE store, DWORD, DWORD, DWORD, const void*, PCCERT_CONTEXT previous) {
  return CertEnumCertificatesInStore(store, previous);
}

WINBOOL WINAPI CertAddEncodedCertificateToStore(HCERTSTORE, DWORD, const BYTE* encoded, DWORD size, DWORD, PCCERT_CONTEXT*) {
  const std::vector<BYTE> read(encoded, encoded + size);
  return next_answer("CertAddEncodedCertificateToStore").status == SEC_E_OK;
}

WINBOOL WINAPI CertGetCertificateContextProperty(PCCERT_CONTEXT, DWORD, void* value, DWORD* size) {
  const auto answer = next_answer("CertGetCertificateContextProperty");
  if (answer.status != SEC_E_OK) return FALSE;
  CRYPT_KEY_PROV_INFO info{};
  constexpr ULONG whole = sizeof info;
  const ULONG length = answer.attributes == 0 ? whole : answer.attributes;
  if (value != nullptr) std::memcpy(value, &info, std::min(*size, std::min(length, whole)));
  *size = length;
  return TRUE;
}

LONG WINAPI CertVerifyTimeValidity(LPFILETIME, PCERT_INFO) { return next_answer("CertVerifyTimeValidity").status; }

SECURITY_STATUS WINAPI NCryptOpenStorageProvider(NCRYPT_PROV_HANDLE* provider, LPCWSTR, DWORD) {
  *provider = 1;
  return next_answer("NCryptOpenStorageProvider").status;
}

SECURITY_STATUS WINAPI NCryptOpenKey(NCRYPT_PROV_HANDLE, NCRYPT_KEY_HANDLE* key, LPCWSTR, DWORD, DWORD) {
  *key = 1;
  return next_answer("NCryptOpenKey").status;
}

SECURITY_STATUS WINAPI NCryptDeleteKey(NCRYPT_KEY_HANDLE, DWORD) { return next_answer("NCryptDeleteKey").status; }

SECURITY_STATUS WINAPI NCryptFreeObject(NCRYPT_HANDLE) { return SEC_E_OK; }

WINBOOL WINAPI CryptAcquireContextW(HCRYPTPROV*, LPCWSTR, LPCWSTR, DWORD, DWORD) { return TRUE; }

}  // extern "C"
