import { timingSafeEqual } from 'node:crypto';
import type { EngineEnvironment } from '../environment.js';
import { SecretBytes } from '../secret-bytes.js';
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
  #key: SecretBytes | undefined;

  /** `key` is 32 bytes or more (else a RangeError); without one, a random key is made for this object when it is first needed. */
  constructor(environment: EngineEnvironment, key?: Uint8Array) {
    if (key && !(key instanceof Uint8Array && key.length >= KEY_LENGTH))
      throw new RangeError(`nonceKey must have ${KEY_LENGTH} bytes or more`);
    this.#environment = environment;
    this.#key = key && SecretBytes.copyOf(key);
  }

  /** Nonces that are good for one purpose only, such as a realm and what else they are to be bound to. */
  for(purpose: string): PurposeNonces {
    this.#key ??= SecretBytes.own(this.#environment.randomBytes(KEY_LENGTH));
    return this.#key.use(key => new PurposeNonces(this.#environment, new HmacSha256(key, HEADER_LENGTH, purpose)));
  }
}

/** What {@link NonceIssuer.for} returns. It needs no room for a nonce but its own work space. */
export class PurposeNonces {
  readonly #environment: EngineEnvironment;
  readonly #hmac: HmacSha256;
  readonly #header: Buffer;
  readonly #nonce = Buffer.alloc(NONCE_LENGTH);
  readonly #proof = this.#nonce.subarray(HEADER_LENGTH);
  readonly #expected = Buffer.alloc(PROOF_LENGTH);

  constructor(environment: EngineEnvironment, hmac: HmacSha256) {
    this.#environment = environment;
    this.#hmac = hmac;
    this.#header = Buffer.from(hmac.head.buffer, hmac.head.byteOffset, HEADER_LENGTH);
  }

  issue(): string {
    const header = this.#header;
    header[0] = VERSION;
    header.writeUIntBE(Math.floor(this.#environment.now()), 1, 6);
    header.set(this.#environment.randomBytes(RANDOM_LENGTH), RANDOM_OFFSET);
    this.#nonce.set(header);
    this.#nonce.write(this.#hmac.macHex(), HEADER_LENGTH, PROOF_LENGTH, 'hex');
    return this.#nonce.toString('base64');
  }

  /**
   * When a nonce was issued, in milliseconds since 1970; undefined for one that was forged, was issued for another purpose or
   * under another key, or is written in any form but the one that {@link issue} gives. Whether it is too old is for the caller to say.
   */
  verify(text: string): number | undefined {
    const nonce = this.#nonce;
    if (text.length !== TEXT_LENGTH || nonce.write(text, 'base64') !== NONCE_LENGTH) return undefined;
    // Node's decoder is lenient. Each nonce has one text form, so that it can be the key of a table.
    if (nonce[0] !== VERSION || nonce.toString('base64') !== text) return undefined;
    nonce.copy(this.#header, 0, 0, HEADER_LENGTH);
    this.#expected.write(this.#hmac.macHex(), 0, PROOF_LENGTH, 'hex');
    return timingSafeEqual(this.#proof, this.#expected) ? nonce.readUIntBE(1, 6) : undefined;
  }
}

/** Whether a nonce is good yet; all in milliseconds. One from the future is too old as well: the clock was set back, nobody knows by how much. */
export function isFresh(issued: number, now: number, lifetime: number): boolean {
  return Math.abs(now - issued) <= lifetime;
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
