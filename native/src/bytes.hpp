// Octets and UTF-16 text, plain and secret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "windows_api.hpp"

namespace secur32 {

using Byte = std::uint8_t;
using Bytes = std::vector<Byte>;
using WideString = std::basic_string<WCHAR>;

/// Wipes memory before it goes back to the heap, also what a growing vector leaves behind.
template <typename T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() noexcept = default;
  template <typename U>
  WipingAllocator(const WipingAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) { return std::allocator<T>{}.allocate(count); }

  void deallocate(T* data, std::size_t count) noexcept {
    SecureZeroMemory(data, count * sizeof(T));
    std::allocator<T>{}.deallocate(data, count);
  }

  template <typename U>
  bool operator==(const WipingAllocator<U>&) const noexcept {
    return true;
  }
};

using SecretBytes = std::vector<Byte, WipingAllocator<Byte>>;
/// Never a std::basic_string: a short one would keep its text where no allocator wipes it.
using SecretWide = std::vector<WCHAR, WipingAllocator<WCHAR>>;

}  // namespace secur32
