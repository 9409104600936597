/* Certificates in the user's store, as an administrator would put them there. */
#include <wchar.h>

#include "audit.h"

#define ENCODING (X509_ASN_ENCODING | PKCS_7_ASN_ENCODING)

static HCERTSTORE open_store(void) {
  return CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, L"My");
}

bool store_add(const BYTE *pfx, DWORD size, const WCHAR *password) {
  CRYPT_DATA_BLOB file = {size, (BYTE *)pfx};
  const HCERTSTORE imported = PFXImportCertStore(&file, password, CRYPT_USER_KEYSET);
  const HCERTSTORE store = open_store();
  const CERT_CONTEXT *certificate = imported == NULL ? NULL : CertEnumCertificatesInStore(imported, NULL);
  const bool added = certificate != NULL && store != NULL &&
                     CertAddCertificateContextToStore(store, certificate, CERT_STORE_ADD_REPLACE_EXISTING, NULL);
  if (certificate != NULL) CertFreeCertificateContext(certificate);
  if (store != NULL) CertCloseStore(store, 0);
  if (imported != NULL) CertCloseStore(imported, 0);
  return added;
}

/* Wine forgets the certificate, but not the key of the registry that it has it from. */
static void remove_from_registry(const BYTE *thumbprint) {
  WCHAR key[128] = L"Software\\Microsoft\\SystemCertificates\\My\\Certificates\\";
  WCHAR *end = key + wcslen(key);
  for (int i = 0; i < 20; i++) end += swprintf(end, 3, L"%02X", thumbprint[i]);
  RegDeleteTreeW(HKEY_CURRENT_USER, key);
}

bool store_remove(const BYTE *thumbprint) {
  const HCERTSTORE store = open_store();
  if (store == NULL) return false;
  CRYPT_HASH_BLOB hash = {20, (BYTE *)thumbprint};
  const CERT_CONTEXT *certificate = CertFindCertificateInStore(store, ENCODING, 0, CERT_FIND_SHA1_HASH, &hash, NULL);
  const bool removed = certificate != NULL && CertDeleteCertificateFromStore(certificate);
  CertCloseStore(store, 0);
  remove_from_registry(thumbprint);
  return removed;
}
