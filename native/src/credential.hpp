#pragma once

#include <memory>
#include <utility>

#include "certificates.hpp"
#include "napi_api.hpp"
#include "package_info.hpp"
#include "unique_handles.hpp"

namespace secur32 {

/// A credential: its handle, and what must live as long. Contexts share it, so that it is freed after the last of them.
struct Credential {
  static constexpr napi_type_tag type_tag = {0x5c1f2a7be7764e0a, 0x9d25c8a3b1e64f01};
  static constexpr const char* name = "CredHandle";

  Credential(Secur32 functions, Package of) : secur32(functions), package(std::move(of)), handle(std::move(functions)) {}

  const Secur32 secur32;
  const Package package;
  /// Before the handle, as the keys must not go before it.
  Certificates certificates;
  UniqueCredHandle handle;
};

}  // namespace secur32
