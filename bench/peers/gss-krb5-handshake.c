/* MIT's libgssapi: whole AP exchanges. Usage: gss-krb5-handshake FOLDER files|memory|replays */
#include "gss-krb5-pair.h"

enum { BATCH = 128 };

static void run(void) {
  for (int i = 0; i < BATCH; i++) {
    struct pair pair = log_on();
    close_pair(&pair);
  }
}

int main(int argc, char **argv) {
  struct plan plan = read_plan(&argc, argv);
  MUST(argc == 3, "usage: gss-krb5-handshake FOLDER files|memory|replays");
  start_library(argv[1], argv[2]);
  measure((struct work){"MIT", "/s", 1, BATCH, NULL, run}, plan);
  return 0;
}
