import { constantTimeEqual } from '../../../../bytes/equal.js';
import { SEC_E } from '../../../../sspi/status.js';
import { HmacMd5 } from '../../../crypto/weak/hmac-md5.js';
import { PackageError } from '../../../package-error.js';

/** Bytes of a signature; the first {@link MAC_LENGTH} of them are the MAC. */
export const SIGNATURE_LENGTH = 16;
export const MAC_LENGTH = 10;

/**
 * Signs or verifies the messages of one direction (RFC 2831 2.3):
 *
 *     MAC(Ki, SeqNum, msg) = HMAC(Ki, { SeqNum, msg })[0..9], 0x0001, SeqNum
 *
 * SeqNum has four bytes, big-endian, and after 2^32 - 1 comes 0 (draft-ietf-sasl-rfc2831bis).
 */
export class Signer {
  readonly #hmac: HmacMd5;
  #next: number;
  // Work space that stays: small arrays cost more to make than a short message costs to sign.
  readonly #sequence: Uint8Array = new Uint8Array(SEQUENCE_LENGTH);
  readonly #expected: Uint8Array = new Uint8Array(SIGNATURE_LENGTH);
  readonly #received: Uint8Array = new Uint8Array(SIGNATURE_LENGTH);

  /** `next` is the sequence number of the first message. */
  constructor(key: Uint8Array, next = 0) {
    this.#hmac = new HmacMd5(key);
    this.#next = next;
  }

  /** Writes the 16 bytes of the next message's signature to `out` from `at` on. */
  sign(out: Uint8Array, at: number, ...message: Uint8Array[]): void {
    putSequence(this.#sequence, 0, this.#next);
    this.#hmac.macInto(out, at, this.#sequence, ...message);
    putTail(out, at, this.#next);
    this.#next = (this.#next + 1) >>> 0;
  }

  /**
   * Checks the 16 bytes of a signature at `at`. Throws SEC_E_MESSAGE_ALTERED where the MAC is wrong, and SEC_E_OUT_OF_SEQUENCE where
   * the MAC is right and the message is not the one that is due. Only a message that passes is counted.
   */
  verify(signature: Uint8Array, at: number, ...message: Uint8Array[]): void {
    for (let n = 0; n < SIGNATURE_LENGTH; n++) this.#received[n] = signature[at + n]!;
    const sequence = sequenceOf(this.#received);
    putSequence(this.#sequence, 0, sequence);
    this.#hmac.macInto(this.#expected, 0, this.#sequence, ...message);
    putTail(this.#expected, 0, sequence);
    if (!constantTimeEqual(this.#expected, this.#received)) {
      throw new PackageError(SEC_E.MESSAGE_ALTERED, 'the signature does not match the message');
    }
    if (sequence !== this.#next) {
      throw new PackageError(SEC_E.OUT_OF_SEQUENCE, 'the message was replayed, or others before it are missing');
    }
    this.#next = (this.#next + 1) >>> 0;
  }

  wipe(): void {
    this.#hmac.wipe();
  }
}

/** The message type number, 1, and the sequence number. */
function putTail(out: Uint8Array, at: number, sequence: number): void {
  out[at + MAC_LENGTH] = 0;
  out[at + MAC_LENGTH + 1] = 1;
  putSequence(out, at + SIGNATURE_LENGTH - SEQUENCE_LENGTH, sequence);
}

function putSequence(out: Uint8Array, at: number, sequence: number): void {
  out[at] = sequence >>> 24;
  out[at + 1] = sequence >>> 16;
  out[at + 2] = sequence >>> 8;
  out[at + 3] = sequence;
}

function sequenceOf(signature: Uint8Array): number {
  const at = SIGNATURE_LENGTH - SEQUENCE_LENGTH;
  return ((signature[at]! << 24) | (signature[at + 1]! << 16) | (signature[at + 2]! << 8) | signature[at + 3]!) >>> 0;
}

const SEQUENCE_LENGTH = 4;
