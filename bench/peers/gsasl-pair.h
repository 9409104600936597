/* What the libgsasl drivers share: properties answered from memory, and one DIGEST-MD5 logon from memory to memory. */
#ifndef GSASL_PAIR_H
#define GSASL_PAIR_H

#include <gsasl.h>

#include "bench.h"

struct pair {
  Gsasl_session *client, *server;
};

static Gsasl *library;
static const char *qop; /* as libgsasl names them: qop-auth, qop-int */

static int answer(Gsasl *context, Gsasl_session *session, Gsasl_property property) {
  (void)context;
  const char *value = property == GSASL_AUTHID     ? "alice"
                      : property == GSASL_PASSWORD ? "correct horse"
                      : property == GSASL_SERVICE  ? "imap"
                      : property == GSASL_HOSTNAME ? "localhost"
                      : property == GSASL_REALM    ? "localhost"
                      : property == GSASL_QOP      ? qop
                      : property == GSASL_QOPS     ? qop
                                                   : NULL;
  if (!value) return GSASL_NO_CALLBACK;
  return gsasl_property_set(session, property, value);
}

static inline void start_library(const char *wanted) {
  int auth = !strcmp(wanted, "auth"), integrity = !strcmp(wanted, "auth-int");
  MUST(auth || integrity, wanted);
  qop = auth ? "qop-auth" : "qop-int";
  MUST(gsasl_init(&library) == GSASL_OK, "gsasl_init");
  if (!gsasl_client_support_p(library, "DIGEST-MD5") || !gsasl_server_support_p(library, "DIGEST-MD5")) {
    leave_out("this libgsasl has no DIGEST-MD5");
  }
  gsasl_callback_set(library, answer);
}

/* A whole DIGEST-MD5 logon: challenge, response, rspauth. */
static inline struct pair log_on(void) {
  struct pair pair;
  char *challenge, *response, *proof, *last;
  size_t length;
  MUST(gsasl_server_start(library, "DIGEST-MD5", &pair.server) == GSASL_OK, "server");
  MUST(gsasl_client_start(library, "DIGEST-MD5", &pair.client) == GSASL_OK, "client");
  MUST(gsasl_step(pair.server, NULL, 0, &challenge, &length) == GSASL_NEEDS_MORE, "challenge");
  MUST(gsasl_step(pair.client, challenge, length, &response, &length) == GSASL_NEEDS_MORE, "response");
  MUST(gsasl_step(pair.server, response, length, &proof, &length) == GSASL_OK, "logon");
  MUST(gsasl_step(pair.client, proof, length, &last, &length) == GSASL_OK, "rspauth");
  gsasl_free(challenge);
  gsasl_free(response);
  gsasl_free(proof);
  gsasl_free(last);
  return pair;
}

static inline void close_pair(struct pair *pair) {
  gsasl_finish(pair->client);
  gsasl_finish(pair->server);
}

#endif
