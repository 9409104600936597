#pragma once

#include "bytes.hpp"
#include "certificates.hpp"

namespace secur32 {

/// The place of an imported key in a key store: the key is deleted with this object.
struct Certificates::KeyContainer {
 public:
  KeyContainer(const CertificateApi& api, const CRYPT_KEY_PROV_INFO& info);
  KeyContainer(KeyContainer&& other) noexcept;
  KeyContainer& operator=(KeyContainer&&) = delete;
  ~KeyContainer();

 private:
  void delete_cng_key() const noexcept;
  void delete_legacy_key() const noexcept;

  const CertificateApi* api_;
  WideString container_;
  WideString provider_;
  DWORD provider_type_;
  DWORD key_spec_;
  DWORD flags_;
};

}  // namespace secur32
