/*
 * What the libsasl2 drivers share: the library with a user store in memory (an auxprop plugin, so that no database is
 * opened per logon), and one DIGEST-MD5 logon from memory to memory.
 */
#ifndef SASL2_PAIR_H
#define SASL2_PAIR_H

#include <sasl/sasl.h>
#include <sasl/saslplug.h>

#include "bench.h"

#define USER "alice"
#define PASSWORD "correct horse"
#define HOST "localhost"
#define SERVICE "imap"

struct pair {
  sasl_conn_t *client, *server;
};

static sasl_security_properties_t security = {0, 0, 65536, 0, NULL, NULL};

static int find_password(void *context, sasl_server_params_t *server, unsigned flags, const char *user, unsigned length) {
  (void)context, (void)flags, (void)user, (void)length;
  server->utils->prop_set(server->propctx, "*" SASL_AUX_PASSWORD_PROP, PASSWORD, -1);
  return SASL_OK;
}

static int memory_store_init(const sasl_utils_t *utils, int max, int *version, sasl_auxprop_plug_t **plugin,
                             const char *name) {
  static sasl_auxprop_plug_t memory = {.auxprop_lookup = find_password, .name = "memory"};
  (void)utils, (void)max, (void)name;
  *version = SASL_AUXPROP_PLUG_VERSION;
  *plugin = &memory;
  return SASL_OK;
}

static int option(void *context, const char *plugin, const char *name, const char **value, unsigned *length) {
  (void)context, (void)plugin;
  if (!strcmp(name, "auxprop_plugin")) *value = "memory";
  else if (!strcmp(name, "mech_list")) *value = "DIGEST-MD5";
  else return SASL_FAIL;
  if (length) *length = strlen(*value);
  return SASL_OK;
}

static int say_user(void *context, int id, const char **value, unsigned *length) {
  (void)context, (void)id;
  *value = USER;
  if (length) *length = sizeof USER - 1;
  return SASL_OK;
}

static int say_password(sasl_conn_t *connection, void *context, int id, sasl_secret_t **secret) {
  static struct {
    unsigned long length;
    char data[sizeof PASSWORD];
  } password = {sizeof PASSWORD - 1, PASSWORD};
  (void)connection, (void)context, (void)id;
  *secret = (sasl_secret_t *)&password;
  return SASL_OK;
}

static int say_realm(void *context, int id, const char **offered, const char **value) {
  (void)context, (void)id;
  *value = offered[0];
  return SASL_OK;
}

static int log_nothing(void *context, int level, const char *message) {
  (void)context, (void)level, (void)message;
  return SASL_OK;
}

#define CALLBACK(function) ((int (*)(void))(void *)(function))
static const sasl_callback_t server_callbacks[] = {
    {SASL_CB_GETOPT, CALLBACK(option), NULL}, {SASL_CB_LOG, CALLBACK(log_nothing), NULL}, {SASL_CB_LIST_END, NULL, NULL}};
static const sasl_callback_t client_callbacks[] = {
    {SASL_CB_USER, CALLBACK(say_user), NULL},     {SASL_CB_AUTHNAME, CALLBACK(say_user), NULL},
    {SASL_CB_PASS, CALLBACK(say_password), NULL}, {SASL_CB_GETREALM, CALLBACK(say_realm), NULL},
    {SASL_CB_LOG, CALLBACK(log_nothing), NULL},   {SASL_CB_LIST_END, NULL, NULL}};

static inline void start_library(void) {
  MUST(sasl_auxprop_add_plugin("memory", memory_store_init) == SASL_OK, "auxprop plugin");
  MUST(sasl_server_init(server_callbacks, "secur32-bench") == SASL_OK, "sasl_server_init");
  MUST(sasl_client_init(client_callbacks) == SASL_OK, "sasl_client_init");
  const char **names = sasl_global_listmech();
  while (names && *names && strcmp(*names, "DIGEST-MD5")) names++;
  if (!names || !*names) leave_out("libsasl2 has no DIGEST-MD5; on Debian: apt-get install libsasl2-modules");
}

/* The strength factors by which libsasl2 knows the qop values: 1 is integrity alone, 128 is rc4. */
static inline void choose_qop(const char *qop) {
  int auth = !strcmp(qop, "auth"), integrity = !strcmp(qop, "auth-int"), rc4 = !strcmp(qop, "auth-conf");
  MUST(auth || integrity || rc4, qop);
  security.min_ssf = security.max_ssf = auth ? 0 : integrity ? 1 : 128;
}

static inline struct pair open_pair(unsigned flags) {
  struct pair pair;
  MUST(sasl_server_new(SERVICE, HOST, HOST, NULL, NULL, NULL, flags, &pair.server) == SASL_OK, "server");
  MUST(sasl_client_new(SERVICE, HOST, NULL, NULL, NULL, flags, &pair.client) == SASL_OK, "client");
  MUST(sasl_setprop(pair.server, SASL_SEC_PROPS, &security) == SASL_OK, "server properties");
  MUST(sasl_setprop(pair.client, SASL_SEC_PROPS, &security) == SASL_OK, "client properties");
  return pair;
}

/* A whole DIGEST-MD5 logon: challenge, response, rspauth. Both sides must have reached the end and the layer asked for. */
static inline struct pair log_on(void) {
  struct pair pair = open_pair(SASL_SUCCESS_DATA);
  const char *challenge, *response, *proof, *nothing, *mechanism;
  unsigned length;
  MUST(sasl_client_start(pair.client, "DIGEST-MD5", NULL, NULL, NULL, &mechanism) == SASL_CONTINUE, "client start");
  MUST(sasl_server_start(pair.server, "DIGEST-MD5", NULL, 0, &challenge, &length) == SASL_CONTINUE, "challenge");
  MUST(sasl_client_step(pair.client, challenge, length, NULL, &response, &length) == SASL_CONTINUE, "response");
  MUST(sasl_server_step(pair.server, response, length, &proof, &length) == SASL_OK, "logon");
  MUST(sasl_client_step(pair.client, proof, length, NULL, &nothing, &length) == SASL_OK, "rspauth");
  const void *client_ssf, *server_ssf;
  MUST(sasl_getprop(pair.client, SASL_SSF, &client_ssf) == SASL_OK, "client ssf");
  MUST(sasl_getprop(pair.server, SASL_SSF, &server_ssf) == SASL_OK, "server ssf");
  MUST(*(const sasl_ssf_t *)client_ssf == security.max_ssf && *(const sasl_ssf_t *)server_ssf == security.max_ssf, "ssf");
  return pair;
}

static inline void close_pair(struct pair *pair) {
  sasl_dispose(&pair->client);
  sasl_dispose(&pair->server);
}

#endif
