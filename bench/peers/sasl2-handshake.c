/* libsasl2: whole DIGEST-MD5 logons. Usage: sasl2-handshake auth|auth-int|auth-conf */
#include "sasl2-pair.h"

enum { BATCH = 128 };

static void run(void) {
  for (int i = 0; i < BATCH; i++) {
    struct pair pair = log_on();
    close_pair(&pair);
  }
}

int main(int argc, char **argv) {
  struct plan plan = read_plan(&argc, argv);
  MUST(argc == 2, "usage: sasl2-handshake QOP");
  choose_qop(argv[1]);
  start_library();
  measure((struct work){"libsasl2", "/s", 1, BATCH, NULL, run}, plan);
  return 0;
}
