#pragma once

#include <cstddef>
#include <vector>

#include "bytes.hpp"
#include "napi_api.hpp"
#include "secur32_api.hpp"
#include "value.hpp"

namespace secur32 {

/// Security buffers with copies of the caller's bytes, for a call on a work thread.
class InputBuffers {
 public:
  InputBuffers() noexcept = default;
  /// An array of { type, data }.
  explicit InputBuffers(const Napi::Array& buffers);

  void add(ULONG type, Bytes data);
  bool has(ULONG type) const noexcept;

  /// The description for a call, or null where there is no buffer.
  SecBufferDesc* describe();

  /// The buffers that the package turned into EXTRA or MISSING. Throws a Refusal for an EXTRA longer than the token was.
  Value::List leftovers() const;

 private:
  Value extra(ULONG count) const;

  std::vector<Bytes> data_;
  std::vector<ULONG> types_;
  std::vector<SecBuffer> buffers_;
  SecBufferDesc description_{};
};

/// Where a leg puts its token, and Schannel its alert. The memory is the package's or ours: most packages want ours, of the size
/// of their largest token; Schannel's tokens have no such bound.
class OutputBuffers {
 public:
  OutputBuffers(const Secur32Api& secur32, bool of_package, ULONG max_token, bool with_alert);
  ~OutputBuffers();
  OutputBuffers(const OutputBuffers&) = delete;
  OutputBuffers& operator=(const OutputBuffers&) = delete;

  SecBufferDesc* describe() noexcept { return &description_; }

  /// What the package wrote. Throws a Refusal for a length that cannot be.
  Value::List written() const;

 private:
  void add(ULONG type, ULONG capacity);

  const Secur32Api& secur32_;
  const bool of_package_;
  std::vector<Bytes> memory_;
  std::vector<SecBuffer> buffers_;
  SecBufferDesc description_{};
};

}  // namespace secur32
