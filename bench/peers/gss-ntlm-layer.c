/* gss-ntlmssp: NTLM message protection, one way, client to server. Usage: gss-ntlm-layer seal|unseal|sign|verify SIZE */
#include "gss-ntlm-pair.h"

enum { BATCH_BYTES = 256 * 1024 };

static struct pair pair;
static gss_buffer_desc message, *protected;
static long batch;
static int signs;

static void protect_one(long i) {
  OM_uint32 minor, major;
  int sealed = 1;
  gss_release_buffer(&minor, &protected[i]);
  major = signs ? gss_get_mic(&minor, pair.client, 0, &message, &protected[i])
                : gss_wrap(&minor, pair.client, 1, 0, &message, &sealed, &protected[i]);
  MUST(major == GSS_S_COMPLETE && sealed, "protection");
}

static void check_one(long i) {
  OM_uint32 minor;
  gss_buffer_desc plain = GSS_C_EMPTY_BUFFER;
  if (signs) {
    MUST(gss_verify_mic(&minor, pair.server, &message, &protected[i], NULL) == GSS_S_COMPLETE, "gss_verify_mic");
    return;
  }
  MUST(gss_unwrap(&minor, pair.server, &protected[i], &plain, NULL, NULL) == GSS_S_COMPLETE, "gss_unwrap");
  MUST(plain.length == message.length, "the length of a message");
  gss_release_buffer(&minor, &plain);
}

static void protect_all(void) {
  for (long i = 0; i < batch; i++) protect_one(i);
}

static void check_all(void) {
  for (long i = 0; i < batch; i++) check_one(i);
}

int main(int argc, char **argv) {
  struct plan plan = read_plan(&argc, argv);
  MUST(argc == 3, "usage: gss-ntlm-layer seal|unseal|sign|verify SIZE");
  signs = !strcmp(argv[1], "sign") || !strcmp(argv[1], "verify");
  int checks = !strcmp(argv[1], "unseal") || !strcmp(argv[1], "verify");
  message.length = atol(argv[2]);
  MUST(message.length > 0 && message.length <= 32768, "size");
  batch = BATCH_BYTES / message.length;
  MUST((message.value = malloc(message.length)) && (protected = calloc(batch, sizeof *protected)), "memory");
  memset(message.value, 'm', message.length);
  start_library();
  pair = log_on();
  protect_one(0);
  check_one(0);
  struct work work = {"gss-ntlmssp", "MB/s", message.length / 1e6, batch, checks ? protect_all : NULL,
                      checks ? check_all : protect_all};
  measure(work, plan);
  close_pair(&pair);
  return 0;
}
