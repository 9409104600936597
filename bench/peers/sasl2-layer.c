/* libsasl2: the security layer, one way, client to server. Usage: sasl2-layer auth-int|auth-conf SIZE encode|decode */
#include "sasl2-pair.h"

enum { BATCH_BYTES = 256 * 1024, ROOM = 64 };

static struct pair pair;
static char *message, *encoded;
static long size, batch;
static unsigned encodedLength;

static void encode_one(const char **output) {
  MUST(sasl_encode(pair.client, message, size, output, &encodedLength) == SASL_OK, "sasl_encode");
}

static void run_encode(void) {
  const char *output;
  for (long i = 0; i < batch; i++) encode_one(&output);
}

static void prepare_decode(void) {
  const char *output;
  for (long i = 0; i < batch; i++) {
    encode_one(&output);
    memcpy(encoded + i * (size + ROOM), output, encodedLength);
  }
}

static void run_decode(void) {
  const char *output;
  unsigned length;
  for (long i = 0; i < batch; i++) {
    MUST(sasl_decode(pair.server, encoded + i * (size + ROOM), encodedLength, &output, &length) == SASL_OK, "sasl_decode");
    MUST(length == size, "decoded length");
  }
}

static void check_round_trip(void) {
  const char *output;
  unsigned length;
  encode_one(&output);
  MUST(encodedLength > size && encodedLength <= size + ROOM, "a layer");
  MUST(sasl_decode(pair.server, output, encodedLength, &output, &length) == SASL_OK, "sasl_decode");
  MUST(length == size && !memcmp(output, message, size), "round trip");
}

int main(int argc, char **argv) {
  struct plan plan = read_plan(&argc, argv);
  MUST(argc == 4, "usage: sasl2-layer QOP SIZE encode|decode");
  choose_qop(argv[1]);
  size = atol(argv[2]);
  MUST(size > 0 && size <= 32768, "size");
  int decode = !strcmp(argv[3], "decode");
  batch = BATCH_BYTES / size;
  MUST((message = malloc(size)) && (encoded = malloc(batch * (size + ROOM))), "memory");
  memset(message, 'm', size);
  start_library();
  pair = log_on();
  check_round_trip();
  struct work work = {"libsasl2", "MB/s", size / 1e6, batch, decode ? prepare_decode : NULL, decode ? run_decode : run_encode};
  measure(work, plan);
  close_pair(&pair);
  return 0;
}
