import type { HttpDigestQop } from '../options.js';
import type { Algorithm } from './algorithms.js';

/** What a digest is made over, beside the password: text as octets, unquoted (RFC 7616 3.4). */
export interface DigestInput {
  readonly nonce: string;
  /** Eight hex digits. */
  readonly nc: string;
  readonly cnonce: string;
  readonly qop: HttpDigestQop;
  readonly method: string;
  readonly uri: string;
  /** Lower-case hex; `auth-int` only. */
  readonly entityHash?: string;
  /** `-sess` only: the cnonce that A1 was made with, where it is not that of this request. */
  readonly sessionCnonce?: string;
}

/** `H(username ":" realm ":" password)`, which is A1 without `-sess`. */
export function userHash(algorithm: Algorithm, user: string, realm: string, password: string | Uint8Array): string {
  return algorithm.hash(user, ':', realm, ':', password);
}

/**
 * `response` (RFC 7616 3.4.1), in hex. With `-sess`, A1 starts with the hash in hex: RFC 7616 3.4.2 with 3.3, and what clients and
 * servers do; the raw octets in RFC 2617's sample code are DIGEST-MD5's form (RFC 2831).
 */
export function requestDigest(algorithm: Algorithm, user: string | Uint8Array, input: DigestInput): string {
  return digest(algorithm, user, input, input.method);
}

/** `rspauth` (RFC 7616 3.5): as `response`, with an empty method and, for `auth-int`, the hash of the response's body. */
export function responseDigest(algorithm: Algorithm, user: string | Uint8Array, input: DigestInput): string {
  return digest(algorithm, user, input, '');
}

function digest(algorithm: Algorithm, user: string | Uint8Array, input: DigestInput, method: string): string {
  const { nonce, nc, cnonce, qop, uri } = input;
  const a1 = algorithm.session ? algorithm.hash(user, ':', nonce, ':', input.sessionCnonce ?? cnonce) : user;
  const a2 =
    qop === 'auth-int'
      ? algorithm.hash(method, ':', uri, ':', input.entityHash ?? '')
      : algorithm.hash(method, ':', uri);
  return algorithm.hash(a1, ':', nonce, ':', nc, ':', cnonce, ':', qop, ':', a2);
}
