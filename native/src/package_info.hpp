#pragma once

#include "reply.hpp"
#include "secur32_api.hpp"

namespace secur32 {

/// What a credential or a context needs to know of its package.
struct Package {
  WideString name;
  /// Bytes.
  ULONG max_token = 0;
  /// The RPC authentication service, which tells packages apart whatever they are called.
  USHORT rpc_id = SECPKG_ID_NONE;

  /// Whether contexts of one can go on with credentials of the other. Schannel has several names.
  bool is(const Package& other) const noexcept {
    return name == other.name || (rpc_id == other.rpc_id && rpc_id != SECPKG_ID_NONE);
  }
  bool is_schannel() const noexcept { return rpc_id == UNISP_RPC_ID; }
};

/// Asks for a package by its name. Throws a Refusal.
Package query_package(const Secur32Api& secur32, const WideString& name);

/// A SecPkgInfo as JavaScript gets it. Throws a Refusal for a null pointer.
Value::Record describe(const SecPkgInfoW* info);

/// The reply of a function that gave one package. Frees it.
Reply describe_package(const Secur32Api& secur32, SecPkgInfoW* found);

/// A text of Windows; the empty text for a null pointer.
WideString text_of(const WCHAR* text);

}  // namespace secur32
