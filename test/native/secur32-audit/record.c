/* What the last calls were given: the input buffers of a leg, and the identity of a credential. */
#include <string.h>

#include "audit.h"

static SRWLOCK lock = SRWLOCK_INIT;
static struct recorded_buffer inputs[RECORDED_BUFFERS];
static unsigned input_count;
static struct recorded_identity identity;

void record_input(const SecBufferDesc *input) {
  AcquireSRWLockExclusive(&lock);
  input_count = 0;
  for (unsigned long i = 0; input != NULL && i < input->cBuffers && i < RECORDED_BUFFERS; i++) {
    const SecBuffer *given = &input->pBuffers[i];
    struct recorded_buffer *kept = &inputs[input_count++];
    kept->type = given->BufferType;
    kept->size = given->cbBuffer < RECORDED_BYTES ? given->cbBuffer : RECORDED_BYTES;
    if (kept->size > 0) memcpy(kept->data, given->pvBuffer, kept->size);
  }
  ReleaseSRWLockExclusive(&lock);
}

unsigned recorded_input(struct recorded_buffer *buffers) {
  AcquireSRWLockShared(&lock);
  const unsigned count = input_count;
  memcpy(buffers, inputs, count * sizeof *inputs);
  ReleaseSRWLockShared(&lock);
  return count;
}

static void keep_text(struct recorded_text *kept, const unsigned short *text, unsigned long length) {
  kept->length = -1;
  if (text == NULL) return;
  kept->length = (long)(length < RECORDED_TEXT ? length : RECORDED_TEXT);
  memcpy(kept->text, text, (SIZE_T)kept->length * sizeof(WCHAR));
}

static bool is_schannel(const WCHAR *package) {
  return _wcsicmp(package, L"Schannel") == 0 || _wcsicmp(package, L"Microsoft Unified Security Protocol Provider") == 0;
}

/* The extended structure begins with its version and its size, the plain one with a pointer. */
static bool is_extended(const SEC_WINNT_AUTH_IDENTITY_EXW *extended) {
  return extended->Version == SEC_WINNT_AUTH_IDENTITY_VERSION && extended->Length == sizeof *extended;
}

static bool on_wine(void) {
  return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != NULL;
}

void *record_identity(const WCHAR *package, void *auth_data, SEC_WINNT_AUTH_IDENTITY_W *plain) {
  if (auth_data != NULL && is_schannel(package)) return auth_data;
  AcquireSRWLockExclusive(&lock);
  memset(&identity, 0, sizeof identity);
  void *passed_on = auth_data;
  if (auth_data != NULL) {
    const SEC_WINNT_AUTH_IDENTITY_EXW *extended = auth_data;
    const bool is_plain = !is_extended(extended);
    if (is_plain) *plain = *(const SEC_WINNT_AUTH_IDENTITY_W *)auth_data;
    else *plain = (SEC_WINNT_AUTH_IDENTITY_W){extended->User,     extended->UserLength,     extended->Domain, extended->DomainLength,
                                              extended->Password, extended->PasswordLength, extended->Flags};
    identity.version = is_plain ? 1 : extended->Version;
    identity.flags = plain->Flags;
    keep_text(&identity.user, plain->User, plain->UserLength);
    keep_text(&identity.domain, plain->Domain, plain->DomainLength);
    keep_text(&identity.package_list, is_plain ? NULL : extended->PackageList, is_plain ? 0 : extended->PackageListLength);
    identity.password_length = plain->Password == NULL ? -1 : (long)plain->PasswordLength;
    if (on_wine()) passed_on = plain;
  }
  ReleaseSRWLockExclusive(&lock);
  return passed_on;
}

void recorded_identity(struct recorded_identity *copy) {
  AcquireSRWLockShared(&lock);
  *copy = identity;
  ReleaseSRWLockShared(&lock);
}
