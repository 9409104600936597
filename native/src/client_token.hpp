#pragma once

#include "unique_handles.hpp"

namespace secur32 {

/// The token of the client that this thread runs as. Throws a Refusal where it cannot be had.
UniqueKernelHandle current_client_token();

/// Whether this thread runs as somebody else than the process does.
bool runs_as_client() noexcept;

/// Runs this thread as a client for as long as it lives; as the process where there is no token.
/// A thread that cannot be turned back must not run anything else: the process ends.
class AsClient {
 public:
  /// Throws a Refusal.
  explicit AsClient(const UniqueKernelHandle& token);
  ~AsClient();
  AsClient(const AsClient&) = delete;
  AsClient& operator=(const AsClient&) = delete;

 private:
  bool changed_;
};

/// Makes sure that this thread runs as the process again, or ends the process.
void be_yourself_or_die() noexcept;

}  // namespace secur32
