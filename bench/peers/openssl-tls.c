/*
 * OpenSSL over memory BIOs, client and server in one thread. Usage:
 *   openssl-tls handshake VERSION CERTIFICATE KEY full|resumed
 *   openssl-tls bulk VERSION CERTIFICATE KEY SIZE
 *   openssl-tls contexts VERSION CERTIFICATE KEY kept
 */
#include "bench.h"
#include <openssl/err.h>
#include <openssl/ssl.h>

static SSL_CTX *client_context, *server_context;
static SSL_SESSION *session;
static int resume;
static char message[16384], received[16384];
static int message_size;
static long batch;

struct pair {
  SSL *client, *server;
};

static int keep_session(SSL *ssl, SSL_SESSION *fresh) {
  (void)ssl;
  SSL_SESSION_free(session);
  session = fresh;
  return 1;
}

static struct pair connect_pair(void) {
  struct pair pair = {SSL_new(client_context), SSL_new(server_context)};
  BIO *to_server = BIO_new(BIO_s_mem()), *to_client = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(to_server, -1);
  BIO_set_mem_eof_return(to_client, -1);
  BIO_up_ref(to_server);
  BIO_up_ref(to_client);
  SSL_set_bio(pair.client, to_client, to_server);
  SSL_set_bio(pair.server, to_server, to_client);
  SSL_set_connect_state(pair.client);
  SSL_set_accept_state(pair.server);
  SSL_set_tlsext_host_name(pair.client, "localhost");
  if (resume && session) SSL_set_session(pair.client, session);
  int done_client = 0, done_server = 0;
  for (int i = 0; i < 10 && !(done_client && done_server); i++) {
    if (!done_client) done_client = SSL_do_handshake(pair.client) == 1;
    if (!done_server) done_server = SSL_do_handshake(pair.server) == 1;
  }
  MUST(done_client && done_server, "the handshake");
  /* The client takes its tickets. */
  char byte;
  MUST(SSL_write(pair.server, "x", 1) == 1, "a byte");
  MUST(SSL_read(pair.client, &byte, 1) == 1, "a byte");
  return pair;
}

static void close_pair(struct pair pair) {
  /* A session that was not ended properly is not resumed. */
  SSL_set_shutdown(pair.client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_set_shutdown(pair.server, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(pair.client);
  SSL_free(pair.server);
}

static void handshakes(void) {
  for (long i = 0; i < batch; i++) {
    struct pair pair = connect_pair();
    MUST(!resume || SSL_session_reused(pair.client), "a resumed session");
    close_pair(pair);
  }
}

/* Connections that stand and wait, until the end of the process. */
static void contexts(void) {
  for (long i = 0; i < batch; i++) connect_pair();
}

static struct pair bulk_pair;

static void bulk(void) {
  for (long i = 0; i < batch; i++) {
    MUST(SSL_write(bulk_pair.client, message, message_size) == message_size, "a message");
    MUST(SSL_read(bulk_pair.server, received, sizeof received) == message_size, "the message");
  }
}

static SSL_CTX *make_context(const SSL_METHOD *method, int version) {
  SSL_CTX *context = SSL_CTX_new(method);
  MUST(context, "a context");
  SSL_CTX_set_min_proto_version(context, version);
  SSL_CTX_set_max_proto_version(context, version);
  return context;
}

int main(int argc, char **argv) {
  struct plan plan = read_plan(&argc, argv);
  MUST(argc == 6, "usage: openssl-tls handshake|bulk|contexts VERSION CERTIFICATE KEY full|resumed|SIZE|kept");
  int version = !strcmp(argv[2], "TLSv1.3") ? TLS1_3_VERSION : TLS1_2_VERSION;
  client_context = make_context(TLS_client_method(), version);
  server_context = make_context(TLS_server_method(), version);
  MUST(SSL_CTX_use_certificate_file(server_context, argv[3], SSL_FILETYPE_PEM) == 1, "the certificate");
  MUST(SSL_CTX_use_PrivateKey_file(server_context, argv[4], SSL_FILETYPE_PEM) == 1, "the key");
  SSL_CTX_set_session_cache_mode(client_context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(client_context, keep_session);
  SSL_CTX_set_session_id_context(server_context, (const unsigned char *)"bench", 5);
  if (!strcmp(argv[1], "handshake")) {
    if (!strcmp(argv[5], "resumed")) {
      close_pair(connect_pair());
      resume = 1;
    }
    batch = 16;
    measure((struct work){"openssl", "/s", 1, batch, NULL, handshakes}, plan);
    return 0;
  }
  if (!strcmp(argv[1], "contexts")) {
    /* As Node.js does. */
    SSL_CTX_set_mode(client_context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_mode(server_context, SSL_MODE_RELEASE_BUFFERS);
    batch = 10;
    measure((struct work){"openssl", "/s", 1, batch, NULL, contexts}, plan);
    return 0;
  }
  message_size = atoi(argv[5]);
  MUST(message_size > 0 && message_size <= (int)sizeof message, "a size");
  bulk_pair = connect_pair();
  batch = 1048576 / message_size;
  measure((struct work){"openssl", "MB/s", message_size / 1e6, batch, NULL, bulk}, plan);
  close_pair(bulk_pair);
  return 0;
}
