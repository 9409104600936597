#include "buffer_list.hpp"

#include <algorithm>

#include "arguments.hpp"
#include "refusal.hpp"

namespace secur32 {

namespace {

constexpr ULONG type_bits = ~ULONG{SECBUFFER_ATTRMASK};
// No token is as long: beyond it a length is no length.
constexpr ULONG longest_token = 16 * 1024 * 1024;
// What an output buffer is for. Not every package leaves the type alone: Wine's NTLM writes DATA over TOKEN.
constexpr ULONG types[] = {SECBUFFER_TOKEN, SECBUFFER_ALERT};
// Longer than any alert is, a TLS record of two bytes.
constexpr ULONG alert_capacity = 1024;

constexpr Refusal unreadable{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};

Value buffer(ULONG type, Bytes data) { return Value::Record{{"type", type}, {"data", std::move(data)}}; }

}  // namespace

InputBuffers::InputBuffers(const Napi::Array& buffers) {
  for (std::uint32_t i = 0; i < buffers.Length(); i++) {
    const auto given = buffers.Get(i).As<Napi::Object>();
    add(to_ulong(given.Get("type")), copy_bytes(given.Get("data")));
  }
}

void InputBuffers::add(ULONG type, Bytes data) {
  types_.push_back(type);
  data_.push_back(std::move(data));
}

bool InputBuffers::has(ULONG type) const noexcept {
  return std::any_of(types_.begin(), types_.end(), [type](ULONG other) { return (other & type_bits) == type; });
}

SecBufferDesc* InputBuffers::describe() {
  if (types_.empty()) return nullptr;
  buffers_.clear();
  for (std::size_t i = 0; i < types_.size(); i++)
    buffers_.push_back({static_cast<ULONG>(data_[i].size()), types_[i], data_[i].empty() ? nullptr : data_[i].data()});
  description_ = {SECBUFFER_VERSION, static_cast<ULONG>(buffers_.size()), buffers_.data()};
  return &description_;
}

Value::List InputBuffers::leftovers() const {
  Value::List list;
  for (std::size_t i = 0; i < buffers_.size(); i++) {
    const auto& [count, type, data] = buffers_[i];
    if (type == types_[i] && count == data_[i].size()) continue;
    if (type == SECBUFFER_EXTRA && count != 0) list.push_back(extra(count));
    if (type == SECBUFFER_MISSING) list.push_back(Value::Record{{"type", type}, {"data", Bytes()}, {"missing", count}});
  }
  return list;
}

// An EXTRA buffer's count is of bytes at the end of the token; its pointer is not to be used.
// Source: Microsoft Learn, "Extra Buffers Returned by Schannel".
Value InputBuffers::extra(ULONG count) const {
  const auto token = std::find(types_.begin(), types_.end(), ULONG{SECBUFFER_TOKEN});
  if (token == types_.end()) throw unreadable;
  const Bytes& bytes = data_[static_cast<std::size_t>(token - types_.begin())];
  if (count > bytes.size()) throw unreadable;
  return buffer(SECBUFFER_EXTRA, Bytes(bytes.end() - static_cast<std::ptrdiff_t>(count), bytes.end()));
}

OutputBuffers::OutputBuffers(const Secur32Api& secur32, bool of_package, ULONG max_token, bool with_alert)
    : secur32_(secur32), of_package_(of_package) {
  // One byte more than any token has: a buffer that is as long after the call as before was not written.
  add(types[0], max_token + 1);
  if (with_alert) add(types[1], alert_capacity);
  description_ = {SECBUFFER_VERSION, static_cast<ULONG>(buffers_.size()), buffers_.data()};
}

OutputBuffers::~OutputBuffers() {
  if (!of_package_) return;
  for (const auto& written : buffers_)
    if (written.pvBuffer != nullptr) secur32_.FreeContextBuffer(written.pvBuffer);
}

void OutputBuffers::add(ULONG type, ULONG capacity) {
  if (of_package_) {
    buffers_.push_back({0, type, nullptr});
    return;
  }
  memory_.emplace_back(capacity);
  buffers_.push_back({capacity, type, memory_.back().data()});
}

Value::List OutputBuffers::written() const {
  Value::List list;
  for (std::size_t i = 0; i < buffers_.size(); i++) {
    const auto length = buffers_[i].cbBuffer;
    const auto* data = static_cast<const Byte*>(buffers_[i].pvBuffer);
    if (length == 0 || data == nullptr) continue;
    if (!of_package_ && length == memory_[i].size()) continue;
    if (length > (of_package_ ? longest_token : memory_[i].size())) throw unreadable;
    if (!of_package_ && data != memory_[i].data()) throw unreadable;
    list.push_back(buffer(types[i], Bytes(data, data + length)));
  }
  return list;
}

}  // namespace secur32
