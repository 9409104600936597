/*
 * MIT's SPNEGO with gss-ntlmssp under it: whole NTLMv2 logons, with a user's credential from a file and one for the server, acquired once.
 * Usage: gss-spnego-handshake
 */
#include "gss-ntlm-pair.h"

enum { BATCH = 128 };

static gss_OID_desc spnego = {6, (void *)"\x2b\x06\x01\x05\x05\x02"};
static gss_cred_id_t client_credential, server_credential;

static void acquire(void) {
  gss_OID_set_desc negotiation = {1, &spnego}, mechanisms = {1, &ntlm};
  OM_uint32 minor;
  MUST(gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &negotiation, GSS_C_INITIATE, &client_credential, NULL,
                        NULL) == GSS_S_COMPLETE,
       "a credential of SPNEGO");
  MUST(gss_set_neg_mechs(&minor, client_credential, &mechanisms) == GSS_S_COMPLETE, "NTLM under SPNEGO");
  MUST(gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &negotiation, GSS_C_ACCEPT, &server_credential, NULL,
                        NULL) == GSS_S_COMPLETE,
       "an accepting credential of SPNEGO");
  MUST(gss_set_neg_mechs(&minor, server_credential, &mechanisms) == GSS_S_COMPLETE, "NTLM under SPNEGO");
}

static void log_on_negotiated(void) {
  struct pair pair = {GSS_C_NO_CONTEXT, GSS_C_NO_CONTEXT};
  gss_buffer_desc to_server = GSS_C_EMPTY_BUFFER, to_client = GSS_C_EMPTY_BUFFER;
  OM_uint32 minor, client = GSS_S_CONTINUE_NEEDED, server = GSS_S_CONTINUE_NEEDED;
  OM_uint32 wanted = GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG;
  while (client == GSS_S_CONTINUE_NEEDED) {
    client = gss_init_sec_context(&minor, client_credential, &pair.client, target, &spnego, wanted, 0,
                                  GSS_C_NO_CHANNEL_BINDINGS, &to_client, NULL, &to_server, NULL, NULL);
    gss_release_buffer(&minor, &to_client);
    if (server != GSS_S_CONTINUE_NEEDED || to_server.length == 0) break;
    server = gss_accept_sec_context(&minor, &pair.server, server_credential, &to_server, GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL,
                                    &to_client, NULL, NULL, NULL);
    gss_release_buffer(&minor, &to_server);
  }
  MUST(client == GSS_S_COMPLETE && server == GSS_S_COMPLETE, "a logon");
  close_pair(&pair);
}

static void run(void) {
  for (int i = 0; i < BATCH; i++) log_on_negotiated();
}

int main(int argc, char **argv) {
  struct plan plan = read_plan(&argc, argv);
  MUST(argc == 1, "usage: gss-spnego-handshake");
  start_library();
  acquire();
  measure((struct work){"gss-ntlmssp", "/s", 1, BATCH, NULL, run}, plan);
  return 0;
}
