/* winpr: whole NTLMv2 logons. Usage: winpr-handshake */
#include "winpr-pair.h"

enum { BATCH = 128 };

static void run(void) {
  for (int i = 0; i < BATCH; i++) {
    struct pair pair = log_on();
    close_pair(&pair);
  }
}

/* A wrong password must not get in: the server checks what it is said to check. */
static void check_refusal(void) {
  static struct message negotiate, challenge, authenticate, nothing;
  struct pair pair;
  MUST(initialize(&pair, 1, NULL, &negotiate) == SEC_I_CONTINUE_NEEDED, "NEGOTIATE");
  MUST(accept_token(&pair, 1, &negotiate, &challenge) == SEC_I_CONTINUE_NEEDED, "CHALLENGE");
  initialize(&pair, 0, &challenge, &authenticate);
  authenticate.bytes[authenticate.buffer.cbBuffer - 80] ^= 1;
  SECURITY_STATUS status = accept_token(&pair, 0, &authenticate, &nothing);
  if (status == SEC_I_COMPLETE_NEEDED) status = table->CompleteAuthToken(&pair.server, as_input(&nothing));
  MUST(status != SEC_E_OK, "a refusal");
  close_pair(&pair);
}

int main(int argc, char **argv) {
  struct plan plan = read_plan(&argc, argv);
  MUST(argc == 1, "usage: winpr-handshake");
  start_library();
  check_refusal();
  measure((struct work){"winpr", "/s", 1, BATCH, NULL, run}, plan);
  return 0;
}
