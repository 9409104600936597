/* MIT's libgssapi: message protection, one way, client to server. Usage: gss-krb5-layer FOLDER sealed|signed wrap|unwrap SIZE */
#include "gss-krb5-pair.h"

enum { BATCH_BYTES = 256 * 1024, MOST_MESSAGES = 256 };

static struct pair pair;
static gss_buffer_desc message, *wrapped;
static long batch;
static int seals;

static void wrap_all(void) {
  for (long i = 0; i < batch; i++) {
    OM_uint32 minor;
    int sealed = 0;
    gss_release_buffer(&minor, &wrapped[i]);
    MUST(gss_wrap(&minor, pair.client, seals, GSS_C_QOP_DEFAULT, &message, &sealed, &wrapped[i]) == GSS_S_COMPLETE, "gss_wrap");
    MUST(sealed == seals, "the protection that was asked for");
  }
}

static void unwrap_all(void) {
  for (long i = 0; i < batch; i++) {
    OM_uint32 minor;
    int sealed = 0;
    gss_buffer_desc plain = GSS_C_EMPTY_BUFFER;
    MUST(gss_unwrap(&minor, pair.server, &wrapped[i], &plain, &sealed, NULL) == GSS_S_COMPLETE, "gss_unwrap");
    MUST(sealed == seals && plain.length == message.length, "the message as it was");
    gss_release_buffer(&minor, &plain);
  }
}

int main(int argc, char **argv) {
  struct plan plan = read_plan(&argc, argv);
  MUST(argc == 5, "usage: gss-krb5-layer FOLDER sealed|signed wrap|unwrap SIZE");
  seals = !strcmp(argv[2], "sealed");
  int unwraps = !strcmp(argv[3], "unwrap");
  message.length = atol(argv[4]);
  MUST(message.length > 0 && message.length <= 32768, "size");
  batch = BATCH_BYTES / message.length;
  if (batch > MOST_MESSAGES) batch = MOST_MESSAGES;
  MUST((message.value = malloc(message.length)) && (wrapped = calloc(batch, sizeof *wrapped)), "memory");
  memset(message.value, 'm', message.length);
  start_library(argv[1], "memory");
  pair = log_on();
  wrap_all();
  unwrap_all();
  struct work work = {"MIT", "MB/s", message.length / 1e6, batch, unwraps ? wrap_all : NULL, unwraps ? unwrap_all : wrap_all};
  measure(work, plan);
  close_pair(&pair);
  return 0;
}
