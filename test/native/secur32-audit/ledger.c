#include "audit.h"

struct entry {
  struct entry *next;
  enum kind kind;
  /* A handle's two halves; a buffer's address; a token's handle and its identity; a thread. */
  ULONG_PTR lower, upper;
  SecHandle credential;
  WCHAR package[64];
  long active[ACTIVITY_COUNT];
  bool own;
};

static SRWLOCK lock = SRWLOCK_INIT;
static struct entry *entries;
static struct ledger_counts counts;

/* All of these want the lock held. */

static struct entry **find(enum kind kind, ULONG_PTR lower, ULONG_PTR upper) {
  struct entry **at = &entries;
  while (*at != NULL && ((*at)->kind != kind || (*at)->lower != lower || (*at)->upper != upper)) at = &(*at)->next;
  return at;
}

static struct entry *add(enum kind kind, ULONG_PTR lower, ULONG_PTR upper) {
  struct entry *entry = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *entry);
  if (entry == NULL) abort();
  entry->kind = kind;
  entry->lower = lower;
  entry->upper = upper;
  entry->next = entries;
  entries = entry;
  counts.live[kind]++;
  counts.total[kind]++;
  return entry;
}

static void drop(struct entry **at) {
  struct entry *entry = *at;
  counts.live[entry->kind]--;
  *at = entry->next;
  HeapFree(GetProcessHeap(), 0, entry);
}

static bool remove_entry(enum kind kind, ULONG_PTR lower, ULONG_PTR upper) {
  struct entry **at = find(kind, lower, upper);
  if (*at == NULL) {
    counts.misuse[kind]++;
    return false;
  }
  drop(at);
  return true;
}

static bool has_context_of(const SecHandle *credential) {
  for (struct entry *entry = entries; entry != NULL; entry = entry->next) {
    if (entry->kind == A_CONTEXT && entry->credential.dwLower == credential->dwLower &&
        entry->credential.dwUpper == credential->dwUpper)
      return true;
  }
  return false;
}

static bool is_context(const SecHandle *context) {
  return SecIsValidHandle(context) && (context->dwLower != 0 || context->dwUpper != 0);
}

static bool conflicts(const struct entry *entry, enum activity activity) {
  if (entry->active[LEG] > 0) return true;
  if (activity == LEG) return entry->active[ENCRYPTING] + entry->active[DECRYPTING] + entry->active[QUERYING] > 0;
  return activity != QUERYING && entry->active[activity] > 0;
}

/* The same token answers the same identity as long as it is open. */
static ULONG_PTR token_identity(HANDLE token) {
  TOKEN_STATISTICS statistics;
  DWORD size;
  if (!GetTokenInformation(token, TokenStatistics, &statistics, sizeof statistics, &size)) return 0;
  return statistics.TokenId.LowPart;
}

static void drop_closed_tokens(void) {
  struct entry **at = &entries;
  while (*at != NULL) {
    if ((*at)->kind == A_TOKEN && token_identity((HANDLE)(*at)->lower) != (*at)->upper) {
      drop(at);
    } else {
      at = &(*at)->next;
    }
  }
}

/* ---- what the others call ---- */

void ledger_credential_added(const SecHandle *credential, const WCHAR *package) {
  AcquireSRWLockExclusive(&lock);
  lstrcpynW(add(A_CREDENTIAL, credential->dwLower, credential->dwUpper)->package, package, 64);
  ReleaseSRWLockExclusive(&lock);
}

bool ledger_credential_removed(const SecHandle *credential) {
  AcquireSRWLockExclusive(&lock);
  bool removed = remove_entry(A_CREDENTIAL, credential->dwLower, credential->dwUpper);
  if (removed && *find(A_CREDENTIAL, credential->dwLower, credential->dwUpper) == NULL && has_context_of(credential))
    counts.orphaned++;
  ReleaseSRWLockExclusive(&lock);
  return removed;
}

bool ledger_credential_used(const SecHandle *credential, const WCHAR **package) {
  AcquireSRWLockExclusive(&lock);
  struct entry *entry = *find(A_CREDENTIAL, credential->dwLower, credential->dwUpper);
  if (entry == NULL) {
    counts.misuse[A_CREDENTIAL]++;
  } else if (package != NULL) {
    *package = entry->package;
  }
  ReleaseSRWLockExclusive(&lock);
  return entry != NULL;
}

bool ledger_leg_began(const SecHandle *credential, const SecHandle *context) {
  if (credential != NULL && !ledger_credential_used(credential, NULL)) return false;
  return context == NULL || ledger_context_enter(context, LEG);
}

void ledger_leg_ended(SECURITY_STATUS status, const SecHandle *previous, const SecHandle *context,
                      const SecHandle *credential) {
  AcquireSRWLockExclusive(&lock);
  struct entry *entry = previous == NULL ? NULL : *find(A_CONTEXT, previous->dwLower, previous->dwUpper);
  if (entry != NULL) entry->active[LEG]--;
  /* A first leg that wants more input makes a context in some versions and none, or one of zeros, in others. */
  if (status >= 0 || (status == SEC_E_INCOMPLETE_MESSAGE && is_context(context))) {
    if (entry == NULL) entry = add(A_CONTEXT, 0, 0);
    entry->lower = context->dwLower;
    entry->upper = context->dwUpper;
    if (credential != NULL) entry->credential = *credential;
  }
  ReleaseSRWLockExclusive(&lock);
}

void ledger_context_added(const SecHandle *context) {
  AcquireSRWLockExclusive(&lock);
  add(A_CONTEXT, context->dwLower, context->dwUpper);
  ReleaseSRWLockExclusive(&lock);
}

bool ledger_context_removed(const SecHandle *context) {
  AcquireSRWLockExclusive(&lock);
  struct entry *entry = *find(A_CONTEXT, context->dwLower, context->dwUpper);
  if (entry != NULL && conflicts(entry, LEG)) counts.concurrent++;
  bool removed = remove_entry(A_CONTEXT, context->dwLower, context->dwUpper);
  ReleaseSRWLockExclusive(&lock);
  return removed;
}

bool ledger_context_enter(const SecHandle *context, enum activity activity) {
  AcquireSRWLockExclusive(&lock);
  struct entry *entry = *find(A_CONTEXT, context->dwLower, context->dwUpper);
  if (entry == NULL) {
    counts.misuse[A_CONTEXT]++;
  } else {
    if (conflicts(entry, activity)) counts.concurrent++;
    entry->active[activity]++;
  }
  ReleaseSRWLockExclusive(&lock);
  return entry != NULL;
}

void ledger_context_leave(const SecHandle *context, enum activity activity) {
  AcquireSRWLockExclusive(&lock);
  struct entry *entry = *find(A_CONTEXT, context->dwLower, context->dwUpper);
  if (entry != NULL) entry->active[activity]--;
  ReleaseSRWLockExclusive(&lock);
}

void ledger_buffer_added(void *buffer, bool own) {
  if (buffer == NULL) return;
  AcquireSRWLockExclusive(&lock);
  if (*find(A_BUFFER, (ULONG_PTR)buffer, 0) == NULL) add(A_BUFFER, (ULONG_PTR)buffer, 0)->own = own;
  ReleaseSRWLockExclusive(&lock);
}

bool ledger_buffer_removed(void *buffer, bool *own) {
  AcquireSRWLockExclusive(&lock);
  struct entry *entry = *find(A_BUFFER, (ULONG_PTR)buffer, 0);
  *own = entry != NULL && entry->own;
  bool removed = remove_entry(A_BUFFER, (ULONG_PTR)buffer, 0);
  ReleaseSRWLockExclusive(&lock);
  return removed;
}

void *ledger_allocate(SIZE_T size) {
  void *buffer = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size == 0 ? 1 : size);
  ledger_buffer_added(buffer, true);
  return buffer;
}

void ledger_token_added(HANDLE token) {
  AcquireSRWLockExclusive(&lock);
  drop_closed_tokens();
  add(A_TOKEN, (ULONG_PTR)token, token_identity(token));
  ReleaseSRWLockExclusive(&lock);
}

void ledger_impersonation_began(void) {
  AcquireSRWLockExclusive(&lock);
  add(AN_IMPERSONATION, GetCurrentThreadId(), 0);
  ReleaseSRWLockExclusive(&lock);
}

bool ledger_impersonation_ended(void) {
  AcquireSRWLockExclusive(&lock);
  bool ended = remove_entry(AN_IMPERSONATION, GetCurrentThreadId(), 0);
  ReleaseSRWLockExclusive(&lock);
  return ended;
}

void ledger_read(struct ledger_counts *result) {
  AcquireSRWLockExclusive(&lock);
  drop_closed_tokens();
  *result = counts;
  ReleaseSRWLockExclusive(&lock);
}

void ledger_forget(void) {
  AcquireSRWLockExclusive(&lock);
  while (entries != NULL) drop(&entries);
  ZeroMemory(&counts, sizeof counts);
  ReleaseSRWLockExclusive(&lock);
}
