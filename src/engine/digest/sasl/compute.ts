import { constantTimeEqual } from '../../../bytes/equal.js';
import { decodeHex } from '../../../bytes/hex.js';
import { type HashInput, md5, md5Hex } from '../../crypto/weak/md5.js';
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
export function userHash(user: string, realm: string, password: HashInput): Uint8Array {
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

/**
 * What both sides prove that they know H(A1) with: the `response-value` of RFC 2831 2.1.2.1, and for the server that of 2.1.3, whose A2
 * has no method.
 *
 *     response-value = HEX(KD(HEX(H(A1)), { nonce, ":", nc, ":", cnonce, ":", qop, ":", HEX(H(A2)) }))      KD(k, s) = H({ k, ":", s })
 *     A2             = { "AUTHENTICATE:", digest-uri [, ":00000000000000000000000000000000" unless qop is auth ] }
 */
export class Proofs {
  readonly #ha1: Uint8Array;
  readonly #parameters: ProofParameters;

  constructor(ha1: Uint8Array, parameters: ProofParameters) {
    this.#ha1 = hexDigits(ha1);
    this.#parameters = parameters;
  }

  /** The client's proof, 32 hex digits. */
  get response(): string {
    return this.#prove(md5Hex, CLIENT);
  }

  /** The server's proof, 32 hex digits. */
  get rspauth(): string {
    return this.#prove(md5Hex, SERVER);
  }

  /** Compares the client's proof with 32 hex digits, in constant time. */
  isResponse(digits: string): boolean {
    return constantTimeEqual(this.#prove(md5, CLIENT), decodeHex(digits));
  }

  #prove<T>(hash: (...parts: HashInput[]) => T, method: Method): T {
    const { cnonce, digestUri, nc, nonce, qop } = this.#parameters;
    return hash(this.#ha1, ':', nonce, ':', nc, ':', cnonce, ':', qop, ':', method.hash(qop, digestUri));
  }
}

/** HEX of bytes, as bytes: H(A1) stays out of text, and text would have to be turned into bytes again to be hashed. */
function hexDigits(bytes: Uint8Array): Uint8Array {
  const digits = new Uint8Array(bytes.length * 2);
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    digits[2 * at] = hexDigit(byte >>> 4);
    digits[2 * at + 1] = hexDigit(byte & 15);
  }
  return digits;
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

/** HEX(H(A2)), which is the same for all logons at one service: the last one is kept. */
class Method {
  readonly #method: string;
  #qop: Qop | undefined;
  #digestUri: string | undefined;
  #hash = '';

  constructor(method: string) {
    this.#method = method;
  }

  hash(qop: Qop, digestUri: string): string {
    if (qop !== this.#qop || digestUri !== this.#digestUri) {
      const entity = qop === 'auth' ? '' : NO_ENTITY;
      this.#hash = md5Hex(this.#method, digestUri, entity);
      this.#qop = qop;
      this.#digestUri = digestUri;
    }
    return this.#hash;
  }
}

const CLIENT = new Method('AUTHENTICATE:');
const SERVER = new Method(':');

/** `nc` of a nonce that is used once (RFC 2831 2.1.2). */
export const FIRST_USE = '00000001';

/** Where HTTP puts the hash of the body. */
const NO_ENTITY = ':00000000000000000000000000000000';
