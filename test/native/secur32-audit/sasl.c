/* The Sasl functions that keep no exchange: SaslEnumerateProfiles, SaslGetProfilePackage, SaslIdentifyPackage. */
#include "audit.h"

/* GSSAPI stands for Kerberos ([MS-ADTS] 3.1.1.3.4.5), GSS-SPNEGO for Negotiate ([MS-ADTS] 5.1.1.1). */
static const struct profile profiles[] = {
    {L"GSSAPI", L"Kerberos", true},
    {L"GSS-SPNEGO", L"Negotiate", false},
};

#define PROFILE_COUNT (sizeof profiles / sizeof *profiles)

const struct profile *sasl_profile_of(const WCHAR *package) {
  for (SIZE_T i = 0; i < PROFILE_COUNT; i++) {
    if (lstrcmpiW(profiles[i].package, package) == 0) return &profiles[i];
  }
  return NULL;
}

static SECURITY_STATUS package_of(const struct profile *profile, PSecPkgInfoW *package) {
  if (profile == NULL) return SEC_E_SECPKG_NOT_FOUND;
  SECURITY_STATUS status = real()->QuerySecurityPackageInfoW((LPWSTR)profile->package, package);
  if (status == SEC_E_OK) ledger_buffer_added(*package, false);
  return status;
}

/* Names one behind the other, each with its NUL, and one more NUL at the end. */
SECURITY_STATUS SEC_ENTRY SaslEnumerateProfilesW(LPWSTR *list, ULONG *count) {
  BEGIN_CALL(SaslEnumerateProfilesW);
  SIZE_T length = 1;
  for (SIZE_T i = 0; i < PROFILE_COUNT; i++) length += (SIZE_T)lstrlenW(profiles[i].name) + 1;
  WCHAR *end = ledger_allocate(length * sizeof(WCHAR));
  if (end == NULL) return SEC_E_INSUFFICIENT_MEMORY;
  *list = end;
  *count = PROFILE_COUNT;
  for (SIZE_T i = 0; i < PROFILE_COUNT; i++) {
    lstrcpyW(end, profiles[i].name);
    end += lstrlenW(end) + 1;
  }
  return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SaslGetProfilePackageW(LPWSTR name, PSecPkgInfoW *package) {
  BEGIN_CALL(SaslGetProfilePackageW);
  for (SIZE_T i = 0; i < PROFILE_COUNT; i++) {
    if (lstrcmpiW(profiles[i].name, name) == 0) return package_of(&profiles[i], package);
  }
  return SEC_E_SECPKG_NOT_FOUND;
}

static bool starts_with(const SecBuffer *token, const WCHAR *name) {
  const char *bytes = token->pvBuffer;
  for (ULONG i = 0; name[i] != 0; i++) {
    if (i >= token->cbBuffer || bytes[i] != (char)name[i]) return false;
  }
  return true;
}

/* "The package whose negotiate prefix matches": taken as the longest profile name at the start of the token. */
SECURITY_STATUS SEC_ENTRY SaslIdentifyPackageW(PSecBufferDesc input, PSecPkgInfoW *package) {
  BEGIN_CALL(SaslIdentifyPackageW);
  const struct profile *best = NULL;
  for (ULONG i = 0; i < input->cBuffers; i++) {
    const SecBuffer *buffer = &input->pBuffers[i];
    if ((buffer->BufferType & ~SECBUFFER_ATTRMASK) != SECBUFFER_TOKEN || buffer->pvBuffer == NULL) continue;
    for (SIZE_T p = 0; p < PROFILE_COUNT; p++) {
      if (starts_with(buffer, profiles[p].name) && (best == NULL || lstrlenW(profiles[p].name) > lstrlenW(best->name)))
        best = &profiles[p];
    }
  }
  return package_of(best, package);
}
