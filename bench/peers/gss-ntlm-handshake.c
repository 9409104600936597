/* gss-ntlmssp: whole NTLMv2 logons. Usage: gss-ntlm-handshake */
#include "gss-ntlm-pair.h"

enum { BATCH = 128 };

static void run(void) {
  for (int i = 0; i < BATCH; i++) {
    struct pair pair = log_on();
    close_pair(&pair);
  }
}

int main(int argc, char **argv) {
  struct plan plan = read_plan(&argc, argv);
  MUST(argc == 1, "usage: gss-ntlm-handshake");
  start_library();
  measure((struct work){"gss-ntlmssp", "/s", 1, BATCH, NULL, run}, plan);
  return 0;
}
