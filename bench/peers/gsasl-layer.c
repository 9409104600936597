/* libgsasl: the security layer, one way, client to server. Usage: gsasl-layer auth-int SIZE encode|decode */
#include "gsasl-pair.h"

enum { BATCH_BYTES = 256 * 1024, ROOM = 64 };

static struct pair pair;
static char *message, *encoded;
static size_t size, encodedLength;
static long batch;

static char *encode_one(void) {
  char *output;
  MUST(gsasl_encode(pair.client, message, size, &output, &encodedLength) == GSASL_OK, "gsasl_encode");
  return output;
}

static void run_encode(void) {
  for (long i = 0; i < batch; i++) gsasl_free(encode_one());
}

static void prepare_decode(void) {
  for (long i = 0; i < batch; i++) {
    char *output = encode_one();
    memcpy(encoded + i * (size + ROOM), output, encodedLength);
    gsasl_free(output);
  }
}

static void run_decode(void) {
  for (long i = 0; i < batch; i++) {
    char *output;
    size_t length;
    MUST(gsasl_decode(pair.server, encoded + i * (size + ROOM), encodedLength, &output, &length) == GSASL_OK, "gsasl_decode");
    MUST(length == size, "decoded length");
    gsasl_free(output);
  }
}

static void check_round_trip(void) {
  char *sealed = encode_one(), *output;
  size_t length;
  MUST(encodedLength > size && encodedLength <= size + ROOM, "a layer");
  MUST(gsasl_decode(pair.server, sealed, encodedLength, &output, &length) == GSASL_OK, "gsasl_decode");
  MUST(length == size && !memcmp(output, message, size), "round trip");
  gsasl_free(sealed);
  gsasl_free(output);
}

int main(int argc, char **argv) {
  struct plan plan = read_plan(&argc, argv);
  MUST(argc == 4, "usage: gsasl-layer QOP SIZE encode|decode");
  size = strtoul(argv[2], NULL, 10);
  MUST(size > 0 && size <= 32768, "size");
  int decode = !strcmp(argv[3], "decode");
  batch = BATCH_BYTES / size;
  MUST((message = malloc(size)) && (encoded = malloc(batch * (size + ROOM))), "memory");
  memset(message, 'm', size);
  start_library(argv[1]);
  pair = log_on();
  check_round_trip();
  struct work work = {"libgsasl", "MB/s", size / 1e6, batch, decode ? prepare_decode : NULL, decode ? run_decode : run_encode};
  measure(work, plan);
  close_pair(&pair);
  gsasl_done(library);
  return 0;
}
