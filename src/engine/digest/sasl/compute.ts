import { constantTimeEqual } from '../../../bytes/equal.js';
import { encodeHex } from '../../../bytes/hex.js';
import { encodeLatin1 } from '../../../bytes/text.js';
import { md5, md5Hex } from '../../crypto/weak/md5.js';
import type { Qop } from './qop.js';

/** What both sides hash besides H(A1). All octets are in the spelling of the client's message. */
export interface ProofParameters {
  readonly nonce: string;
  readonly cnonce: string;
  /** Eight hex digits. */
  readonly nc: string;
  readonly qop: Qop;
  readonly digestUri: string;
}

/** H({ username, ":", realm, ":", passwd }): all that a server must know of a password. RFC 2831 2.1.2.1. */
export function userHash(user: string, realm: string, password: Uint8Array | string): Uint8Array {
  return md5(user, ':', realm, ':', password);
}

/**
 * H(A1), 16 bytes: the session key, and the root of the keys of the layers.
 *
 *     A1 = { H({ username, ":", realm, ":", passwd }), ":", nonce, ":", cnonce [, ":", authzid ] }      RFC 2831 2.1.2.1
 */
export function sessionHash(hash: Uint8Array, nonce: string, cnonce: string, authzid?: string): Uint8Array {
  return authzid === undefined ? md5(hash, ':', nonce, ':', cnonce) : md5(hash, ':', nonce, ':', cnonce, ':', authzid);
}

/** The client's proof: `response-value` of RFC 2831 2.1.2.1, 32 hex digits. */
export function responseValue(ha1: Uint8Array, parameters: ProofParameters): string {
  return proof(ha1, parameters, 'AUTHENTICATE:');
}

/** The server's proof: `response-value` of RFC 2831 2.1.3, whose A2 has no method. */
export function rspauthValue(ha1: Uint8Array, parameters: ProofParameters): string {
  return proof(ha1, parameters, ':');
}

/** Compares two proofs in constant time. `given` may be of any length and case. */
export function proofsEqual(expected: string, given: string): boolean {
  return constantTimeEqual(encodeLatin1(expected), encodeLatin1(given.toLowerCase()));
}

function proof(ha1: Uint8Array, { nonce, cnonce, nc, qop, digestUri }: ProofParameters, method: string): string {
  const ha2 = qop === 'auth' ? md5Hex(method, digestUri) : md5Hex(method, digestUri, NO_ENTITY);
  return md5Hex(encodeHex(ha1), ':', nonce, ':', nc, ':', cnonce, ':', qop, ':', ha2);
}

/** `nc` of a nonce that is used once (RFC 2831 2.1.2). */
export const FIRST_USE = '00000001';

/** Where HTTP puts the hash of the body. */
const NO_ENTITY = ':00000000000000000000000000000000';
