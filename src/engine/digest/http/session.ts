import { encodeLatin1 } from '../../../bytes/text.js';
import type { SecurityToken } from '../../../sspi/security-token.js';
import { SEC_E } from '../../../sspi/status.js';
import type { Account } from '../../accounts/account-store.js';
import { PackageError } from '../../package-error.js';
import { SecretBytes } from '../../secret-bytes.js';
import { DirectiveWriter } from '../directives.js';
import type { HttpDigestQop } from '../options.js';
import type { Algorithm } from './algorithms.js';
import type { Authorization } from './authorization.js';
import { checkBindings } from './channel-bindings.js';
import { type DigestInput, requestDigest, responseDigest } from './computation.js';
import { digestInput } from './digest-input.js';
import type { NonceCounter } from './nonce-counts.js';
import { isSame } from './proof.js';
import type { RequestBuffers } from './request-buffers.js';

/** What a server knows of a client that has shown its password. */
export interface SessionParts {
  readonly authorization: Authorization;
  readonly algorithm: Algorithm;
  readonly qop: HttpDigestQop;
  readonly account: Account;
  /** `H(user ":" realm ":" password)` in hex. */
  readonly userHash: string;
  readonly counter: NonceCounter;
  /** When the nonce was issued, in milliseconds since 1970. */
  readonly issued: number;
  readonly established: Date;
  /** The server had channel bindings to compare. */
  readonly bound: boolean;
}

/** A client's session on a server: the nonce and the hash that its later requests are checked with, without the account store. */
export class HttpSession {
  readonly authorization: Authorization;
  readonly algorithm: Algorithm;
  readonly established: Date;
  readonly issued: number;
  readonly token: SecurityToken;
  readonly qop: HttpDigestQop;
  readonly #counter: NonceCounter;
  readonly #bound: boolean;
  readonly #userHash: SecretBytes;

  constructor(parts: SessionParts) {
    this.authorization = parts.authorization;
    this.algorithm = parts.algorithm;
    this.established = parts.established;
    this.issued = parts.issued;
    this.token = tokenOf(parts.account);
    this.qop = parts.qop;
    this.#counter = parts.counter;
    this.#bound = parts.bound;
    this.#userHash = SecretBytes.own(encodeLatin1(parts.userHash));
  }

  /** What the client meant to reach: its SPN if it has sent one in channel bindings, or else its URI. */
  get target(): string {
    return this.authorization.serviceName || this.authorization.uri;
  }

  /** True where a request has the nonce, the user and the rest of this session. */
  isNamedBy({ nonce, username, realm, algorithm, qop }: Authorization): boolean {
    const mine = this.authorization;
    return (
      nonce === mine.nonce &&
      username === mine.username &&
      realm === mine.realm &&
      algorithm?.toLowerCase() === mine.algorithm?.toLowerCase() &&
      qop === mine.qop
    );
  }

  /** Throws SEC_E_MESSAGE_ALTERED, SEC_E_BAD_BINDINGS, or SEC_E_OUT_OF_SEQUENCE for a nonce count that was used. */
  verify(request: RequestBuffers, authorization: Authorization): void {
    this.#checkDigest(request, authorization);
    if (!this.#counter.take(authorization.count)) throw outOfSequence();
  }

  /** The same, with SEC_E_OUT_OF_SEQUENCE for any nonce count but the next one. */
  verifyNext(request: RequestBuffers, authorization: Authorization): void {
    this.#checkDigest(request, authorization);
    if (!this.#counter.isNext(authorization.count)) throw outOfSequence();
    this.#counter.take(authorization.count);
  }

  /** The value of an Authentication-Info field that proves this server knows the password (RFC 7616 3.5). */
  authenticationInfo(input: DigestInput): Uint8Array {
    const rspauth = this.#userHash.use(userHash => responseDigest(this.algorithm, userHash, input));
    return new DirectiveWriter(', ')
      .quoted('rspauth', rspauth)
      .quoted('cnonce', input.cnonce)
      .token('nc', input.nc)
      .token('qop', input.qop)
      .toBytes();
  }

  wipe(): void {
    this.#userHash.wipe();
  }

  #checkDigest(request: RequestBuffers, authorization: Authorization): void {
    if (!this.isNamedBy(authorization)) throw altered('the request is not of this session');
    this.#checkChannel(request, authorization);
    const input = digestInput(request, authorization, this.algorithm, this.qop);
    const isProven = this.#userHash.use(userHash => {
      if (isSame(requestDigest(this.algorithm, userHash, input), authorization.response)) return true;
      // RFC 7616 3.4.2 makes A1 once, with the first cnonce; many clients take the cnonce of each request.
      const { cnonce: sessionCnonce } = this.authorization;
      if (!this.algorithm.session || sessionCnonce === input.cnonce) return false;
      return isSame(requestDigest(this.algorithm, userHash, { ...input, sessionCnonce }), authorization.response);
    });
    if (!isProven) throw altered('the digest of the request is wrong');
  }

  /** Where the caller has no bindings at hand, the cnonce that the first request was bound by will do. */
  #checkChannel({ bindings }: RequestBuffers, authorization: Authorization): void {
    if (bindings) checkBindings(authorization, bindings);
    else if (this.#bound && authorization.cnonce !== this.authorization.cnonce) {
      throw altered('the request is not bound to the channel of its session');
    }
  }
}

function tokenOf({ user: name, domain = '', sid, groups }: Account): SecurityToken {
  const user = sid === undefined ? { name, domain } : { name, domain, sid };
  return groups === undefined ? { user } : { user, groups };
}

function altered(detail: string): PackageError {
  return new PackageError(SEC_E.MESSAGE_ALTERED, detail);
}

function outOfSequence(): PackageError {
  return new PackageError(SEC_E.OUT_OF_SEQUENCE, 'the nonce count of the request is not one that comes next', {
    hint: 'The request was sent twice, or somebody has replayed it.',
  });
}
