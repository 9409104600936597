#include "client_token.hpp"

#include "napi_api.hpp"
#include "refusal.hpp"

namespace secur32 {

namespace {

// With the rights of the process: those of the client may not suffice to open its own token.
constexpr BOOL as_self = TRUE;

}  // namespace

UniqueKernelHandle current_client_token() {
  HANDLE token = nullptr;
  if (!OpenThreadToken(GetCurrentThread(), TOKEN_IMPERSONATE | TOKEN_QUERY, as_self, &token))
    throw Refusal{SEC_E_NO_IMPERSONATION, Fault::client_token_unavailable};
  return UniqueKernelHandle(token);
}

bool runs_as_client() noexcept {
  HANDLE token = nullptr;
  if (OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, as_self, &token)) return CloseHandle(token), true;
  // Any other error means that there is a token which cannot be opened, such as the anonymous one.
  return GetLastError() != ERROR_NO_TOKEN;
}

AsClient::AsClient(const UniqueKernelHandle& token) : changed_(token != nullptr) {
  if (changed_ && !SetThreadToken(nullptr, token.get())) throw Refusal{SEC_E_NO_IMPERSONATION, Fault::client_token_unavailable};
}

AsClient::~AsClient() {
  if (changed_) be_yourself_or_die();
}

void be_yourself_or_die() noexcept {
  if (!runs_as_client() || RevertToSelf()) return;
  Napi::Error::Fatal("secur32", "a thread cannot stop running as a client");
}

}  // namespace secur32
