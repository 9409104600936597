/** The ciphers of DIGEST-MD5's confidentiality layer (RFC 2831 2.1.1). */
export type DigestCipher = 'rc4' | '3des' | 'rc4-56' | 'rc4-40' | 'des';

/** How the WDigest package behaves. */
export interface DigestOptions {
  /** Realms that a SASL server offers; the first is the default. The machine's DNS domain, or else its DNS name, by default. */
  readonly realms?: readonly string[];
  /** Ciphers that may be used. `rc4` and `3des` by default: the others are too short to protect anything. */
  readonly ciphers?: readonly DigestCipher[];
  /** Key of the nonces, 32 bytes or more: servers that share it take each other's nonces. Random by default. */
  readonly nonceKey?: Uint8Array;
  /** Seconds that an HTTP nonce is good for; 300 by default. */
  readonly nonceLifetime?: number;
}
