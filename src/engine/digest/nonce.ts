import { createHmac } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../../bytes/base64.js';
import { constantTimeEqual } from '../../bytes/equal.js';
import { MalformedBytesError } from '../../bytes/errors.js';
import { ByteReader } from '../../bytes/reader.js';
import { encodeUtf8 } from '../../bytes/text.js';
import { ByteWriter } from '../../bytes/writer.js';
import type { EngineEnvironment } from '../environment.js';
import { SecretBytes } from '../secret-bytes.js';

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
    if (key && key.length < KEY_LENGTH) throw new RangeError(`nonceKey must have ${KEY_LENGTH} bytes or more`);
    this.#environment = environment;
    this.#key = key && SecretBytes.copyOf(key);
  }

  /** A fresh nonce. It is good for the same purpose only, such as a realm and what else it is to be bound to. */
  issue(purpose: string): string {
    const writer = new ByteWriter(NONCE_LENGTH);
    const now = this.#environment.now();
    writer
      .u8(VERSION)
      .u16be(Math.floor(now / 2 ** 32))
      .u32be((now % 2 ** 32) >>> 0);
    writer.bytes(this.#environment.randomBytes(RANDOM_LENGTH));
    return encodeBase64(writer.bytes(this.#proof(writer.view(), purpose)).view());
  }

  /**
   * When a nonce was issued, in milliseconds since 1970; undefined for one that was forged, was issued for another purpose or
   * under another key, or is written in any form but the one that {@link issue} gives. Whether it is too old is for the caller to say.
   */
  verify(nonce: string, purpose: string): number | undefined {
    if (nonce.length !== TEXT_LENGTH) return undefined;
    try {
      const bytes = decodeBase64(nonce);
      const proof = bytes.subarray(HEADER_LENGTH);
      if (!constantTimeEqual(proof, this.#proof(bytes.subarray(0, HEADER_LENGTH), purpose))) return undefined;
      const reader = new ByteReader(bytes);
      return reader.u8() === VERSION ? reader.u16be() * 2 ** 32 + reader.u32be() : undefined;
    } catch (error) {
      if (error instanceof MalformedBytesError) return undefined;
      throw error;
    }
  }

  #proof(header: Uint8Array, purpose: string): Uint8Array {
    this.#key ??= SecretBytes.own(this.#environment.randomBytes(KEY_LENGTH));
    const digest = this.#key.use(key => createHmac('sha256', key).update(header).update(encodeUtf8(purpose)).digest());
    return digest.subarray(0, PROOF_LENGTH);
  }
}

const VERSION = 1;
const KEY_LENGTH = 32;
const RANDOM_LENGTH = 16;
const PROOF_LENGTH = 16;
const HEADER_LENGTH = 1 + 6 + RANDOM_LENGTH;
const NONCE_LENGTH = HEADER_LENGTH + PROOF_LENGTH;
/** A multiple of three bytes, so that base64 has neither padding nor spare bits. */
const TEXT_LENGTH = (NONCE_LENGTH / 3) * 4;
