#include "token_api.hpp"

#include "system_library.hpp"

namespace secur32 {

TokenApi::TokenApi() {
  const SystemLibrary advapi32(SECUR32_WIDE("advapi32.dll"));
  advapi32.require("GetTokenInformation", GetTokenInformation);
  advapi32.require("LookupAccountSidW", LookupAccountSidW);
  advapi32.require("LookupPrivilegeNameW", LookupPrivilegeNameW);
}

}  // namespace secur32
