// The Sasl functions without an exchange; those with one stand in secur32.cpp.
#include "script.hpp"

namespace fake {
SecPkgInfoW* make_packages(ULONG number, const std::string& lie);
}

using namespace fake;

extern "C" {

SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesW(LPWSTR* list, ULONG* number) {
  const auto answer = next_answer("SaslEnumerateProfilesW");
  if (answer.status != SEC_E_OK) return answer.status;
  constexpr char16_t names[] = u"GSSAPI\0GSS-SPNEGO\0";
  *list = answer.lie == "nothing" ? nullptr : static_cast<WCHAR*>(allocate(names, sizeof names));
  *number = answer.lie == "huge" ? 0xffffffff : answer.lie == "too many" || answer.lie == "nothing" ? 7 : 2;
  return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageW(LPWSTR, PSecPkgInfoW* package) {
  const auto answer = next_answer("SaslGetProfilePackageW");
  if (answer.status == SEC_E_OK) *package = answer.lie == "nothing" ? nullptr : make_packages(1, answer.lie);
  return answer.status;
}

SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageW(PSecBufferDesc, PSecPkgInfoW* package) {
  const auto answer = next_answer("SaslIdentifyPackageW");
  if (answer.status == SEC_E_OK) *package = answer.lie == "nothing" ? nullptr : make_packages(1, answer.lie);
  return answer.status;
}

SECURITY_STATUS SEC_ENTRY SaslGetContextOption(PCtxtHandle, ULONG, PVOID value, ULONG size, PULONG needed) {
  const auto answer = next_answer("SaslGetContextOption");
  std::memset(value, 0x41, size);
  *needed = answer.attributes == 0 ? size : answer.attributes;
  return answer.status;
}

SECURITY_STATUS SEC_ENTRY SaslSetContextOption(PCtxtHandle, ULONG, PVOID value, ULONG size) {
  std::vector<BYTE> read(size);
  if (size > 0) std::memcpy(read.data(), value, size);
  return next_answer("SaslSetContextOption").status;
}

}  // extern "C"
