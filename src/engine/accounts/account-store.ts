import type { Awaitable } from '../../sspi/awaitable.js';
import type { SidAndName } from '../../sspi/security-token.js';

/** Whom a server asks its account store for. Names are as the client sent them: compare them, never interpolate them. */
export interface AccountQuery {
  readonly user: string;
  readonly domain?: string;
  /** The digest or Kerberos realm that the client named, apart from its user name or in it. */
  readonly realm?: string;
  /** HTTP Digest with a hashed name (RFC 7616 3.4.4): `user` is then empty. */
  readonly userHash?: UserHash;
}

/** `H(user ":" realm)`, lower-case hex. */
export interface UserHash {
  readonly algorithm: DigestAlgorithm;
  readonly realm: string;
  readonly hash: string;
}

/** Hash algorithms of HTTP Digest (RFC 7616 3.3); SASL DIGEST-MD5 is `MD5`. */
export type DigestAlgorithm = 'MD5' | 'SHA-256' | 'SHA-512-256';

/** `H(user ":" realm ":" password)`, for one realm: what an htdigest file holds. */
export interface DigestHash {
  readonly algorithm: DigestAlgorithm;
  readonly realm: string;
  readonly hash: Uint8Array;
}

/** An account and what it can be checked with: any of a password, an NT hash and digest hashes. */
export interface Account {
  readonly user: string;
  /** Absent: the realm that was asked for. A store that looks accounts up by the domain of a query says here which it was. */
  readonly domain?: string;
  readonly sid?: string;
  readonly groups?: readonly SidAndName[];
  readonly password?: string;
  /** MD4 of the UTF-16LE password, 16 bytes. */
  readonly ntHash?: Uint8Array;
  readonly digestHashes?: readonly DigestHash[];
  /** Certificates of the account's owner, PEM or DER: who proves to have one of them in TLS is this account. */
  readonly certificates?: readonly (string | Uint8Array)[];
  /** A disabled account is found and never logs on. */
  readonly disabled?: boolean;
}

/**
 * Where a server finds its accounts. A store that fails rejects: the logon then ends with SEC_E_NO_AUTHENTICATING_AUTHORITY.
 *
 * @example
 * ```ts
 * import { createEngine, type AccountStore } from 'secur32/engine';
 *
 * const accounts: AccountStore = {
 *   async find({ user }) {
 *     return user === 'alice' ? { user, password: 'open sesame' } : undefined;
 *   },
 * };
 * export const sspi = createEngine({ accounts });
 * ```
 */
export interface AccountStore {
  find(query: AccountQuery): Awaitable<Account | undefined>;
  /** The account of a client that has proven in TLS to own a certificate (DER) which is trusted. Absent: no certificate has an account. */
  findByCertificate?(certificate: Uint8Array): Awaitable<Account | undefined>;
}
