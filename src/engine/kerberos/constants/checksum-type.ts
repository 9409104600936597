/** Checksum types (RFC 3961 8, RFC 3962 7, RFC 8009 9, RFC 4757 8); those without a key protect nothing by themselves. */
export const CHECKSUM_TYPE = {
  /** Unkeyed. */
  RSA_MD4: 2,
  /** Unkeyed. */
  RSA_MD5: 7,
  HMAC_SHA1_96_AES128: 15,
  HMAC_SHA1_96_AES256: 16,
  HMAC_SHA256_128_AES128: 19,
  HMAC_SHA384_192_AES256: 20,
  HMAC_MD5: -138,
  /** What the authenticator of a GSS-API context carries; no checksum in truth (RFC 4121 4.1.1). */
  GSS: 0x8003,
} as const;
Object.freeze(CHECKSUM_TYPE);
