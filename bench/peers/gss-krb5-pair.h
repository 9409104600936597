/*
 * What the drivers of MIT's libgssapi share: a folder with krb5.conf, keytab and ccache, a credential for each side that is acquired
 * once, and one AP exchange with mutual authentication from memory to memory.
 */
#ifndef GSS_KRB5_PAIR_H
#define GSS_KRB5_PAIR_H

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>

#include "bench.h"

struct pair {
  gss_ctx_id_t client, server;
};

static gss_OID_desc krb5 = {9, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"};
static gss_cred_id_t outbound, inbound;
static gss_name_t target;

static inline char *path_in(const char *type, const char *folder, const char *name) {
  char *path = malloc(strlen(type) + strlen(folder) + strlen(name) + 2);
  MUST(path, "memory");
  sprintf(path, "%s%s/%s", type, folder, name);
  return path;
}

/* Copies the files into stores of the process. */
static inline void use_memory(void) {
  krb5_context context;
  krb5_ccache file, memory;
  krb5_principal client;
  krb5_keytab keys, kept;
  krb5_kt_cursor cursor;
  krb5_keytab_entry entry;
  MUST(!krb5_init_context(&context), "krb5.conf");
  MUST(!krb5_cc_default(context, &file) && !krb5_cc_get_principal(context, file, &client), "the credential cache");
  MUST(!krb5_cc_resolve(context, "MEMORY:bench", &memory) && !krb5_cc_initialize(context, memory, client), "a cache");
  MUST(!krb5_cc_copy_creds(context, file, memory), "the tickets");
  MUST(!krb5_kt_default(context, &keys) && !krb5_kt_start_seq_get(context, keys, &cursor), "the keytab");
  MUST(!krb5_kt_resolve(context, "MEMORY:bench", &kept), "a keytab");
  while (!krb5_kt_next_entry(context, keys, &entry, &cursor)) {
    MUST(!krb5_kt_add_entry(context, kept, &entry), "a key");
    krb5_free_keytab_entry_contents(context, &entry);
  }
  krb5_kt_end_seq_get(context, keys, &cursor);
  krb5_kt_close(context, keys);
  krb5_cc_close(context, file);
  krb5_free_principal(context, client);
  /* The context, the cache and the keytab stay open: MEMORY stores live as long as somebody has them. */
  setenv("KRB5CCNAME", "MEMORY:bench", 1);
  setenv("KRB5_KTNAME", "MEMORY:bench", 1);
}

/* Stores: "files", "memory", or "replays": memory with a file of the authenticators that have been seen. */
static inline void start_library(const char *folder, const char *stores) {
  gss_OID_set_desc mechanisms = {1, &krb5};
  gss_buffer_desc name = {sizeof "HTTP@localhost" - 1, "HTTP@localhost"};
  OM_uint32 minor;
  int replays = !strcmp(stores, "replays");
  setenv("KRB5_CONFIG", path_in("", folder, "krb5.conf"), 1);
  setenv("KRB5CCNAME", path_in("FILE:", folder, "ccache"), 1);
  setenv("KRB5_KTNAME", path_in("FILE:", folder, "keytab"), 1);
  if (replays) remove(path_in("", folder, "replays"));
  setenv("KRB5RCACHENAME", replays ? path_in("file2:", folder, "replays") : "none:", 1);
  MUST(replays || !strcmp(stores, "memory") || !strcmp(stores, "files"), "stores");
  if (strcmp(stores, "files")) use_memory();
  MUST(gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE, &outbound, NULL, NULL) ==
           GSS_S_COMPLETE,
       "a client's credential");
  MUST(gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechanisms, GSS_C_ACCEPT, &inbound, NULL, NULL) ==
           GSS_S_COMPLETE,
       "a server's credential");
  MUST(gss_import_name(&minor, &name, GSS_C_NT_HOSTBASED_SERVICE, &target) == GSS_S_COMPLETE, "a name");
}

static inline struct pair log_on(void) {
  struct pair pair = {GSS_C_NO_CONTEXT, GSS_C_NO_CONTEXT};
  gss_buffer_desc request = GSS_C_EMPTY_BUFFER, reply = GSS_C_EMPTY_BUFFER, nothing = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor, got, wanted = GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG;
  MUST(gss_init_sec_context(&minor, outbound, &pair.client, target, &krb5, wanted, 0, GSS_C_NO_CHANNEL_BINDINGS,
                            GSS_C_NO_BUFFER, NULL, &request, NULL, NULL) == GSS_S_CONTINUE_NEEDED,
       "an AP-REQ");
  MUST(gss_accept_sec_context(&minor, &pair.server, inbound, &request, GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, &reply,
                              NULL, NULL, NULL) == GSS_S_COMPLETE,
       "an AP-REP");
  MUST(gss_init_sec_context(&minor, outbound, &pair.client, target, &krb5, wanted, 0, GSS_C_NO_CHANNEL_BINDINGS, &reply,
                            NULL, &nothing, &got, NULL) == GSS_S_COMPLETE,
       "a logon");
  MUST((got & wanted) == wanted, "mutual authentication with confidentiality");
  gss_release_buffer(&minor, &request);
  gss_release_buffer(&minor, &reply);
  gss_release_buffer(&minor, &nothing);
  return pair;
}

static inline void close_pair(struct pair *pair) {
  OM_uint32 minor;
  gss_delete_sec_context(&minor, &pair->client, GSS_C_NO_BUFFER);
  gss_delete_sec_context(&minor, &pair->server, GSS_C_NO_BUFFER);
}

#endif
