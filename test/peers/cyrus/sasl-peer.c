/*
 * libsasl2 as a scriptable peer: one SASL connection, driven over stdin and stdout.
 *
 * A request is one line, an answer is one line; fields are separated by TAB and read `key=value`. Bytes are base64.
 * An answer begins with `rc=N`, the SASL result, and a failure carries `error=TEXT` (sasl_errdetail).
 *
 *   new     role=client|server service= fqdn= [realm=] [min=] [max=] [maxbuf=] [flags=] [extssf=] [extid=]
 *           [authid=] [authzid=] [password=] [success-data=1] [http-method= http-uri= [http-entity=]]
 *   list                                     -> mechs=A B C
 *   start   mech= [token=]                   -> [token=]      rc 0: done, rc 1: continue
 *   step    [token=]                         -> [token=]      no token is NULL, an empty one has length 0
 *   encode  data=                            -> data=
 *   decode  data=                            -> data=
 *   props                                    -> user= authuser= realm= mech= ssf= maxout=
 *
 * `realm` is the user realm of a server, and the realm that a client chooses. End of input ends the program.
 */
#include <locale.h>
#include <sasl/sasl.h>
#include <sasl/saslutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FIELDS = 32, MAX_LINE = 1 << 23 };

struct field {
  const char *name;
  const char *value;
};

static struct field fields[MAX_FIELDS];
static int field_count;

static sasl_conn_t *connection;
static int is_server;

/* What the client callbacks answer. */
static char *authid, *authzid, *realm;
static sasl_secret_t *password;

static const char *field(const char *name) {
  for (int i = 0; i < field_count; i++)
    if (strcmp(fields[i].name, name) == 0) return fields[i].value;
  return NULL;
}

static unsigned number_field(const char *name, unsigned otherwise) {
  const char *value = field(name);
  return value ? (unsigned)strtoul(value, NULL, 10) : otherwise;
}

static char *copy(const char *text) { return text ? strdup(text) : NULL; }

/* Decodes a base64 field into memory that is the caller's; NULL when there is no such field. */
static char *bytes_field(const char *name, unsigned *length) {
  const char *text = field(name);
  *length = 0;
  if (!text) return NULL;
  unsigned capacity = (unsigned)strlen(text) + 4;
  char *bytes = malloc(capacity);
  if (sasl_decode64(text, (unsigned)strlen(text), bytes, capacity, length) != SASL_OK) {
    fprintf(stderr, "field %s is not base64\n", name);
    exit(2);
  }
  return bytes;
}

static void put_bytes(const char *name, const char *bytes, unsigned length) {
  if (!bytes) return;
  unsigned capacity = length / 3 * 4 + 8, written = 0;
  char *text = malloc(capacity);
  sasl_encode64(bytes, length, text, capacity, &written);
  printf("\t%s=%.*s", name, (int)written, text);
  free(text);
}

static void put_text(const char *name, const char *text) {
  if (!text) return;
  printf("\t%s=", name);
  for (; *text; text++) putchar(*text == '\t' || *text == '\n' || *text == '\r' ? ' ' : *text);
}

static void put_result(int rc) {
  printf("rc=%d", rc);
  if (rc >= SASL_OK) return;
  put_text("error", connection ? sasl_errdetail(connection) : sasl_errstring(rc, NULL, NULL));
}

static int answer_name(void *context, int id, const char **result, unsigned *length) {
  (void)context;
  const char *name = id == SASL_CB_USER && authzid ? authzid : authid;
  if (!name) return SASL_FAIL;
  *result = name;
  if (length) *length = (unsigned)strlen(name);
  return SASL_OK;
}

static int answer_password(sasl_conn_t *conn, void *context, int id, sasl_secret_t **secret) {
  (void)conn, (void)context, (void)id;
  if (!password) return SASL_FAIL;
  *secret = password;
  return SASL_OK;
}

static int answer_realm(void *context, int id, const char **available, const char **result) {
  (void)context, (void)id;
  *result = realm ? realm : available && available[0] ? available[0] : "";
  return SASL_OK;
}

static int write_log(void *context, int level, const char *message) {
  (void)context;
  if (level <= SASL_LOG_WARN || getenv("SASL_PEER_DEBUG")) fprintf(stderr, "libsasl2[%d]: %s\n", level, message);
  return SASL_OK;
}

typedef int (*callback)(void);

static const sasl_callback_t client_callbacks[] = {
    {SASL_CB_USER, (callback)answer_name, NULL},      {SASL_CB_AUTHNAME, (callback)answer_name, NULL},
    {SASL_CB_PASS, (callback)answer_password, NULL},  {SASL_CB_GETREALM, (callback)answer_realm, NULL},
    {SASL_CB_LOG, (callback)write_log, NULL},         {SASL_CB_LIST_END, NULL, NULL},
};

static const sasl_callback_t server_callbacks[] = {
    {SASL_CB_LOG, (callback)write_log, NULL},
    {SASL_CB_LIST_END, NULL, NULL},
};

static void remember_answers(void) {
  authid = copy(field("authid"));
  authzid = copy(field("authzid"));
  realm = copy(field("realm"));
  password = NULL;
  if (field("password")) {
    size_t length = strlen(field("password"));
    password = malloc(sizeof *password + length + 1);
    password->len = length;
    memcpy(password->data, field("password"), length + 1);
  }
}

static int set_security(void) {
  sasl_security_properties_t properties = {
      .min_ssf = number_field("min", 0),
      .max_ssf = number_field("max", 256),
      .maxbufsize = number_field("maxbuf", 65536),
      .security_flags = number_field("flags", 0),
  };
  int rc = sasl_setprop(connection, SASL_SEC_PROPS, &properties);
  if (rc == SASL_OK && field("extssf")) {
    sasl_ssf_t ssf = number_field("extssf", 0);
    rc = sasl_setprop(connection, SASL_SSF_EXTERNAL, &ssf);
  }
  if (rc == SASL_OK && field("extid")) rc = sasl_setprop(connection, SASL_AUTH_EXTERNAL, field("extid"));
  return rc;
}

static int set_http_request(void) {
  static sasl_http_request_t request; /* libsasl2 keeps the pointer */
  unsigned length;
  char *entity = bytes_field("http-entity", &length);
  request = (sasl_http_request_t){
      .method = copy(field("http-method")),
      .uri = copy(field("http-uri")),
      .entity = (unsigned char *)(entity ? entity : ""),
      .elen = length,
  };
  return sasl_setprop(connection, SASL_HTTP_REQUEST, &request);
}

static int open_connection(void) {
  static int ready[2];
  const char *service = field("service"), *fqdn = field("fqdn");
  unsigned flags = field("success-data") ? SASL_SUCCESS_DATA : 0;
  int rc = SASL_OK;

  if (field("http-method")) flags |= SASL_NEED_HTTP;
  is_server = field("role") && strcmp(field("role"), "server") == 0;
  if (connection) sasl_dispose(&connection);
  remember_answers();
  if (!ready[is_server]) rc = is_server ? sasl_server_init(server_callbacks, "sasl-peer") : sasl_client_init(client_callbacks);
  if (rc != SASL_OK) return rc;
  ready[is_server] = 1;
  rc = is_server ? sasl_server_new(service, fqdn, realm, NULL, NULL, NULL, flags, &connection)
                 : sasl_client_new(service, fqdn, NULL, NULL, NULL, flags, &connection);
  if (rc == SASL_OK) rc = set_security();
  if (rc == SASL_OK && field("http-method")) rc = set_http_request();
  return rc;
}

static void list_mechanisms(void) {
  const char *names = NULL;
  put_result(sasl_listmech(connection, NULL, "", " ", "", &names, NULL, NULL));
  put_text("mechs", names);
}

static void exchange(int first) {
  const char *output = NULL;
  unsigned input_length, output_length = 0;
  char *input = bytes_field("token", &input_length);
  const char *mech = field("mech");
  int rc;

  if (first && is_server) rc = sasl_server_start(connection, mech, input, input_length, &output, &output_length);
  else if (first) rc = sasl_client_start(connection, mech, NULL, &output, &output_length, NULL);
  else if (is_server) rc = sasl_server_step(connection, input, input_length, &output, &output_length);
  else rc = sasl_client_step(connection, input, input_length, NULL, &output, &output_length);
  put_result(rc);
  if (rc >= SASL_OK) put_bytes("token", output, output_length);
  free(input);
}

static void protect(int (*transform)(sasl_conn_t *, const char *, unsigned, const char **, unsigned *)) {
  const char *output = NULL;
  unsigned input_length, output_length = 0;
  char *input = bytes_field("data", &input_length);
  int rc = transform(connection, input ? input : "", input_length, &output, &output_length);
  put_result(rc);
  if (rc == SASL_OK) put_bytes("data", output ? output : "", output_length);
  free(input);
}

static void put_text_property(const char *name, int property) {
  const void *value = NULL;
  if (sasl_getprop(connection, property, &value) == SASL_OK) put_text(name, value);
}

static void put_number_property(const char *name, int property) {
  const void *value = NULL;
  if (sasl_getprop(connection, property, &value) == SASL_OK && value) printf("\t%s=%u", name, *(const unsigned *)value);
}

static void list_properties(void) {
  put_result(SASL_OK);
  put_text_property("user", SASL_USERNAME);
  put_text_property("authuser", SASL_AUTHUSER);
  put_text_property("realm", SASL_DEFUSERREALM);
  put_text_property("mech", SASL_MECHNAME);
  put_number_property("ssf", SASL_SSF);
  put_number_property("maxout", SASL_MAXOUTBUF);
}

static void answer(const char *operation) {
  if (strcmp(operation, "new") == 0) put_result(open_connection());
  else if (!connection) printf("rc=%d\terror=no connection", SASL_NOTINIT);
  else if (strcmp(operation, "list") == 0) list_mechanisms();
  else if (strcmp(operation, "start") == 0) exchange(1);
  else if (strcmp(operation, "step") == 0) exchange(0);
  else if (strcmp(operation, "encode") == 0) protect(sasl_encode);
  else if (strcmp(operation, "decode") == 0) protect(sasl_decode);
  else if (strcmp(operation, "props") == 0) list_properties();
  else printf("rc=%d\terror=unknown operation", SASL_BADPARAM);
}

int main(void) {
  // Mechanisms of GSS-API read names in the locale's encoding.
  setlocale(LC_CTYPE, "");
  char *line = malloc(MAX_LINE);
  while (fgets(line, MAX_LINE, stdin)) {
    line[strcspn(line, "\r\n")] = 0;
    field_count = 0;
    char *rest, *operation = strtok_r(line, "\t", &rest);
    if (!operation) continue;
    for (char *item; field_count < MAX_FIELDS && (item = strtok_r(NULL, "\t", &rest));) {
      char *equals = strchr(item, '=');
      if (!equals) continue;
      *equals = 0;
      fields[field_count++] = (struct field){item, equals + 1};
    }
    answer(operation);
    putchar('\n');
    fflush(stdout);
  }
  return 0;
}
