import type { DigestAlgorithm } from '../accounts/account-store.js';

/** `algorithm` values of HTTP Digest (RFC 7616 3.3). */
export type HttpDigestAlgorithm = DigestAlgorithm | `${DigestAlgorithm}-sess`;

/** Qualities of protection of HTTP Digest (RFC 7616 3.3). */
export type HttpDigestQop = 'auth' | 'auth-int';

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
  /**
   * Algorithms of HTTP Digest. A server offers each in a challenge of its own, in this order: the strongest first, `SHA-256` and
   * `MD5` by default. A client answers the strongest of these that it is offered, and takes any by default.
   */
  readonly httpAlgorithms?: readonly HttpDigestAlgorithm[];
  /** What an HTTP server offers where the caller does not ask for ASC_REQ.INTEGRITY; `auth` by default. */
  readonly httpQop?: readonly HttpDigestQop[];
  /** True: HTTP servers ask for hashed user names (RFC 7616 3.4.4), which the account store must be able to find. */
  readonly httpUserhash?: boolean;
}
