import { timingSafeEqual } from 'node:crypto';
import type { EngineEnvironment } from '../environment.js';
import { HmacSha256 } from './hmac-sha256.js';

/**
 * Nonces that carry their own proof, so that nobody keeps a table of them and every server with the key knows them again
 * (RFC 7616 3.3 suggests the shape). In base64:
 *
 *     version  1 byte, 1
 *     issued   6 bytes, big-endian: milliseconds since 1970
 *     random   16 bytes
 *     proof    16 bytes: the front half of HMAC-SHA-256(key, version, issued, random, purpose)
 *
 * SASL has no use for them: a server there compares with the one nonce that its context has issued.
 */
export class NonceIssuer {
  readonly #environment: EngineEnvironment;
  #key: HmacSha256 | undefined;
  /** Work space: both functions run in one go. */
  readonly #bytes = Buffer.alloc(NONCE_LENGTH);
  readonly #header = this.#bytes.subarray(0, HEADER_LENGTH);
  readonly #proof = this.#bytes.subarray(HEADER_LENGTH);
  readonly #expected = Buffer.alloc(PROOF_LENGTH);

  /** `key` is 32 bytes or more (else a RangeError); without one, a random key is made for this object when it is first needed. */
  constructor(environment: EngineEnvironment, key?: Uint8Array) {
    if (key && key.length < KEY_LENGTH) throw new RangeError(`nonceKey must have ${KEY_LENGTH} bytes or more`);
    this.#environment = environment;
    this.#key = key && new HmacSha256(key);
  }

  /** A fresh nonce. It is good for the same purpose only, such as a realm and what else it is to be bound to. */
  issue(purpose: string): string {
    const bytes = this.#bytes;
    bytes[0] = VERSION;
    bytes.writeUIntBE(this.#environment.now(), 1, 6);
    bytes.set(this.#environment.randomBytes(RANDOM_LENGTH), RANDOM_OFFSET);
    bytes.write(this.#proofOf(purpose), HEADER_LENGTH, PROOF_LENGTH, 'hex');
    return bytes.toString('base64');
  }

  /**
   * When a nonce was issued, in milliseconds since 1970; undefined for one that was forged, was issued for another purpose or
   * under another key, or is written in any form but the one that {@link issue} gives. Whether it is too old is for the caller to say.
   */
  verify(nonce: string, purpose: string): number | undefined {
    const bytes = this.#bytes;
    if (nonce.length !== TEXT_LENGTH || bytes.write(nonce, 'base64') !== NONCE_LENGTH) return undefined;
    // Node's decoder is lenient. Each nonce has one text form, so that it can be the key of a table.
    if (bytes[0] !== VERSION || bytes.toString('base64') !== nonce) return undefined;
    this.#expected.write(this.#proofOf(purpose), 0, PROOF_LENGTH, 'hex');
    return timingSafeEqual(this.#proof, this.#expected) ? bytes.readUIntBE(1, 6) : undefined;
  }

  /** Of the header in the work space, in hex: more of it than is used. */
  #proofOf(purpose: string): string {
    this.#key ??= new HmacSha256(this.#environment.randomBytes(KEY_LENGTH));
    return this.#key.macHex(this.#header, purpose);
  }
}

const VERSION = 1;
const KEY_LENGTH = 32;
const RANDOM_OFFSET = 1 + 6;
const RANDOM_LENGTH = 16;
const HEADER_LENGTH = RANDOM_OFFSET + RANDOM_LENGTH;
const PROOF_LENGTH = 16;
const NONCE_LENGTH = HEADER_LENGTH + PROOF_LENGTH;
/** A multiple of three bytes, so that base64 has neither padding nor spare bits. */
const TEXT_LENGTH = (NONCE_LENGTH / 3) * 4;
