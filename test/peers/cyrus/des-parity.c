/*
 * LD_PRELOAD shim that lets libsasl2's DIGEST-MD5 use the "3des" cipher on OpenSSL 3.
 *
 * RFC 2831 section 2.4 spreads the key bits over bytes whose parity bits mean nothing. OpenSSL 3's DES_key_sched()
 * refuses such a key, so libsasl2 2.1.28 stops with "failed to init cipher '3des'". The unchecked call is what
 * OpenSSL 1 did.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/des.h>
#undef DES_key_sched

int DES_key_sched(const_DES_cblock *key, DES_key_schedule *schedule) {
  DES_set_key_unchecked(key, schedule);
  return 0;
}
