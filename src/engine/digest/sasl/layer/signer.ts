import { timingSafeEqual } from 'node:crypto';
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
  readonly #key: () => Uint8Array;
  #next: number;
  #hmac: HmacMd5 | undefined;
  #wiped = false;

  /** `key` makes the key, which is wiped, when the first message comes; `next` is that message's sequence number. */
  constructor(key: () => Uint8Array, next = 0) {
    this.#key = key;
    this.#next = next;
  }

  /** Writes the 16 bytes of the next message's signature to `out` from `at` on. */
  sign(out: Uint8Array, at: number, ...message: Uint8Array[]): void {
    putSequence(sequenceBytes, 0, this.#next);
    this.#mac(out, at, message);
    putTail(out, at, this.#next);
    this.#next = (this.#next + 1) >>> 0;
  }

  /**
   * Checks the 16 bytes of a signature at `at`. Throws SEC_E_MESSAGE_ALTERED where the MAC is wrong, and SEC_E_OUT_OF_SEQUENCE where
   * the MAC is right and the message is not the one that is due. Only a message that passes is counted.
   */
  verify(signature: Uint8Array, at: number, ...message: Uint8Array[]): void {
    for (let n = 0; n < SIGNATURE_LENGTH; n++) received[n] = signature[at + n]!;
    const sequence = sequenceOf(received);
    putSequence(sequenceBytes, 0, sequence);
    this.#mac(expected, 0, message);
    putTail(expected, 0, sequence);
    if (!timingSafeEqual(expected, received)) {
      throw new PackageError(SEC_E.MESSAGE_ALTERED, 'the signature does not match the message');
    }
    if (sequence !== this.#next) {
      throw new PackageError(SEC_E.OUT_OF_SEQUENCE, 'the message was replayed, or others before it are missing');
    }
    this.#next = (this.#next + 1) >>> 0;
  }

  wipe(): void {
    this.#hmac?.wipe();
    this.#wiped = true;
  }

  #mac(out: Uint8Array, at: number, message: Uint8Array[]): void {
    const hmac = this.#keyed();
    // Nearly always it is one part, and spreading a list costs a quarter of signing a short one.
    if (message.length === 1) hmac.macInto(out, at, sequenceBytes, message[0]!);
    else hmac.macInto(out, at, sequenceBytes, ...message);
  }

  #keyed(): HmacMd5 {
    if (this.#hmac) return this.#hmac;
    if (this.#wiped) throw new Error('the signer was used after it was wiped');
    const key = this.#key();
    this.#hmac = new HmacMd5(key);
    key.fill(0);
    return this.#hmac;
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

// Work space of one call, shared by all signers: small arrays cost more to make than a short message costs to sign.
const sequenceBytes = new Uint8Array(SEQUENCE_LENGTH);
const expected = Buffer.alloc(SIGNATURE_LENGTH);
const received = Buffer.alloc(SIGNATURE_LENGTH);
