#include "key_container.hpp"

#include <utility>

namespace secur32 {

namespace {

WideString copy(const WCHAR* text) { return text == nullptr ? WideString() : WideString(text); }

}  // namespace

Certificates::KeyContainer::KeyContainer(const CertificateApi& api, const CRYPT_KEY_PROV_INFO& info)
    : api_(&api),
      container_(copy(info.pwszContainerName)),
      provider_(copy(info.pwszProvName)),
      provider_type_(info.dwProvType),
      key_spec_(info.dwKeySpec),
      flags_(info.dwFlags & CRYPT_MACHINE_KEYSET) {}

Certificates::KeyContainer::KeyContainer(KeyContainer&& other) noexcept
    : api_(std::exchange(other.api_, nullptr)),
      container_(std::move(other.container_)),
      provider_(std::move(other.provider_)),
      provider_type_(other.provider_type_),
      key_spec_(other.key_spec_),
      flags_(other.flags_) {}

Certificates::KeyContainer::~KeyContainer() {
  if (api_ == nullptr || container_.empty()) return;
  // CRYPT_KEY_PROV_INFO: provider type 0 stands for a CNG key storage provider (Microsoft Learn, "CRYPT_KEY_PROV_INFO").
  if (provider_type_ == 0) delete_cng_key();
  else delete_legacy_key();
}

void Certificates::KeyContainer::delete_cng_key() const noexcept {
  NCRYPT_PROV_HANDLE provider = 0;
  NCRYPT_KEY_HANDLE key = 0;
  if (api_->NCryptOpenStorageProvider(&provider, provider_.c_str(), 0) != ERROR_SUCCESS) return;
  const DWORD flags = NCRYPT_SILENT_FLAG | (flags_ != 0 ? NCRYPT_MACHINE_KEY_FLAG : 0);
  if (api_->NCryptOpenKey(provider, &key, container_.c_str(), key_spec_, flags) == ERROR_SUCCESS &&
      api_->NCryptDeleteKey(key, NCRYPT_SILENT_FLAG) != ERROR_SUCCESS)
    api_->NCryptFreeObject(key);
  api_->NCryptFreeObject(provider);
}

void Certificates::KeyContainer::delete_legacy_key() const noexcept {
  HCRYPTPROV none = 0;
  const WCHAR* provider = provider_.empty() ? nullptr : provider_.c_str();
  api_->CryptAcquireContextW(&none, container_.c_str(), provider, provider_type_, CRYPT_DELETEKEYSET | flags_);
}

}  // namespace secur32
