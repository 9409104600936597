#include "security_token.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "attribute_query.hpp"
#include "refusal.hpp"
#include "token_api.hpp"

namespace secur32 {

namespace {

// A member of the group, not one that only denies, and not the integrity level.
// Source: Microsoft Learn, "SID Attributes in an Access Token".
constexpr DWORD membership_mask = SE_GROUP_ENABLED | SE_GROUP_USE_FOR_DENY_ONLY | SE_GROUP_INTEGRITY;

// SIDs and names are short: these are the limits of UNLEN and of DNS, with room to spare.
constexpr DWORD longest_name = 512;

// No token says as much: beyond it a length is no length.
constexpr DWORD longest_information = 16 * 1024 * 1024;

constexpr Refusal unreadable{SEC_E_INTERNAL_ERROR, Fault::unreadable_answer};

/// A structure of a token with all that it points to, which lies behind it.
template <typename T>
class TokenInformation {
 public:
  /// Throws a Refusal.
  TokenInformation(const TokenApi& api, HANDLE token, TOKEN_INFORMATION_CLASS kind) {
    DWORD size = 0;
    api.GetTokenInformation(token, kind, nullptr, 0, &size);
    if (size > longest_information) throw unreadable;
    memory_.resize(size);
    if (size < sizeof(T) || !api.GetTokenInformation(token, kind, memory_.data(), size, &size))
      throw Refusal{SEC_E_INTERNAL_ERROR};
  }

  const T* operator->() const noexcept { return reinterpret_cast<const T*>(memory_.data()); }

  /// Checks that an array ends in here.
  template <typename Item>
  std::span<const Item> items(const Item* first, DWORD count) const {
    if (count > room_at(first) / sizeof(Item)) throw unreadable;
    return {first, count};
  }

  /// Checks that a SID lies in here. [MS-DTYP] 2.4.2.2
  const SID& sid(PSID sid) const {
    const auto room = room_at(sid);
    if (room < offsetof(SID, SubAuthority)) throw unreadable;
    const auto& found = *static_cast<const SID*>(sid);
    if (room - offsetof(SID, SubAuthority) < found.SubAuthorityCount * sizeof(DWORD)) throw unreadable;
    return found;
  }

 private:
  /// The bytes from an address to the end.
  std::size_t room_at(const void* address) const {
    const auto offset = reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(memory_.data());
    return offset < memory_.size() ? memory_.size() - offset : 0;
  }

  Bytes memory_;
};

/// [MS-DTYP] 2.4.2.1
WideString text_of_sid(const SID& sid) {
  std::uint64_t authority = 0;
  for (const BYTE octet : sid.IdentifierAuthority.Value) authority = authority << 8 | octet;
  std::string text = "S-" + std::to_string(sid.Revision) + "-" + std::to_string(authority);
  for (std::size_t i = 0; i < sid.SubAuthorityCount; i++) text += "-" + std::to_string(sid.SubAuthority[i]);
  return WideString(text.begin(), text.end());
}

struct Account {
  WideString name;
  WideString domain;
};

Account look_up(const TokenApi& api, const SID& sid) {
  WCHAR name[longest_name] = {};
  WCHAR domain[longest_name] = {};
  DWORD name_size = longest_name;
  DWORD domain_size = longest_name;
  SID_NAME_USE use;
  if (!api.LookupAccountSidW(nullptr, const_cast<SID*>(&sid), name, &name_size, domain, &domain_size, &use)) return {};
  return {text_in(name), text_in(domain)};
}

Value::Record describe_user(const TokenApi& api, HANDLE token) {
  const TokenInformation<TOKEN_USER> user(api, token, TokenUser);
  const SID& sid = user.sid(user->User.Sid);
  const auto account = look_up(api, sid);
  return {{"name", account.name}, {"domain", account.domain}, {"sid", text_of_sid(sid)}};
}

Value::Record describe_group(const TokenApi& api, const SID& sid) {
  Value::Record group{{"sid", text_of_sid(sid)}};
  const auto account = look_up(api, sid);
  if (account.name.empty()) return group;
  group.push_back({"domain", account.domain});
  group.push_back({"name", account.name});
  return group;
}

Value::List describe_groups(const TokenApi& api, HANDLE token) {
  const TokenInformation<TOKEN_GROUPS> groups(api, token, TokenGroups);
  Value::List list;
  for (const auto& [sid, attributes] : groups.items(groups->Groups, groups->GroupCount)) {
    if ((attributes & membership_mask) == SE_GROUP_ENABLED) list.push_back(describe_group(api, groups.sid(sid)));
  }
  return list;
}

Value::List describe_privileges(const TokenApi& api, HANDLE token) {
  const TokenInformation<TOKEN_PRIVILEGES> privileges(api, token, TokenPrivileges);
  Value::List list;
  for (const auto& privilege : privileges.items(privileges->Privileges, privileges->PrivilegeCount)) {
    LUID id = privilege.Luid;
    WCHAR name[longest_name] = {};
    DWORD size = longest_name;
    if (api.LookupPrivilegeNameW(nullptr, &id, name, &size)) list.push_back(text_in(name));
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
