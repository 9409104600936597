#pragma once

#include <cstddef>
#include <type_traits>

#include "refusal.hpp"
#include "secur32_api.hpp"
#include "unique_handles.hpp"
#include "value.hpp"

namespace secur32 {

/// Queries attributes of a context or a credential, and takes over the memory that their structures point to.
class AttributeQuery {
 public:
  using Function = decltype(Secur32Api::QueryContextAttributesW);

  AttributeQuery(const Secur32Api& secur32, Function function, SecHandle* handle) noexcept
      : secur32_(secur32), function_(function), handle_(handle) {}

  /// The structure of an attribute. Throws a Refusal.
  template <typename T>
  T get(ULONG attribute, const T& initial = T{}) const {
    static_assert(std::is_trivially_copyable_v<T>);
    // Later versions of Windows may write longer structures than the header knows.
    struct {
      T value;
      std::byte reserve[256];
    } memory{initial, {}};
    require(present(function_)(handle_, attribute, &memory.value));
    return memory.value;
  }

  /// Takes over what a member of the structure points to. All of them, before anything is copied.
  template <typename T>
  UniqueContextBuffer<T> own(T* data) const noexcept {
    return {secur32_, data};
  }

 private:
  const Secur32Api& secur32_;
  Function function_;
  SecHandle* handle_;
};

using AttributeReader = Value::Record (*)(const AttributeQuery&, ULONG attribute);

/// How an attribute is read.
struct AttributeEntry {
  ULONG attribute;
  AttributeReader read;
};

/// A copy of bytes that a package returned; none for a null pointer. Throws a Refusal for a length that cannot be.
Bytes copy_of(const void* data, std::size_t length);
/// The same for a key: what the package still has is wiped.
SecretBytes take_secret(void* data, std::size_t length);
/// A fixed array of characters, up to its NUL.
template <std::size_t N>
WideString text_in(const WCHAR (&characters)[N]) {
  std::size_t length = 0;
  while (length < N && characters[length] != 0) length++;
  return WideString(characters, length);
}

/// Reads an attribute of a context. Throws a Refusal: SEC_E_UNSUPPORTED_FUNCTION for one that is not known here.
Value::Record read_context_attribute(const AttributeQuery& query, ULONG attribute);
Value::Record read_credential_attribute(const AttributeQuery& query, ULONG attribute);

/// Null for an attribute that is not Schannel's.
AttributeReader schannel_attribute_reader(ULONG attribute) noexcept;

}  // namespace secur32
