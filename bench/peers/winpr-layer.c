/* winpr: sealed NTLM messages, one way, client to server; its NTLM signs none. Usage: winpr-layer seal|unseal SIZE */
#include "winpr-pair.h"

enum { BATCH_BYTES = 256 * 1024 };

static struct pair pair;
static BYTE *messages, *signatures;
static long size, batch;

static SecBufferDesc *buffers_of(long i) {
  static SecBuffer buffers[2];
  static SecBufferDesc list = {SECBUFFER_VERSION, 2, buffers};
  buffers[0] = (SecBuffer){SIGNATURE_SIZE, SECBUFFER_TOKEN, signatures + i * SIGNATURE_SIZE};
  buffers[1] = (SecBuffer){(ULONG)size, SECBUFFER_DATA, messages + i * size};
  return &list;
}

static void protect_one(long i) {
  MUST(table->EncryptMessage(&pair.client, 0, buffers_of(i), 0) == SEC_E_OK, "EncryptMessage");
}

static void check_one(long i) {
  ULONG quality;
  MUST(table->DecryptMessage(&pair.server, buffers_of(i), 0, &quality) == SEC_E_OK, "DecryptMessage");
}

static void protect_all(void) {
  for (long i = 0; i < batch; i++) protect_one(i);
}

static void check_all(void) {
  for (long i = 0; i < batch; i++) check_one(i);
}

static void check_round_trip(void) {
  memset(messages, 'm', size);
  protect_one(0);
  MUST(memcmp(messages, "mmmm", 4), "a message that is sealed");
  check_one(0);
  for (long i = 0; i < size; i++) MUST(messages[i] == 'm', "round trip");
  protect_one(0);
  signatures[5] ^= 1;
  ULONG quality;
  MUST(table->DecryptMessage(&pair.server, buffers_of(0), 0, &quality) != SEC_E_OK, "a refusal");
  close_pair(&pair);
  pair = log_on();
}

int main(int argc, char **argv) {
  struct plan plan = read_plan(&argc, argv);
  MUST(argc == 3, "usage: winpr-layer seal|unseal SIZE");
  int checks = !strcmp(argv[1], "unseal");
  size = atol(argv[2]);
  MUST(size > 4 && size <= 32768, "size");
  batch = BATCH_BYTES / size;
  MUST((messages = calloc(batch, size)) && (signatures = calloc(batch, SIGNATURE_SIZE)), "memory");
  start_library();
  pair = log_on();
  check_round_trip();
  measure((struct work){"winpr", "MB/s", size / 1e6, batch, checks ? protect_all : NULL, checks ? check_all : protect_all},
          plan);
  close_pair(&pair);
  return 0;
}
