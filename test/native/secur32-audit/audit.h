/* secur32-audit.dll: a DLL for tests with the exports of secur32.dll. It calls the real one, keeps a ledger of what is
 * alive, makes calls fail or wait on demand, and has the Sasl functions, which Wine lacks.
 *
 *   exports.c   the functions of secur32.dll, each over the real one
 *   sasl.c      the Sasl functions that keep no exchange; sasl-context.c the exchange; sasl-cookie.c RFC 4752
 *   ledger.c    what is alive, and what was misused
 *   faults.c    counts of calls, faults, holds
 *   record.c    what the last call was given; memory.c where a text lies in memory; store.c certificates for tests
 *   control.c   the Node addon through which tests read and steer all this */
#ifndef SECUR32_AUDIT_H
#define SECUR32_AUDIT_H

#define SECURITY_WIN32
#define _NO_KSECDD_IMPORT_ /* the functions are ours: declared without dllimport */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <security.h>

#include <wincrypt.h>

#include <schannel.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* ---- real.c: the real secur32.dll ---- */

/* Every function that the audit stands in front of. */
#define REAL_FUNCTIONS(X)                                                                                             \
  X(EnumerateSecurityPackagesW)                                                                                       \
  X(QuerySecurityPackageInfoW)                                                                                        \
  X(AcquireCredentialsHandleW)                                                                                        \
  X(FreeCredentialsHandle)                                                                                            \
  X(QueryCredentialsAttributesW)                                                                                      \
  X(SetCredentialsAttributesW)                                                                                        \
  X(InitializeSecurityContextW)                                                                                       \
  X(AcceptSecurityContext)                                                                                            \
  X(CompleteAuthToken)                                                                                                \
  X(ApplyControlToken)                                                                                                \
  X(DeleteSecurityContext)                                                                                            \
  X(FreeContextBuffer)                                                                                                \
  X(QueryContextAttributesW)                                                                                          \
  X(SetContextAttributesW)                                                                                            \
  X(ImpersonateSecurityContext)                                                                                       \
  X(RevertSecurityContext)                                                                                            \
  X(QuerySecurityContextToken)                                                                                        \
  X(ExportSecurityContext)                                                                                            \
  X(ImportSecurityContextW)                                                                                           \
  X(MakeSignature)                                                                                                    \
  X(VerifySignature)                                                                                                  \
  X(EncryptMessage)                                                                                                   \
  X(DecryptMessage)

struct real_functions {
#define MEMBER(name) __typeof__(&name) name;
  REAL_FUNCTIONS(MEMBER)
#undef MEMBER
};

/* Loads the real DLL by its full path on first use. A function that it lacks is NULL. */
const struct real_functions *real(void);

/* ---- ledger.c ---- */

enum kind { A_CREDENTIAL, A_CONTEXT, A_BUFFER, A_TOKEN, AN_IMPERSONATION, KIND_COUNT };

/* What of a context is in use by a running call. Legs exclude everything; one encrypter and one decrypter may run side
 * by side ("Threads" of EncryptMessage and DecryptMessage on Learn). */
enum activity { LEG, ENCRYPTING, DECRYPTING, QUERYING, ACTIVITY_COUNT };

struct ledger_counts {
  long live[KIND_COUNT];
  long total[KIND_COUNT];
  /* Freed twice, used after it was freed, or never handed out. */
  long misuse[KIND_COUNT];
  /* Calls on one context at the same time that the documentation forbids. */
  long concurrent;
  /* Credentials freed before their contexts. */
  long orphaned;
};

void ledger_credential_added(const SecHandle *credential, const WCHAR *package);
bool ledger_credential_removed(const SecHandle *credential);
/* Whether the credential is alive; counts a misuse when it is not. PACKAGE may be NULL. */
bool ledger_credential_used(const SecHandle *credential, const WCHAR **package);

/* Around a leg. CONTEXT and PREVIOUS are NULL on the first one, CREDENTIAL may be NULL later. PREVIOUS is a copy, as a
 * caller may give one handle for both. Wine answers a new handle on most legs; the ledger keeps the newest. */
bool ledger_leg_began(const SecHandle *credential, const SecHandle *context);
void ledger_leg_ended(SECURITY_STATUS status, const SecHandle *previous, const SecHandle *context,
                      const SecHandle *credential);
void ledger_context_added(const SecHandle *context);
bool ledger_context_removed(const SecHandle *context);
/* Around a call on a context. Answers false, and counts a misuse, when the context is not alive. */
bool ledger_context_enter(const SecHandle *context, enum activity activity);
void ledger_context_leave(const SecHandle *context, enum activity activity);

/* OWN: made by this DLL on the process heap, not by the real one. */
void ledger_buffer_added(void *buffer, bool own);
bool ledger_buffer_removed(void *buffer, bool *own);
/* Memory for the caller, to be freed by FreeContextBuffer. NULL when there is none. */
void *ledger_allocate(SIZE_T size);

void ledger_token_added(HANDLE token);
void ledger_impersonation_began(void);
bool ledger_impersonation_ended(void);

void ledger_read(struct ledger_counts *counts);
void ledger_forget(void);

/* ---- faults.c ---- */

/* Counts a call and waits or fails it as the test asked. False: return STATUS and do nothing. */
bool call_may_run(const char *function, SECURITY_STATUS *status);

#define BEGIN_CALL(function)                                                                                          \
  SECURITY_STATUS status;                                                                                             \
  if (!call_may_run(#function, &status)) return status

struct call_count {
  const char *function;
  long count;
  /* Made on a thread that runs JavaScript. */
  long on_loop;
};

/* The INDEXth function that was called; false when there are no more. */
bool calls_read(unsigned index, struct call_count *count);
void calls_forget(void);
bool fault_set(const char *function, SECURITY_STATUS status, long skip);
bool hold_set(const char *function);
long held_count(void);
void hold_release(void);
void loop_thread_added(void);
void loop_thread_removed(void);

/* For functions that give something back: they do so whatever a test asks for, and answer the fault afterwards. */
#define BEGIN_RELEASE(function)                                                                                       \
  SECURITY_STATUS fault = SEC_E_OK, status;                                                                           \
  if (!call_may_run(#function, &fault)) fault = fault != SEC_E_OK ? fault : SEC_E_INTERNAL_ERROR

#define END_RELEASE() return fault != SEC_E_OK ? fault : status

/* ---- record.c ---- */

#define RECORDED_BUFFERS 40
#define RECORDED_BYTES 256
#define RECORDED_TEXT 128

struct recorded_buffer {
  unsigned long type;
  unsigned long size;
  BYTE data[RECORDED_BYTES];
};

/* A text of an identity. LENGTH in characters, -1 for a null pointer. */
struct recorded_text {
  long length;
  WCHAR text[RECORDED_TEXT];
};

struct recorded_identity {
  /* 0 for none, 1 for SEC_WINNT_AUTH_IDENTITY, else the version of the extended structure. */
  unsigned long version;
  unsigned long flags;
  struct recorded_text user, domain, package_list;
  long password_length;
};

void record_input(const SecBufferDesc *input);
unsigned recorded_input(struct recorded_buffer *buffers);
/* Writes an identity with a password down. Answers what the real function is to be given: Wine's packages know the plain
 * structure only, and get that one, in PLAIN. */
void *record_identity(const WCHAR *package, void *auth_data, SEC_WINNT_AUTH_IDENTITY_W *plain);
void recorded_identity(struct recorded_identity *identity);

/* ---- memory.c ---- */

/* How often a text (ASCII) lies in the memory of this process as UTF-16. */
unsigned long memory_count_wide(const char *text);

/* ---- store.c ---- */

/* Puts the certificate of a PKCS #12 file, with its key, into the user's store "My", or takes it out again. */
bool store_add(const BYTE *pfx, DWORD size, const WCHAR *password);
bool store_remove(const BYTE *thumbprint);

/* ---- exports.c ---- */

/* Whether tokens and impersonation of the process itself stand in where the package has none (as in Wine). */
void supply_tokens(bool on);

/* ---- sasl.c ---- */

/* A SASL profile and the package behind it. */
struct profile {
  const WCHAR *name;
  const WCHAR *package;
  /* Whether security layers are negotiated by cookies (RFC 4752, section 3). */
  bool cookies;
};

/* The profile of a package, or NULL. */
const struct profile *sasl_profile_of(const WCHAR *package);

/* ---- sasl-context.c ---- */

/* A context was deleted; forgets the SASL exchange that it belonged to. */
void sasl_context_deleted(const SecHandle *context);

#endif
