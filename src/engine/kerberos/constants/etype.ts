/** Encryption types (RFC 3961 8, RFC 3962 7, RFC 8009 9, RFC 4757 8). DES and triple DES have no name here: they are never used. */
export const ETYPE = {
  AES128_SHA1: 17,
  AES256_SHA1: 18,
  AES128_SHA256: 19,
  AES256_SHA384: 20,
  RC4: 23,
  RC4_EXPORT: 24,
} as const;
Object.freeze(ETYPE);
