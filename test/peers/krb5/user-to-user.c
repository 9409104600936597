/* MIT's libkrb5 as either end of user-to-user authentication: the messages without frames, one in hexadecimal digits per line.
 *
 *   user-to-user called CACHE         writes its ticket-granting ticket, reads an AP-REQ, writes who it is from and then an AP-REP
 *   user-to-user caller CACHE TARGET  reads a ticket-granting ticket, writes an AP-REQ, reads an AP-REP, writes "ok"
 */
#include <krb5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static krb5_context context;

static void check(krb5_error_code code, const char *what)
{
    if (code == 0)
        return;
    fprintf(stderr, "%s: %s\n", what, krb5_get_error_message(context, code));
    exit(1);
}

static void write_line(krb5_data data)
{
    for (unsigned int i = 0; i < data.length; i++)
        printf("%02x", (unsigned char)data.data[i]);
    printf("\n");
    fflush(stdout);
}

static krb5_data read_line(void)
{
    static char line[1 << 17];
    krb5_data data = {0};

    if (fgets(line, sizeof line, stdin) == NULL)
        exit(2);
    data.length = strcspn(line, "\n") / 2;
    data.data = malloc(data.length + 1);
    for (unsigned int i = 0; i < data.length; i++) {
        unsigned int octet;

        if (sscanf(line + 2 * i, "%2x", &octet) != 1)
            exit(2);
        data.data[i] = (char)octet;
    }
    return data;
}

static void called(krb5_ccache cache, krb5_principal self)
{
    krb5_creds wanted = {0}, tgt = {0};
    krb5_auth_context authentication = NULL;
    krb5_flags options = 0;
    krb5_ticket *ticket = NULL;
    krb5_data request, reply = {0};
    char *client = NULL;

    wanted.client = self;
    check(krb5_build_principal(context, &wanted.server, self->realm.length, self->realm.data, "krbtgt", self->realm.data, NULL),
          "krb5_build_principal");
    check(krb5_cc_retrieve_cred(context, cache, 0, &wanted, &tgt), "krb5_cc_retrieve_cred");
    write_line(tgt.ticket);
    request = read_line();
    check(krb5_auth_con_init(context, &authentication), "krb5_auth_con_init");
    check(krb5_auth_con_setuseruserkey(context, authentication, &tgt.keyblock), "krb5_auth_con_setuseruserkey");
    check(krb5_rd_req(context, &authentication, &request, NULL, NULL, &options, &ticket), "krb5_rd_req");
    check(krb5_unparse_name(context, ticket->enc_part2->client, &client), "krb5_unparse_name");
    printf("%s %s\n", client, options & AP_OPTS_USE_SESSION_KEY ? "session-key" : "service-key");
    check(krb5_mk_rep(context, authentication, &reply), "krb5_mk_rep");
    write_line(reply);
}

static void caller(krb5_ccache cache, krb5_principal self, const char *target)
{
    krb5_creds wanted = {0}, *got = NULL;
    krb5_auth_context authentication = NULL;
    krb5_ap_rep_enc_part *part = NULL;
    krb5_data request = {0}, reply;

    wanted.client = self;
    check(krb5_parse_name(context, target, &wanted.server), "krb5_parse_name");
    wanted.second_ticket = read_line();
    check(krb5_get_credentials(context, KRB5_GC_USER_USER | KRB5_GC_NO_STORE, cache, &wanted, &got), "krb5_get_credentials");
    check(krb5_mk_req_extended(context, &authentication, AP_OPTS_USE_SESSION_KEY | AP_OPTS_MUTUAL_REQUIRED, NULL, got, &request),
          "krb5_mk_req_extended");
    write_line(request);
    reply = read_line();
    check(krb5_rd_rep(context, authentication, &reply, &part), "krb5_rd_rep");
    printf("ok\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    krb5_ccache cache;
    krb5_principal self;

    if (argc < 3)
        return 2;
    check(krb5_init_context(&context), "krb5_init_context");
    check(krb5_cc_resolve(context, argv[2], &cache), "krb5_cc_resolve");
    check(krb5_cc_get_principal(context, cache, &self), "krb5_cc_get_principal");
    if (strcmp(argv[1], "called") == 0)
        called(cache, self);
    else if (argc > 3)
        caller(cache, self, argv[3]);
    return 0;
}
