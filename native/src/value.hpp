#pragma once

#include <concepts>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "bytes.hpp"
#include "napi_api.hpp"
#include "timestamp.hpp"

namespace secur32 {

class Value;

/// A template, so that the compiler looks into it only when Value is complete.
template <typename T>
struct Named {
  const char* name;
  T value;
};
using Field = Named<Value>;

/// What a call found out, as plain data: made on any thread, turned into JavaScript on the main one.
class Value {
 public:
  using List = std::vector<Value>;
  /// Absent values are left out of the object, as an optional property is.
  using Record = std::vector<Field>;

  Value() noexcept;
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  Value(bool flag) noexcept : data_(flag) {}
  template <std::integral T>
  Value(T number) noexcept : data_(static_cast<std::uint32_t>(number)) {
    static_assert(sizeof(T) <= sizeof(std::uint32_t));
  }
  Value(const char* word) noexcept : data_(std::string_view(word)) {}
  Value(WideString text) noexcept : data_(std::move(text)) {}
  Value(Bytes bytes) noexcept : data_(std::move(bytes)) {}
  Value(SecretBytes bytes) noexcept : data_(std::move(bytes)) {}
  Value(Timestamp time) noexcept : data_(time) {}
  Value(List list) noexcept : data_(std::move(list)) {}
  Value(Record record) noexcept : data_(std::move(record)) {}

  Napi::Value to_js(Napi::Env env) const;

 private:
  std::variant<std::monostate, bool, std::uint32_t, std::string_view, WideString, Bytes, SecretBytes, Timestamp, List, Record>
      data_;
};

/// Writes the fields of a record into an object.
void assign(Napi::Object target, const Value::Record& record);

/// A fresh Uint8Array with a copy of the bytes.
Napi::Uint8Array copy_to_js(Napi::Env env, const Byte* data, std::size_t length);

}  // namespace secur32
