// What an access token says. All of it lies in the caller's memory, so every length in it can be checked against that.
#include <algorithm>

#include "script.hpp"

using namespace fake;

namespace {

/// S-1-5-21-1: two subauthorities.
constexpr DWORD sid_size = 8 + 2 * 4;

PSID write_sid(BYTE* at) {
  constexpr BYTE sid[sid_size] = {1, 2, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0};
  std::copy_n(sid, sid_size, at);
  return at;
}

/// The structure of a kind at the start of MEMORY, and the SIDs behind it. Answers its size.
DWORD write(TOKEN_INFORMATION_CLASS kind, BYTE* memory) {
  switch (kind) {
    case TokenUser:
      if (memory != nullptr) reinterpret_cast<TOKEN_USER*>(memory)->User.Sid = write_sid(memory + sizeof(TOKEN_USER));
      return sizeof(TOKEN_USER) + sid_size;
    case TokenGroups: {
      constexpr DWORD head = offsetof(TOKEN_GROUPS, Groups) + 2 * sizeof(SID_AND_ATTRIBUTES);
      if (memory != nullptr) {
        auto* groups = reinterpret_cast<TOKEN_GROUPS*>(memory);
        groups->GroupCount = 2;
        for (DWORD i = 0; i < 2; i++) groups->Groups[i] = {write_sid(memory + head + i * sid_size), SE_GROUP_ENABLED};
      }
      return head + 2 * sid_size;
    }
    case TokenPrivileges:
      if (memory != nullptr) *reinterpret_cast<TOKEN_PRIVILEGES*>(memory) = {1, {{{1, 0}, 0}}};
      return sizeof(TOKEN_PRIVILEGES);
    default:
      return 0;
  }
}

void lie_about(const std::string& lie, TOKEN_INFORMATION_CLASS kind, BYTE* memory, DWORD size) {
  // The first four bytes are the count of groups and of privileges, and half of the pointer to the user's SID.
  if (lie == "count" && kind != TokenUser) std::fill_n(memory, 4, BYTE{0xff});
  auto* first = kind == TokenUser ? &reinterpret_cast<TOKEN_USER*>(memory)->User
                                  : reinterpret_cast<TOKEN_GROUPS*>(memory)->Groups;
  if (kind == TokenPrivileges) return;
  if (lie == "no sid") first->Sid = nullptr;
  if (lie == "sid at the end") first->Sid = memory + size - 4;
  // The second byte of a SID is the count of its subauthorities.
  if (lie == "long sid") static_cast<BYTE*>(first->Sid)[1] = 0xff;
}

}  // namespace

extern "C" {

WINBOOL WINAPI GetTokenInformation(HANDLE, TOKEN_INFORMATION_CLASS kind, LPVOID memory, DWORD size, PDWORD needed) {
  const auto answer = next_answer("GetTokenInformation");
  *needed = answer.attributes == 0 ? write(kind, nullptr) : answer.attributes;
  if (answer.status != SEC_E_OK || memory == nullptr || size < write(kind, nullptr)) return FALSE;
  write(kind, static_cast<BYTE*>(memory));
  lie_about(answer.lie, kind, static_cast<BYTE*>(memory), size);
  return TRUE;
}

WINBOOL WINAPI LookupAccountSidW(LPCWSTR, PSID, LPWSTR name, LPDWORD name_size, LPWSTR domain, LPDWORD domain_size,
                                 PSID_NAME_USE use) {
  const auto answer = next_answer("LookupAccountSidW");
  if (answer.status != SEC_E_OK) return FALSE;
  // "no end": the whole of the memory is filled, without a NUL.
  const DWORD length = answer.lie == "no end" ? *name_size : 1;
  std::fill_n(name, length, u'n');
  std::fill_n(domain, length, u'd');
  *name_size = *domain_size = length;
  *use = SidTypeUser;
  return TRUE;
}

WINBOOL WINAPI LookupPrivilegeNameW(LPCWSTR, PLUID, LPWSTR name, LPDWORD size) {
  const auto answer = next_answer("LookupPrivilegeNameW");
  if (answer.status != SEC_E_OK) return FALSE;
  const DWORD length = answer.lie == "no end" ? *size : 1;
  std::fill_n(name, length, u'p');
  *size = length;
  return TRUE;
}

}  // extern "C"
