#pragma once

#include "system_library.hpp"

namespace secur32 {

/// Secur32.dll. A test build (SECUR32_TEST_LIBRARY is the name of a DLL that lies beside the addon) puts another in its place.
class Secur32Library : public SystemLibrary {
 public:
  Secur32Library();

  /// Whether exports may be stubs: those of Wine end the process when they are called, and count as missing.
  bool may_have_stubs() const noexcept;
};

}  // namespace secur32
