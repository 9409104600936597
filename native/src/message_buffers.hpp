#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arguments.hpp"
#include "refusal.hpp"
#include "secur32_api.hpp"

namespace secur32 {

enum class MessageFunction : std::uint32_t { make_signature, verify_signature, encrypt_message, decrypt_message };

/// The buffers of a message function over memory that somebody else owns, worked on in place.
class MessageBuffers {
 public:
  /// Where the bytes of a result lie: in which of the given buffers, from where, how many. For MISSING, `length` bytes are
  /// wanted.
  struct Row {
    std::uint32_t type;
    std::uint32_t buffer;
    std::uint32_t offset;
    std::uint32_t length;
  };
  static constexpr std::uint32_t no_buffer = 0xffffffff;

  void add(ULONG type, ByteView bytes) { given_.push_back(bytes), types_.push_back(type); }

  /// Calls the function. `qop` is what was asked for, or what was found.
  SECURITY_STATUS run(const Secur32Api& secur32, MessageFunction function, PCtxtHandle context, ULONG& qop, ULONG sequence);

  /// The results, one for each buffer. Throws a Refusal where one lies outside the memory that was given.
  std::vector<Row> rows() const;

 private:
  void* address(MessageFunction function, std::size_t index) noexcept;
  Row locate(const SecBuffer& result) const;
  Row locate_extra(const SecBuffer& result) const;

  Byte nothing_ = 0;
  std::vector<ByteView> given_;
  std::vector<ULONG> types_;
  std::vector<SecBuffer> buffers_;
};

}  // namespace secur32
