#include "message_buffers.hpp"

namespace secur32 {

namespace {

constexpr Refusal unreadable{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};
constexpr ULONG type_bits = ~ULONG{SECBUFFER_ATTRMASK};

}  // namespace

SECURITY_STATUS MessageBuffers::run(const Secur32Api& secur32, MessageFunction function, PCtxtHandle context, ULONG& qop,
                                    ULONG sequence) {
  for (std::size_t i = 0; i < given_.size(); i++) buffers_.push_back({given_[i].length, types_[i], address(function, i)});
  SecBufferDesc description = {SECBUFFER_VERSION, static_cast<ULONG>(buffers_.size()), buffers_.data()};
  switch (function) {
    case MessageFunction::make_signature:
      return present(secur32.MakeSignature)(context, qop, &description, sequence);
    case MessageFunction::verify_signature:
      qop = 0;
      return present(secur32.VerifySignature)(context, &description, sequence, &qop);
    case MessageFunction::encrypt_message:
      return present(secur32.EncryptMessage)(context, qop, &description, sequence);
    case MessageFunction::decrypt_message:
      qop = 0;
      return present(secur32.DecryptMessage)(context, &description, sequence, &qop);
  }
  throw Refusal{SEC_E_UNSUPPORTED_FUNCTION};
}

// What is protected may be no bytes at all, and is then at some address rather than at none; the buffers that a package fills in
// with an address of its own must come without one.
void* MessageBuffers::address(MessageFunction function, std::size_t index) noexcept {
  const bool protects = function == MessageFunction::make_signature || function == MessageFunction::encrypt_message;
  const bool is_data = (types_[index] & type_bits) == SECBUFFER_DATA;
  return given_[index].length == 0 && protects && is_data ? &nothing_ : given_[index].data;
}

std::vector<MessageBuffers::Row> MessageBuffers::rows() const {
  std::vector<Row> rows;
  for (const auto& result : buffers_) rows.push_back(locate(result));
  return rows;
}

MessageBuffers::Row MessageBuffers::locate(const SecBuffer& result) const {
  const auto [length, type, data] = result;
  if ((type & type_bits) == SECBUFFER_MISSING) return {type, no_buffer, 0, length};
  if ((type & type_bits) == SECBUFFER_EXTRA) return locate_extra(result);
  if (length == 0) return {type, no_buffer, 0, 0};
  const auto first = reinterpret_cast<std::uintptr_t>(data);
  for (std::uint32_t i = 0; i < given_.size(); i++) {
    const auto start = reinterpret_cast<std::uintptr_t>(given_[i].data);
    const auto offset = first - start;
    if (first >= start && offset < given_[i].length && length <= given_[i].length - offset)
      return {type, i, static_cast<std::uint32_t>(offset), length};
  }
  throw unreadable;
}

// The count is of bytes at the end of the message, whatever the pointer says. The message is the first buffer that had bytes.
// Source: Microsoft Learn, "Extra Buffers Returned by Schannel".
MessageBuffers::Row MessageBuffers::locate_extra(const SecBuffer& result) const {
  if (result.cbBuffer == 0) return {result.BufferType, no_buffer, 0, 0};
  for (std::uint32_t i = 0; i < given_.size(); i++) {
    if (given_[i].length == 0) continue;
    if (result.cbBuffer > given_[i].length) break;
    return {result.BufferType, i, given_[i].length - result.cbBuffer, result.cbBuffer};
  }
  throw unreadable;
}

}  // namespace secur32
