/*
 * What the gss-ntlmssp drivers share: MIT's libgssapi with the plugin, a file with one user, a credential for each side that
 * is acquired once, and one NTLMv2 logon from memory to memory.
 */
#ifndef GSS_NTLM_PAIR_H
#define GSS_NTLM_PAIR_H

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>

#include "bench.h"

#define USER "EXAMPLE\\alice"
#define PASSWORD "correct horse"

struct pair {
  gss_ctx_id_t client, server;
};

static gss_OID_desc ntlm = {10, (void *)"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"};
static gss_cred_id_t outbound, inbound;
static gss_name_t target;

static inline gss_buffer_desc text_of(const char *text) {
  return (gss_buffer_desc){strlen(text), (void *)text};
}

static inline gss_name_t name_of(const char *text, gss_OID type) {
  gss_name_t name = GSS_C_NO_NAME;
  gss_buffer_desc buffer = text_of(text);
  OM_uint32 minor;
  MUST(gss_import_name(&minor, &buffer, type, &name) == GSS_S_COMPLETE, "a name");
  return name;
}

static inline void write_users(void) {
  static char path[] = P_tmpdir "/secur32-bench-XXXXXX";
  const char *line = "EXAMPLE:alice:" PASSWORD "\n";
  int file = mkstemp(path);
  MUST(file >= 0 && write(file, line, strlen(line)) == (ssize_t)strlen(line), "a file of users");
  close(file);
  setenv("NTLM_USER_FILE", path, 1);
  setenv("NETBIOS_COMPUTER_NAME", "SERVER", 1);
  setenv("NETBIOS_DOMAIN_NAME", "EXAMPLE", 1);
}

static inline void forget_users(void) {
  unlink(getenv("NTLM_USER_FILE"));
}

static inline void start_library(void) {
  gss_OID_set_desc mechanisms = {1, &ntlm};
  gss_buffer_desc password = text_of(PASSWORD);
  OM_uint32 minor;
  write_users();
  atexit(forget_users);
  if (gss_acquire_cred_with_password(&minor, name_of(USER, GSS_C_NT_USER_NAME), &password, GSS_C_INDEFINITE, &mechanisms,
                                     GSS_C_INITIATE, &outbound, NULL, NULL) != GSS_S_COMPLETE)
    leave_out("gss-ntlmssp is not installed; on Debian: apt-get install gss-ntlmssp");
  MUST(gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechanisms, GSS_C_ACCEPT, &inbound, NULL, NULL) ==
           GSS_S_COMPLETE,
       "an accepting credential");
  target = name_of("HTTP@localhost", GSS_C_NT_HOSTBASED_SERVICE);
}

static inline OM_uint32 initialize(struct pair *pair, gss_buffer_t in, gss_buffer_t out) {
  OM_uint32 minor, wanted = GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG;
  return gss_init_sec_context(&minor, outbound, &pair->client, target, &ntlm, wanted, 0, GSS_C_NO_CHANNEL_BINDINGS, in, NULL,
                              out, NULL, NULL);
}

static inline OM_uint32 accept_token(struct pair *pair, gss_buffer_t in, gss_buffer_t out) {
  OM_uint32 minor;
  return gss_accept_sec_context(&minor, &pair->server, inbound, in, GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, out, NULL, NULL,
                                NULL);
}

static inline struct pair log_on(void) {
  struct pair pair = {GSS_C_NO_CONTEXT, GSS_C_NO_CONTEXT};
  gss_buffer_desc negotiate, challenge, authenticate, nothing;
  OM_uint32 minor;
  MUST(initialize(&pair, GSS_C_NO_BUFFER, &negotiate) == GSS_S_CONTINUE_NEEDED, "NEGOTIATE");
  MUST(accept_token(&pair, &negotiate, &challenge) == GSS_S_CONTINUE_NEEDED, "CHALLENGE");
  MUST(initialize(&pair, &challenge, &authenticate) == GSS_S_COMPLETE, "AUTHENTICATE");
  MUST(accept_token(&pair, &authenticate, &nothing) == GSS_S_COMPLETE, "a logon");
  gss_release_buffer(&minor, &negotiate);
  gss_release_buffer(&minor, &challenge);
  gss_release_buffer(&minor, &authenticate);
  gss_release_buffer(&minor, &nothing);
  return pair;
}

static inline void close_pair(struct pair *pair) {
  OM_uint32 minor;
  gss_delete_sec_context(&minor, &pair->client, GSS_C_NO_BUFFER);
  gss_delete_sec_context(&minor, &pair->server, GSS_C_NO_BUFFER);
}

#endif
