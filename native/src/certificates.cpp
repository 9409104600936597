#include "certificates.hpp"

#include <utility>

#include "key_container.hpp"
#include "refusal.hpp"

namespace secur32 {

namespace {

constexpr DWORD encoding = X509_ASN_ENCODING | PKCS_7_ASN_ENCODING;

Bytes property(const CertificateApi& api, const CERT_CONTEXT* certificate, DWORD id) {
  DWORD size = 0;
  if (!api.CertGetCertificateContextProperty(certificate, id, nullptr, &size)) return {};
  Bytes bytes(size);
  if (!api.CertGetCertificateContextProperty(certificate, id, bytes.data(), &size)) return {};
  return bytes;
}

bool has_key(const CertificateApi& api, const CERT_CONTEXT* certificate) {
  return property(api, certificate, CERT_KEY_PROV_INFO_PROP_ID).size() >= sizeof(CRYPT_KEY_PROV_INFO);
}

bool expires_later(const CERT_CONTEXT* one, const CERT_CONTEXT* other) {
  return CompareFileTime(&one->pCertInfo->NotAfter, &other->pCertInfo->NotAfter) > 0;
}

}  // namespace

Certificates::Certificates() noexcept = default;
Certificates::Certificates(Certificates&&) noexcept = default;
Certificates& Certificates::operator=(Certificates&&) noexcept = default;
Certificates::~Certificates() = default;

void Certificates::add(CertificateSource& source) {
  if (auto* pfx = std::get_if<PfxSource>(&source)) add_pfx(*pfx);
  else add_from_store(std::get<StoreSource>(source));
}

void Certificates::add_root(const Bytes& certificate) {
  const auto& crypt32 = api();
  if (!roots_) {
    const HCERTSTORE store = crypt32.CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, 0, nullptr);
    if (store == nullptr) throw Refusal{SEC_E_INSUFFICIENT_MEMORY};
    roots_ = UniqueStore(store, {crypt32.CertCloseStore});
  }
  if (!crypt32.CertAddEncodedCertificateToStore(roots_.get(), encoding, certificate.data(),
                                                static_cast<DWORD>(certificate.size()), CERT_STORE_ADD_USE_EXISTING, nullptr))
    throw Refusal{SEC_E_UNKNOWN_CREDENTIALS, Fault::certificate_unreadable};
}

std::vector<const CERT_CONTEXT*> Certificates::contexts() const {
  std::vector<const CERT_CONTEXT*> contexts;
  for (const auto& certificate : certificates_) contexts.push_back(certificate.get());
  return contexts;
}

const CertificateApi& Certificates::api() {
  if (!api_) api_ = std::make_unique<const CertificateApi>();
  return *api_;
}

void Certificates::add_pfx(PfxSource& source) {
  const auto& crypt32 = api();
  CRYPT_DATA_BLOB file = {static_cast<DWORD>(source.pfx.size()), source.pfx.data()};
  // Keys of the legacy providers cannot sign as TLS 1.3 wants it (RSASSA-PSS), so a CNG provider is asked for where there is one.
  HCERTSTORE imported = crypt32.PFXImportCertStore(&file, source.password.data(), PKCS12_PREFER_CNG_KSP);
  if (imported == nullptr) imported = crypt32.PFXImportCertStore(&file, source.password.data(), 0);
  if (imported == nullptr) throw Refusal{SEC_E_UNKNOWN_CREDENTIALS, Fault::certificate_unreadable};
  stores_.emplace_back(imported, CloseStore{crypt32.CertCloseStore});

  UniqueCertificate leaf(nullptr, {crypt32.CertFreeCertificateContext});
  UniqueCertificate next(nullptr, {crypt32.CertFreeCertificateContext});
  while (next.reset(crypt32.CertEnumCertificatesInStore(imported, next.release())), next) {
    if (!has_key(crypt32, next.get())) continue;
    remember_key(next.get());
    if (!leaf) leaf.reset(crypt32.CertDuplicateCertificateContext(next.get()));
  }
  if (!leaf) throw Refusal{SEC_E_UNKNOWN_CREDENTIALS, Fault::certificate_unreadable};
  certificates_.push_back(std::move(leaf));
}

void Certificates::add_from_store(const StoreSource& source) {
  const auto& crypt32 = api();
  const DWORD location = source.of_machine ? CERT_SYSTEM_STORE_LOCAL_MACHINE : CERT_SYSTEM_STORE_CURRENT_USER;
  const HCERTSTORE store = crypt32.CertOpenStore(
      CERT_STORE_PROV_SYSTEM_W, 0, 0, location | CERT_STORE_OPEN_EXISTING_FLAG | CERT_STORE_READONLY_FLAG, source.store.c_str());
  if (store == nullptr) throw Refusal{SEC_E_NO_CREDENTIALS, Fault::certificate_not_found};
  stores_.emplace_back(store, CloseStore{crypt32.CertCloseStore});
  auto found = find(store, source);
  if (!found) throw Refusal{SEC_E_NO_CREDENTIALS, Fault::certificate_not_found};
  certificates_.push_back(std::move(found));
}

// Of several that fit, one that has a key and is valid today; of those the one that expires last.
UniqueCertificate Certificates::find(HCERTSTORE store, const StoreSource& source) {
  const auto& crypt32 = api();
  CRYPT_HASH_BLOB hash = {static_cast<DWORD>(source.thumbprint.size()), const_cast<BYTE*>(source.thumbprint.data())};
  const bool by_hash = !source.thumbprint.empty();
  const DWORD how = by_hash ? CERT_FIND_SHA1_HASH : CERT_FIND_SUBJECT_STR_W;
  const void* what = by_hash ? static_cast<const void*>(&hash) : source.subject.c_str();

  UniqueCertificate best(nullptr, {crypt32.CertFreeCertificateContext});
  UniqueCertificate next(nullptr, {crypt32.CertFreeCertificateContext});
  while (next.reset(crypt32.CertFindCertificateInStore(store, encoding, 0, how, what, next.release())), next) {
    if (!has_key(crypt32, next.get())) continue;
    if (!by_hash && crypt32.CertVerifyTimeValidity(nullptr, next->pCertInfo) != 0) continue;
    if (!best || expires_later(next.get(), best.get())) best.reset(crypt32.CertDuplicateCertificateContext(next.get()));
  }
  return best;
}

void Certificates::remember_key(const CERT_CONTEXT* certificate) {
  const Bytes bytes = property(api(), certificate, CERT_KEY_PROV_INFO_PROP_ID);
  const auto* info = reinterpret_cast<const CRYPT_KEY_PROV_INFO*>(bytes.data());
  keys_.emplace_back(api(), *info);
}

}  // namespace secur32
