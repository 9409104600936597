#pragma once

#include <cstdint>
#include <new>
#include <utility>

#include "windows_api.hpp"

namespace secur32 {

/// Why the addon itself refused or gave up, where the status alone does not say it. JavaScript has the words
/// (src/native/faults.ts).
enum class Fault : std::uint32_t {
  none = 0,
  /// The handle is closed, or was made by somebody else.
  foreign_handle = 1,
  /// An earlier leg failed or was given up: only deletion is left.
  failed_context = 2,
  /// No leg has made a context yet.
  not_begun = 3,
  /// The legs are not through yet.
  not_established = 4,
  /// Another call of the context is running.
  busy = 5,
  /// A client's function on a server's context, or the other way round.
  wrong_side = 6,
  /// This Secur32.dll has no such function.
  missing_function = 7,
  /// The package's answer does not fit together: a length past the end of its buffer, an impossible count.
  unreadable_answer = 8,
  certificate_not_found = 9,
  certificate_unreadable = 10,
  /// The thread already runs as a client.
  already_impersonating = 11,
  /// The token of the client that the thread runs as cannot be taken to another thread.
  client_token_unavailable = 12,
  unknown_attribute = 13,
};

/// A refusal that unwinds to the end of the call.
struct Refusal {
  SECURITY_STATUS status;
  Fault fault = Fault::none;
};

/// Throws a Refusal where a status is a failure. Informational statuses pass.
inline SECURITY_STATUS require(SECURITY_STATUS status) {
  if (status < 0) throw Refusal{status};
  return status;
}

/// A function that this Windows has. Throws a Refusal where the pointer is null.
template <typename Function>
Function* present(Function* function) {
  if (function == nullptr) throw Refusal{SEC_E_UNSUPPORTED_FUNCTION, Fault::missing_function};
  return function;
}

/// Runs a call; what it throws becomes a status. Nothing escapes from here.
template <typename Out, typename Work>
Out guarded(Work&& work) noexcept {
  try {
    return std::forward<Work>(work)();
  } catch (const Refusal& refusal) {
    return Out::failure(refusal.status, refusal.fault);
  } catch (const std::bad_alloc&) {
    return Out::failure(SEC_E_INSUFFICIENT_MEMORY);
  } catch (...) {
    return Out::failure(SEC_E_INTERNAL_ERROR);
  }
}

}  // namespace secur32
