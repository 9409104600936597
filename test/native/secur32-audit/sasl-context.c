/* SaslInitializeSecurityContext, SaslAcceptSecurityContext and the options, as Learn documents them. */
#include <string.h>

#include "sasl-exchange.h"

#define TOKEN_ROOM 65536

static SRWLOCK lock = SRWLOCK_INIT;
static struct exchange *exchanges;

static struct exchange *find(const SecHandle *context) {
  AcquireSRWLockShared(&lock);
  struct exchange *at = exchanges;
  while (at != NULL && (at->context.dwLower != context->dwLower || at->context.dwUpper != context->dwUpper)) at = at->next;
  ReleaseSRWLockShared(&lock);
  return at;
}

static struct exchange *begin(const struct profile *profile) {
  struct exchange *exchange = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *exchange);
  if (exchange == NULL) return NULL;
  exchange->profile = profile;
  exchange->stage = NEGOTIATING;
  exchange->send_size = 0xFFFF;
  exchange->receive_size = 0xFFFF;
  exchange->authz_processing = Sasl_AuthZIDProcessed;
  SecInvalidateHandle(&exchange->context);
  AcquireSRWLockExclusive(&lock);
  exchange->next = exchanges;
  exchanges = exchange;
  ReleaseSRWLockExclusive(&lock);
  return exchange;
}

static void end(struct exchange *exchange) {
  AcquireSRWLockExclusive(&lock);
  struct exchange **at = &exchanges;
  while (*at != exchange) at = &(*at)->next;
  *at = exchange->next;
  ReleaseSRWLockExclusive(&lock);
  HeapFree(GetProcessHeap(), 0, exchange);
}

void sasl_context_deleted(const SecHandle *context) {
  struct exchange *exchange = find(context);
  if (exchange != NULL) end(exchange);
}

/* ---- buffers ---- */

static SecBuffer *token_of(const SecBufferDesc *buffers) {
  for (ULONG i = 0; buffers != NULL && i < buffers->cBuffers; i++) {
    if ((buffers->pBuffers[i].BufferType & ~SECBUFFER_ATTRMASK) == SECBUFFER_TOKEN) return &buffers->pBuffers[i];
  }
  return NULL;
}

static struct bytes bytes_of(const SecBuffer *buffer) {
  if (buffer == NULL || buffer->pvBuffer == NULL) return (struct bytes){NULL, 0};
  return (struct bytes){buffer->pvBuffer, buffer->cbBuffer};
}

static SECURITY_STATUS deliver(SecBuffer *output, bool allocate, struct bytes bytes) {
  if (allocate) {
    output->pvBuffer = bytes.size == 0 ? NULL : ledger_allocate(bytes.size);
    if (bytes.size > 0 && output->pvBuffer == NULL) return SEC_E_INSUFFICIENT_MEMORY;
  } else if (output->cbBuffer < bytes.size) {
    output->cbBuffer = bytes.size;
    return SEC_E_BUFFER_TOO_SMALL;
  }
  if (bytes.size > 0) memcpy(output->pvBuffer, bytes.data, bytes.size);
  output->cbBuffer = bytes.size;
  return SEC_E_OK;
}

/* ---- one leg of either side ---- */

struct leg {
  bool server;
  PCredHandle credential;
  PCtxtHandle context;
  SEC_WCHAR *target;
  unsigned long flags, data_rep;
  PSecBufferDesc input;
  PCtxtHandle new_context;
  SecBuffer *output;
  unsigned long *attributes;
  PTimeStamp expiry;
};

/* The package's own call, with memory of ours for its token: Wine's Kerberos and NTLM fail with ALLOCATE_MEMORY. */
static SECURITY_STATUS call_package(struct leg *leg, struct exchange *exchange, struct bytes *token) {
  SecBuffer buffer = {token->size, SECBUFFER_TOKEN, token->data};
  SecBufferDesc output = {SECBUFFER_VERSION, 1, &buffer};
  SecHandle previous = exchange->context;
  bool first = !SecIsValidHandle(&previous);
  PCtxtHandle context = first ? NULL : &previous;
  unsigned long attributes = 0, flags = leg->flags & ~(unsigned long)ISC_REQ_ALLOCATE_MEMORY;
  SecHandle result = previous;
  SECURITY_STATUS status =
      leg->server ? real()->AcceptSecurityContext(leg->credential, context, leg->input, flags, leg->data_rep, &result,
                                                  &output, &attributes, leg->expiry)
                  : real()->InitializeSecurityContextW(leg->credential, context, leg->target, flags, 0, leg->data_rep,
                                                       leg->input, 0, &result, &output, &attributes, leg->expiry);
  token->size = buffer.cbBuffer;
  if (leg->attributes != NULL) *leg->attributes = attributes;
  if (status < 0) return status;
  exchange->context = result;
  exchange->layers = LAYER_NONE;
  if (attributes & (leg->server ? ASC_RET_INTEGRITY : ISC_RET_INTEGRITY)) exchange->layers |= LAYER_INTEGRITY;
  if (attributes & ISC_RET_CONFIDENTIALITY) exchange->layers |= LAYER_CONFIDENTIALITY;
  return status;
}

/* The flags of the layer that was settled on, and no others of protection. */
static void narrow_attributes(const struct leg *leg, const struct exchange *exchange) {
  if (leg->attributes == NULL) return;
  unsigned long integrity = leg->server ? ASC_RET_INTEGRITY : ISC_RET_INTEGRITY;
  *leg->attributes &= ~(integrity | ISC_RET_CONFIDENTIALITY);
  if (exchange->layers & LAYER_INTEGRITY) *leg->attributes |= integrity;
  if (exchange->layers & LAYER_CONFIDENTIALITY) *leg->attributes |= integrity | ISC_RET_CONFIDENTIALITY;
}

static unsigned wanted_layers(unsigned long flags) {
  unsigned wanted = 0;
  if (flags & (ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT)) wanted |= LAYER_INTEGRITY;
  if (flags & ISC_REQ_CONFIDENTIALITY) wanted |= LAYER_CONFIDENTIALITY;
  return wanted;
}

/* "The inner call that returns SEC_E_OK is recognised; if it produced a token, SASL processing is suspended for one
 * round trip" (Remarks of SaslAcceptSecurityContext). */
static SECURITY_STATUS package_done(const struct leg *leg, struct exchange *exchange, struct bytes *token) {
  if (!exchange->profile->cookies) {
    exchange->stage = FINISHED;
    return SEC_E_OK;
  }
  if (!leg->server) {
    exchange->stage = COOKIE_EXPECTED;
    return SEC_I_CONTINUE_NEEDED;
  }
  if (token->size == 0) return cookie_offer(exchange, token);
  exchange->stage = SUSPENDED;
  return SEC_I_CONTINUE_NEEDED;
}

static SECURITY_STATUS advance(struct leg *leg, struct exchange *exchange, struct bytes *token) {
  struct bytes in = bytes_of(token_of(leg->input));
  SECURITY_STATUS status;
  switch (exchange->stage) {
    case NEGOTIATING:
      status = call_package(leg, exchange, token);
      return status == SEC_E_OK ? package_done(leg, exchange, token) : status;
    case SUSPENDED:
      return in.size == 0 ? cookie_offer(exchange, token) : SEC_E_INVALID_TOKEN;
    case COOKIE_SENT:
      token->size = 0;
      status = cookie_accept(exchange, in);
      break;
    case COOKIE_EXPECTED:
      status = cookie_choose(exchange, wanted_layers(leg->flags), in, token);
      break;
    default:
      return SEC_E_INVALID_TOKEN;
  }
  if (status == SEC_E_OK) narrow_attributes(leg, exchange);
  return status;
}

static SECURITY_STATUS run(struct leg *leg, struct exchange *exchange) {
  BYTE *room = HeapAlloc(GetProcessHeap(), 0, TOKEN_ROOM);
  if (room == NULL) return SEC_E_INSUFFICIENT_MEMORY;
  struct bytes token = {room, TOKEN_ROOM};
  SECURITY_STATUS status = advance(leg, exchange, &token);
  if (status >= 0) *leg->new_context = exchange->context;
  /* A failing package may still have something to tell the peer; a failing cookie has not. */
  if (status < 0 && (exchange->stage != NEGOTIATING || token.size == TOKEN_ROOM)) token.size = 0;
  SECURITY_STATUS delivered = deliver(leg->output, leg->flags & ISC_REQ_ALLOCATE_MEMORY, token);
  HeapFree(GetProcessHeap(), 0, room);
  return delivered == SEC_E_OK ? status : delivered;
}

static struct exchange *exchange_of(const struct leg *leg, SECURITY_STATUS *status) {
  const WCHAR *package = NULL;
  ledger_credential_used(leg->credential, &package);
  const struct profile *profile = sasl_profile_of(package);
  if (profile == NULL) {
    *status = SEC_E_SECPKG_NOT_FOUND;
    return NULL;
  }
  *status = leg->context == NULL ? SEC_E_INSUFFICIENT_MEMORY : SEC_E_INVALID_HANDLE;
  return leg->context == NULL ? begin(profile) : find(leg->context);
}

static SECURITY_STATUS step(struct leg *leg) {
  if (leg->output == NULL) return SEC_E_INVALID_TOKEN;
  if (leg->credential == NULL || !ledger_leg_began(leg->credential, leg->context)) return SEC_E_INVALID_HANDLE;
  SecHandle previous = leg->context != NULL ? *leg->context : (SecHandle){0};
  SECURITY_STATUS status;
  struct exchange *exchange = exchange_of(leg, &status);
  if (exchange != NULL) status = run(leg, exchange);
  /* The package made a context even where the leg failed later on. */
  bool made = exchange != NULL && SecIsValidHandle(&exchange->context);
  ledger_leg_ended(made ? SEC_E_OK : status, leg->context != NULL ? &previous : NULL,
                   made ? &exchange->context : &previous, leg->credential);
  if (exchange != NULL && !made) end(exchange);
  return status;
}

SECURITY_STATUS SEC_ENTRY SaslInitializeSecurityContextW(PCredHandle credential, PCtxtHandle context, LPWSTR target,
                                                         unsigned long flags, unsigned long reserved1,
                                                         unsigned long data_rep, PSecBufferDesc input,
                                                         unsigned long reserved2, PCtxtHandle new_context,
                                                         PSecBufferDesc output, unsigned long *attributes,
                                                         PTimeStamp expiry) {
  BEGIN_CALL(SaslInitializeSecurityContextW);
  (void)reserved1, (void)reserved2;
  struct leg leg = {false, credential, context, target, flags, data_rep, input, new_context, token_of(output),
                    attributes, expiry};
  return step(&leg);
}

SECURITY_STATUS SEC_ENTRY SaslAcceptSecurityContext(PCredHandle credential, PCtxtHandle context, PSecBufferDesc input,
                                                    unsigned long flags, unsigned long data_rep, PCtxtHandle new_context,
                                                    PSecBufferDesc output, unsigned long *attributes,
                                                    PTimeStamp expiry) {
  BEGIN_CALL(SaslAcceptSecurityContext);
  if (token_of(input) == NULL) return SEC_E_INVALID_TOKEN;
  struct leg leg = {true, credential, context, NULL, flags, data_rep, input, new_context, token_of(output), attributes,
                    expiry};
  return step(&leg);
}

/* ---- options ---- */

/* NULL for a context that no Sasl function made ("not in the SASL context list" on Learn). */
static struct exchange *option_target(const SecHandle *context) {
  if (!ledger_context_enter(context, QUERYING)) return NULL;
  ledger_context_leave(context, QUERYING);
  return find(context);
}

static ULONG *number_option(struct exchange *exchange, ULONG option) {
  switch (option) {
    case SASL_OPTION_SEND_SIZE:
      return &exchange->send_size;
    case SASL_OPTION_RECV_SIZE:
      return &exchange->receive_size;
    case SASL_OPTION_AUTHZ_PROCESSING:
      return &exchange->authz_processing;
    default:
      return NULL;
  }
}

SECURITY_STATUS SEC_ENTRY SaslGetContextOption(PCtxtHandle context, ULONG option, PVOID value, ULONG size,
                                               PULONG needed) {
  BEGIN_CALL(SaslGetContextOption);
  struct exchange *exchange = option_target(context);
  if (exchange == NULL) return SEC_E_INVALID_HANDLE;
  const void *source = number_option(exchange, option);
  ULONG length = sizeof(ULONG);
  if (option == SASL_OPTION_AUTHZ_STRING) {
    if (exchange->authz_processing == Sasl_AuthZIDForbidden) return SEC_E_UNSUPPORTED_FUNCTION;
    source = exchange->authz;
    length = exchange->authz_size;
  }
  if (source == NULL) return SEC_E_UNSUPPORTED_FUNCTION;
  if (needed != NULL) *needed = length;
  if (size < length) return SEC_E_BUFFER_TOO_SMALL;
  if (length > 0) memcpy(value, source, length);
  return SEC_E_OK;
}

SECURITY_STATUS SEC_ENTRY SaslSetContextOption(PCtxtHandle context, ULONG option, PVOID value, ULONG size) {
  BEGIN_CALL(SaslSetContextOption);
  struct exchange *exchange = option_target(context);
  if (exchange == NULL) return SEC_E_INVALID_HANDLE;
  if (option == SASL_OPTION_AUTHZ_STRING) {
    if (size > sizeof exchange->authz) return SEC_E_BUFFER_TOO_SMALL;
    exchange->authz_size = size;
    if (size > 0) memcpy(exchange->authz, value, size);
    return SEC_E_OK;
  }
  ULONG *target = number_option(exchange, option);
  if (target == NULL) return SEC_E_UNSUPPORTED_FUNCTION;
  if (size < sizeof *target) return SEC_E_BUFFER_TOO_SMALL;
  memcpy(target, value, sizeof *target);
  return SEC_E_OK;
}
