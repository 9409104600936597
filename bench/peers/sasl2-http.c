/* libsasl2: HTTP Digest exchanges (challenge, Authorization, check). Usage: sasl2-http */
#include "sasl2-pair.h"

enum { BATCH = 128 };

static sasl_http_request_t request = {"GET", "/dir/index.html", (const unsigned char *)"", 0, 0};

static void run(void) {
  for (int i = 0; i < BATCH; i++) {
    struct pair pair = open_pair(SASL_NEED_HTTP | SASL_SUCCESS_DATA);
    const char *challenge, *response, *info, *mechanism;
    unsigned length;
    MUST(sasl_setprop(pair.client, SASL_HTTP_REQUEST, &request) == SASL_OK, "client request");
    MUST(sasl_setprop(pair.server, SASL_HTTP_REQUEST, &request) == SASL_OK, "server request");
    MUST(sasl_client_start(pair.client, "DIGEST-MD5", NULL, NULL, NULL, &mechanism) == SASL_CONTINUE, "client start");
    MUST(sasl_server_start(pair.server, "DIGEST-MD5", NULL, 0, &challenge, &length) == SASL_CONTINUE, "challenge");
    MUST(sasl_client_step(pair.client, challenge, length, NULL, &response, &length) == SASL_CONTINUE, "response");
    MUST(sasl_server_step(pair.server, response, length, &info, &length) == SASL_OK, "logon");
    close_pair(&pair);
  }
}

int main(int argc, char **argv) {
  struct plan plan = read_plan(&argc, argv);
  MUST(argc == 1, "usage: sasl2-http");
  choose_qop("auth");
  start_library();
  measure((struct work){"libsasl2", "/s", 1, BATCH, NULL, run}, plan);
  return 0;
}
