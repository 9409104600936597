/* libgsasl: whole DIGEST-MD5 logons. Usage: gsasl-handshake auth|auth-int */
#include "gsasl-pair.h"

enum { BATCH = 128 };

static void run(void) {
  for (int i = 0; i < BATCH; i++) {
    struct pair pair = log_on();
    close_pair(&pair);
  }
}

int main(int argc, char **argv) {
  struct plan plan = read_plan(&argc, argv);
  MUST(argc == 2, "usage: gsasl-handshake QOP");
  start_library(argv[1]);
  measure((struct work){"libgsasl", "/s", 1, BATCH, NULL, run}, plan);
  gsasl_done(library);
  return 0;
}
