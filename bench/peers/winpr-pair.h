/*
 * What the winpr drivers share: FreeRDP's NTLM behind the same table of functions as Windows', with a credential for each
 * side that is acquired once, and one NTLMv2 logon from memory to memory, sealed, with a MIC and key exchange.
 */
#ifndef WINPR_PAIR_H
#define WINPR_PAIR_H

#include <winpr/sspi.h>

#include "bench.h"

#define USER "alice"
#define DOMAIN "EXAMPLE"
#define PASSWORD "correct horse"
#define TARGET "HTTP/localhost"

enum { TOKEN_SIZE = 4096, MIC_OFFSET = 72, SIGNATURE_SIZE = 16 };
enum { REQUESTED = ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT };

struct pair {
  CtxtHandle client, server;
};

static SecurityFunctionTableA *table;
static CredHandle outbound, inbound;

static inline void start_library(void) {
  static SEC_WINNT_AUTH_IDENTITY_A identity = {
      (BYTE *)USER,     sizeof USER - 1,     (BYTE *)DOMAIN, sizeof DOMAIN - 1,
      (BYTE *)PASSWORD, sizeof PASSWORD - 1, SEC_WINNT_AUTH_IDENTITY_ANSI};
  TimeStamp expiry;
  setenv("WLOG_LEVEL", "OFF", 1);
  MUST((table = InitSecurityInterfaceExA(SSPI_INTERFACE_WINPR)), "a table");
  MUST(table->AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &outbound,
                                        &expiry) == SEC_E_OK,
       "an outbound credential");
  /* The server takes the password of its users from its own credential. */
  MUST(table->AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_INBOUND, NULL, &identity, NULL, NULL, &inbound,
                                        &expiry) == SEC_E_OK,
       "an inbound credential");
}

struct message {
  BYTE bytes[TOKEN_SIZE];
  SecBuffer buffer;
  SecBufferDesc list;
};

static inline SecBufferDesc *as_input(struct message *message) {
  message->list = (SecBufferDesc){SECBUFFER_VERSION, 1, &message->buffer};
  return &message->list;
}

static inline SecBufferDesc *as_output(struct message *message) {
  message->buffer = (SecBuffer){TOKEN_SIZE, SECBUFFER_TOKEN, message->bytes};
  return as_input(message);
}

static inline SECURITY_STATUS initialize(struct pair *pair, int first, struct message *in, struct message *out) {
  ULONG attributes;
  TimeStamp expiry;
  return table->InitializeSecurityContextA(&outbound, first ? NULL : &pair->client, (char *)TARGET, REQUESTED, 0,
                                           SECURITY_NATIVE_DREP, in ? as_input(in) : NULL, 0, &pair->client, as_output(out),
                                           &attributes, &expiry);
}

static inline SECURITY_STATUS accept_token(struct pair *pair, int first, struct message *in, struct message *out) {
  ULONG attributes;
  TimeStamp expiry;
  return table->AcceptSecurityContext(&inbound, first ? NULL : &pair->server, as_input(in), REQUESTED, SECURITY_NATIVE_DREP,
                                      &pair->server, as_output(out), &attributes, &expiry);
}

static inline struct pair log_on(void) {
  static struct message negotiate, challenge, authenticate, nothing;
  static const BYTE none[16];
  struct pair pair;
  SECURITY_STATUS status;
  MUST(initialize(&pair, 1, NULL, &negotiate) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE");
  MUST(accept_token(&pair, 1, &negotiate, &challenge) == SEC_I_CONTINUE_NEEDED, "CHALLENGE");
  status = initialize(&pair, 0, &challenge, &authenticate);
  MUST(status == SEC_E_OK || status == SEC_I_COMPLETE_NEEDED, "AUTHENTICATE");
  MUST(memcmp(authenticate.bytes + MIC_OFFSET, none, sizeof none), "a MIC");
  status = accept_token(&pair, 0, &authenticate, &nothing);
  if (status == SEC_I_COMPLETE_NEEDED) status = table->CompleteAuthToken(&pair.server, as_input(&nothing));
  MUST(status == SEC_E_OK, "a logon");
  return pair;
}

static inline void close_pair(struct pair *pair) {
  table->DeleteSecurityContext(&pair->client);
  table->DeleteSecurityContext(&pair->server);
}

#endif
