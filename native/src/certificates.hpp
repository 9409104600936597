#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "bytes.hpp"
#include "certificate_api.hpp"

namespace secur32 {

/// A certificate and its key as a PKCS #12 file.
struct PfxSource {
  SecretBytes pfx;
  /// Ends with a NUL.
  SecretWide password;
};

/// A certificate of a Windows store, by the SHA-1 of its bytes or by a part of its subject.
struct StoreSource {
  WideString store;
  bool of_machine = false;
  Bytes thumbprint;
  WideString subject;
};

using CertificateSource = std::variant<PfxSource, StoreSource>;

/// The certificates of a Schannel credential. Keys that came from files are in the user's key store for as long as this lives,
/// because Schannel's handshakes run in the LSA, which cannot see a key that is only in this process.
class Certificates {
 public:
  Certificates() noexcept;
  Certificates(Certificates&&) noexcept;
  Certificates& operator=(Certificates&&) noexcept;
  ~Certificates();

  /// Throws a Refusal: SEC_E_NO_CREDENTIALS for a certificate that is not in its store, SEC_E_UNKNOWN_CREDENTIALS for a file that
  /// cannot be read.
  void add(CertificateSource& source);

  /// A trusted root, DER.
  void add_root(const Bytes& certificate);

  /// As SCHANNEL_CRED and SCH_CREDENTIALS take them.
  std::vector<const CERT_CONTEXT*> contexts() const;
  /// Null where no root was added.
  HCERTSTORE roots() const noexcept { return roots_.get(); }

 private:
  struct KeyContainer;

  const CertificateApi& api();
  void add_pfx(PfxSource& source);
  void add_from_store(const StoreSource& source);
  UniqueCertificate find(HCERTSTORE store, const StoreSource& source);
  void remember_key(const CERT_CONTEXT* certificate);

  std::unique_ptr<const CertificateApi> api_;
  UniqueStore roots_{nullptr, {}};
  std::vector<UniqueStore> stores_;
  std::vector<UniqueCertificate> certificates_;
  std::vector<KeyContainer> keys_;
};

}  // namespace secur32
