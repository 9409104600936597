/* The cookies of the GSSAPI profile: RFC 4752, sections 3.1 to 3.3.
 *
 *   octet 0     layers, one bit each (the server's offer; the client's choice)
 *   octets 1-3  the most that the sender takes in one protected buffer, big endian; 0 without a layer
 *   the rest    from the client: the authorization identity, UTF-8
 *
 * They are protected by EncryptMessage with SECQOP_WRAP_NO_ENCRYPT, which is GSS_Wrap without confidentiality. */
#include <string.h>

#include "sasl-exchange.h"

/* Wine's Kerberos wants more room for its token than SIZES says. */
#define TOKEN_ROOM 256

/* RFC 4121, section 4.2.6.2: the identifier of a Wrap token. Wine's Kerberos fills the data with it first, Windows the token. */
static bool begins_token(const SecBuffer *buffer) {
  const BYTE *bytes = buffer->pvBuffer;
  return buffer->cbBuffer >= 2 && bytes[0] == 0x05 && bytes[1] == 0x04;
}

static void swap(SecBuffer *a, SecBuffer *b) {
  SecBuffer kept = *a;
  *a = *b;
  *b = kept;
}

static SECURITY_STATUS protect(struct exchange *exchange, const BYTE *cookie, ULONG size, struct bytes *out) {
  SecPkgContext_Sizes sizes;
  SECURITY_STATUS status = real()->QueryContextAttributesW(&exchange->context, SECPKG_ATTR_SIZES, &sizes);
  if (status != SEC_E_OK) return status;
  if (TOKEN_ROOM < sizes.cbSecurityTrailer || TOKEN_ROOM < sizes.cbBlockSize) return SEC_E_INTERNAL_ERROR;
  BYTE token[TOKEN_ROOM], data[4 + sizeof exchange->authz], padding[TOKEN_ROOM];
  memcpy(data, cookie, size);
  SecBuffer buffers[] = {
      {TOKEN_ROOM, SECBUFFER_TOKEN, token},
      {size, SECBUFFER_DATA, data},
      {sizes.cbBlockSize, SECBUFFER_PADDING, padding},
  };
  SecBufferDesc message = {SECBUFFER_VERSION, 3, buffers};
  status = real()->EncryptMessage(&exchange->context, SECQOP_WRAP_NO_ENCRYPT, &message, 0);
  if (status != SEC_E_OK) return status;
  if (begins_token(&buffers[1]) && !begins_token(&buffers[0])) swap(&buffers[0], &buffers[1]);
  out->size = 0;
  for (int i = 0; i < 3; i++) {
    /* Wine leaves a padding buffer that it does not know as it was. */
    if (i == 2 && sizes.cbBlockSize <= 1) break;
    memcpy(out->data + out->size, buffers[i].pvBuffer, buffers[i].cbBuffer);
    out->size += buffers[i].cbBuffer;
  }
  exchange->cookie_overhead = out->size - size;
  return SEC_E_OK;
}

/* SIZE: how long the plain text is. Wine's Kerberos does not take a STREAM, but wants it cut there, the data first. */
static SECURITY_STATUS unprotect(struct exchange *exchange, struct bytes in, ULONG size, struct bytes *plain) {
  SecBuffer stream[] = {{in.size, SECBUFFER_STREAM, in.data}, {0, SECBUFFER_DATA, NULL}};
  SecBufferDesc message = {SECBUFFER_VERSION, 2, stream};
  ULONG qop = 0;
  SECURITY_STATUS status = real()->DecryptMessage(&exchange->context, &message, 0, &qop);
  *plain = (struct bytes){stream[1].pvBuffer, stream[1].cbBuffer};
  if (status == SEC_E_INVALID_TOKEN && size <= in.size) {
    SecBuffer parts[] = {{in.size - size, SECBUFFER_TOKEN, in.data + size}, {size, SECBUFFER_DATA, in.data}};
    message = (SecBufferDesc){SECBUFFER_VERSION, 2, parts};
    status = real()->DecryptMessage(&exchange->context, &message, 0, &qop);
    *plain = (struct bytes){parts[1].pvBuffer, parts[1].cbBuffer};
  }
  /* "The cookie failed to decrypt" (SaslAcceptSecurityContext on Learn). */
  return status == SEC_E_OK ? SEC_E_OK : SEC_E_INVALID_TOKEN;
}

static ULONG size_in(const BYTE *cookie) { return ((ULONG)cookie[1] << 16) | ((ULONG)cookie[2] << 8) | cookie[3]; }

static void write_head(BYTE *cookie, unsigned layers, ULONG size) {
  if (layers == LAYER_NONE) size = 0;
  if (size > 0xFFFFFF) size = 0xFFFFFF;
  cookie[0] = (BYTE)layers;
  cookie[1] = (BYTE)(size >> 16);
  cookie[2] = (BYTE)(size >> 8);
  cookie[3] = (BYTE)size;
}

/* The chosen layer holds from now on; the peer's size less what protection adds limits what can be sent. */
static SECURITY_STATUS settle(struct exchange *exchange, unsigned layer, ULONG peer_size) {
  SecPkgContext_Sizes sizes;
  SECURITY_STATUS status = real()->QueryContextAttributesW(&exchange->context, SECPKG_ATTR_SIZES, &sizes);
  if (status != SEC_E_OK) return status;
  ULONG overhead = sizes.cbBlockSize + sizes.cbSecurityTrailer + sizes.cbMaxSignature;
  ULONG most = peer_size > overhead ? peer_size - overhead : 0;
  if (layer == LAYER_NONE) most = 0;
  if (exchange->send_size > most) exchange->send_size = most;
  exchange->layers = layer;
  exchange->stage = FINISHED;
  return SEC_E_OK;
}

SECURITY_STATUS cookie_offer(struct exchange *exchange, struct bytes *out) {
  BYTE cookie[4];
  write_head(cookie, exchange->layers, exchange->receive_size);
  SECURITY_STATUS status = protect(exchange, cookie, sizeof cookie, out);
  if (status != SEC_E_OK) return status;
  exchange->stage = COOKIE_SENT;
  return SEC_I_CONTINUE_NEEDED;
}

SECURITY_STATUS cookie_choose(struct exchange *exchange, unsigned wanted, struct bytes in, struct bytes *out) {
  struct bytes offer;
  SECURITY_STATUS status = unprotect(exchange, in, 4, &offer);
  if (status != SEC_E_OK) return status;
  if (offer.size != 4) return SEC_E_INVALID_TOKEN;
  unsigned offered = offer.data[0] & exchange->layers;
  ULONG peer_size = size_in(offer.data);
  if (offered == LAYER_NONE && peer_size != 0) return SEC_E_INVALID_TOKEN;
  unsigned layer = LAYER_NONE;
  if (wanted & LAYER_CONFIDENTIALITY) layer = LAYER_CONFIDENTIALITY;
  else if (wanted & LAYER_INTEGRITY) layer = LAYER_INTEGRITY;
  if ((offered & layer) == 0) return SEC_E_ALGORITHM_MISMATCH;
  BYTE answer[4 + sizeof exchange->authz];
  write_head(answer, layer, exchange->receive_size);
  memcpy(answer + 4, exchange->authz, exchange->authz_size);
  status = protect(exchange, answer, 4 + exchange->authz_size, out);
  return status == SEC_E_OK ? settle(exchange, layer, peer_size) : status;
}

SECURITY_STATUS cookie_accept(struct exchange *exchange, struct bytes in) {
  struct bytes answer;
  if (in.size < exchange->cookie_overhead) return SEC_E_INVALID_TOKEN;
  SECURITY_STATUS status = unprotect(exchange, in, in.size - exchange->cookie_overhead, &answer);
  if (status != SEC_E_OK) return status;
  if (answer.size < 4 || answer.size - 4 > sizeof exchange->authz) return SEC_E_INVALID_TOKEN;
  unsigned layer = answer.data[0];
  /* Some clients of Active Directory name both layers and mean the stronger (ad_compat of Cyrus SASL). */
  if (layer == (LAYER_INTEGRITY | LAYER_CONFIDENTIALITY)) layer = LAYER_CONFIDENTIALITY;
  if (layer != LAYER_NONE && layer != LAYER_INTEGRITY && layer != LAYER_CONFIDENTIALITY) return SEC_E_INVALID_TOKEN;
  if ((exchange->layers & layer) == 0) return SEC_E_INVALID_TOKEN;
  if (layer == LAYER_NONE && size_in(answer.data) != 0) return SEC_E_INVALID_TOKEN;
  if (answer.size > 4 && exchange->authz_processing == Sasl_AuthZIDForbidden) return SEC_E_ALGORITHM_MISMATCH;
  exchange->authz_size = answer.size - 4;
  memcpy(exchange->authz, answer.data + 4, exchange->authz_size);
  return settle(exchange, layer, size_in(answer.data));
}
