#pragma once

#include "system_library.hpp"

namespace secur32 {

/// Secur32.dll. A test build (SECUR32_TEST_LIBRARY is the name of a DLL that lies beside the addon) puts another in its place.
class Secur32Library : public SystemLibrary {
 public:
  Secur32Library();

  /// Whether the Sasl* exports can be called. Wine has them as stubs that end the process: there they count as missing.
  bool has_sasl() const noexcept;
};

}  // namespace secur32
