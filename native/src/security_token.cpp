#include "security_token.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

#include "refusal.hpp"
#include "token_api.hpp"

namespace secur32 {

namespace {

// A member of the group, not one that only denies, and not the integrity level.
// Source: Microsoft Learn, "SID Attributes in an Access Token".
constexpr DWORD membership_mask = SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_INTEGRITY;

// SIDs and names are short: these are the limits of UNLEN and of DNS, with room to spare.
constexpr DWORD longest_name = 512;

/// A structure of a token, with what it points to.
template <typename T>
class TokenInformation {
 public:
  TokenInformation(const TokenApi& api, HANDLE token, TOKEN_INFORMATION_CLASS kind) {
    DWORD size = 0;
    api.GetTokenInformation(token, kind, nullptr, 0, &size);
    memory_.resize(size);
    if (size < sizeof(T) || !api.GetTokenInformation(token, kind, memory_.data(), size, &size))
      throw Refusal{SEC_E_INTERNAL_ERROR};
  }

  const T* operator->() const noexcept { return reinterpret_cast<const T*>(memory_.data()); }

 private:
  Bytes memory_;
};

/// [MS-DTYP] 2.4.2.1
WideString text_of_sid(const SID& sid) {
  std::uint64_t authority = 0;
  for (const BYTE octet : sid.IdentifierAuthority.Value) authority = (authority << 8) | octet;
  std::string text = "S-" + std::to_string(sid.Revision) + "-" + std::to_string(authority);
  for (std::size_t i = 0; i < sid.SubAuthorityCount; i++) text += "-" + std::to_string(sid.SubAuthority[i]);
  return WideString(text.begin(), text.end());
}

struct Account {
  WideString name;
  WideString domain;
};

Account look_up(const TokenApi& api, PSID sid) {
  WCHAR name[longest_name] = {};
  WCHAR domain[longest_name] = {};
  DWORD name_size = longest_name;
  DWORD domain_size = longest_name;
  SID_NAME_USE use;
  if (!api.LookupAccountSidW(nullptr, sid, name, &name_size, domain, &domain_size, &use)) return {};
  return {name, domain};
}

Value::Record describe_user(const TokenApi& api, HANDLE token) {
  const TokenInformation<TOKEN_USER> user(api, token, TokenUser);
  const auto account = look_up(api, user->User.Sid);
  return {{"name", account.name}, {"domain", account.domain}, {"sid", text_of_sid(*static_cast<const SID*>(user->User.Sid))}};
}

Value::Record describe_group(const TokenApi& api, PSID sid) {
  Value::Record group{{"sid", text_of_sid(*static_cast<const SID*>(sid))}};
  const auto account = look_up(api, sid);
  if (account.name.empty()) return group;
  group.push_back({"domain", account.domain});
  group.push_back({"name", account.name});
  return group;
}

Value::List describe_groups(const TokenApi& api, HANDLE token) {
  const TokenInformation<TOKEN_GROUPS> groups(api, token, TokenGroups);
  Value::List list;
  for (DWORD i = 0; i < groups->GroupCount; i++) {
    const auto& [sid, attributes] = groups->Groups[i];
    if ((attributes & membership_mask) == SE_GROUP_ENABLED) list.push_back(describe_group(api, sid));
  }
  return list;
}

Value::List describe_privileges(const TokenApi& api, HANDLE token) {
  const TokenInformation<TOKEN_PRIVILEGES> privileges(api, token, TokenPrivileges);
  Value::List list;
  for (DWORD i = 0; i < privileges->PrivilegeCount; i++) {
    LUID id = privileges->Privileges[i].Luid;
    WCHAR name[longest_name] = {};
    DWORD size = longest_name;
    if (api.LookupPrivilegeNameW(nullptr, &id, name, &size)) list.push_back(WideString(name));
  }
  return list;
}

}  // namespace

Value::Record describe_token(HANDLE token) {
  const TokenApi api;
  return {{"user", describe_user(api, token)},
          {"groups", describe_groups(api, token)},
          {"privileges", describe_privileges(api, token)}};
}

}  // namespace secur32
