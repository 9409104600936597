#pragma once

#include "windows_api.hpp"

namespace secur32 {

/// What access tokens need of advapi32.dll.
struct TokenApi {
  TokenApi();

  decltype(&::GetTokenInformation) GetTokenInformation;
  decltype(&::LookupAccountSidW) LookupAccountSidW;
  decltype(&::LookupPrivilegeNameW) LookupPrivilegeNameW;
};

}  // namespace secur32
