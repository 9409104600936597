/* One SASL exchange, and its cookies. */
#ifndef SECUR32_AUDIT_SASL_EXCHANGE_H
#define SECUR32_AUDIT_SASL_EXCHANGE_H

#include "audit.h"

enum stage {
  /* The package is not done yet. */
  NEGOTIATING,
  /* Server: the package is done and its last token is on the way; the client's next message is empty. */
  SUSPENDED,
  /* Server: the cookie is on the way. */
  COOKIE_SENT,
  /* Client: the package is done; the server's cookie comes next. */
  COOKIE_EXPECTED,
  FINISHED,
};

/* Bits of the first octet of a cookie (RFC 4752, section 3.3). */
enum layer { LAYER_NONE = 1, LAYER_INTEGRITY = 2, LAYER_CONFIDENTIALITY = 4 };

struct exchange {
  struct exchange *next;
  /* The package's own context, which is what the caller holds, too. */
  SecHandle context;
  const struct profile *profile;
  enum stage stage;
  /* Layers that the package made possible; after the end the one that was chosen. */
  unsigned layers;
  /* SASL_OPTION_SEND_SIZE, SASL_OPTION_RECV_SIZE, SASL_OPTION_AUTHZ_PROCESSING, SASL_OPTION_AUTHZ_STRING */
  ULONG send_size, receive_size, authz_processing, authz_size;
  BYTE authz[1024];
  /* What a cookie of this size grew by when it was protected. */
  ULONG cookie_overhead;
};

struct bytes {
  BYTE *data;
  ULONG size;
};

/* The cookie of the server, protected. OUT has room for COOKIE_ROOM. */
SECURITY_STATUS cookie_offer(struct exchange *exchange, struct bytes *out);
/* The client's answer to it. WANTED are the layers that the caller asked for. */
SECURITY_STATUS cookie_choose(struct exchange *exchange, unsigned wanted, struct bytes in, struct bytes *out);
/* What the server makes of the answer. */
SECURITY_STATUS cookie_accept(struct exchange *exchange, struct bytes in);

#define COOKIE_ROOM 4096

#endif
