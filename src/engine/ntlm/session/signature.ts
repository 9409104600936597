import { crc32 } from 'node:zlib';
import { constantTimeEqual } from '../../../bytes/equal.js';
import { HmacMd5 } from '../../crypto/weak/hmac-md5.js';
import type { KeyStream } from './key-stream.js';

/** Bytes of every signature ([MS-NLMP] 2.2.2.9). */
export const SIGNATURE_LENGTH = 16;

/** What a received signature is, compared with the one that is due. */
export type Verdict = 'good' | 'altered' | 'out-of-sequence';

/** How signatures are made of messages: first a digest of the plaintext, then, with what the key stream has next, the signature. */
export interface SignatureScheme {
  /** Digests a message's parts. */
  digest(sequence: number, parts: readonly Uint8Array[]): void;
  /** Writes the signature of what was digested last. */
  write(out: Uint8Array, stream: KeyStream, sequence: number): void;
  /** Whether a signature is at all that of message `sequence`, as far as can be told without the key. */
  hasSequence(received: Uint8Array, sequence: number): boolean;
  /** `expected` is what {@link write} made of the message. */
  compare(expected: Uint8Array, received: Uint8Array): Verdict;
  wipe(): void;
}

/**
 * With extended session security ([MS-NLMP] 3.4.4.2): Version 1, the first 8 bytes of HMAC-MD5 over number and message, encrypted where
 * the session key was exchanged, and the number.
 */
export class ExtendedSignature implements SignatureScheme {
  readonly #hmac: HmacMd5;
  readonly #encrypted: boolean;
  // Work space that stays: small arrays cost more to make than a short message costs to sign.
  readonly #sequence: Uint8Array = new Uint8Array(SEQUENCE_LENGTH);
  readonly #mac: Uint8Array = new Uint8Array(SIGNATURE_LENGTH);
  readonly #checksum: Uint8Array = this.#mac.subarray(0, CHECKSUM_LENGTH);

  constructor(signingKey: Uint8Array, checksum: 'encrypted' | 'plain') {
    this.#hmac = new HmacMd5(signingKey);
    this.#encrypted = checksum === 'encrypted';
  }

  digest(sequence: number, parts: readonly Uint8Array[]): void {
    putU32le(this.#sequence, 0, sequence);
    this.#hmac.macInto(this.#mac, 0, this.#sequence, ...parts);
  }

  write(out: Uint8Array, stream: KeyStream, sequence: number): void {
    if (this.#encrypted) stream.process(this.#checksum);
    putU32le(out, 0, VERSION);
    for (let i = 0; i < CHECKSUM_LENGTH; i++) out[4 + i] = this.#mac[i]!;
    putU32le(out, SEQUENCE_OFFSET, sequence);
  }

  hasSequence(received: Uint8Array, sequence: number): boolean {
    return getU32le(received, SEQUENCE_OFFSET) === sequence;
  }

  compare(expected: Uint8Array, received: Uint8Array): Verdict {
    return constantTimeEqual(expected, received) ? 'good' : 'altered';
  }

  wipe(): void {
    this.#hmac.wipe();
    this.#mac.fill(0);
  }
}

/**
 * Without it ([MS-NLMP] 3.4.4.1): Version 1, four bytes of no meaning, CRC32 of the message and its number, the three encrypted. A CRC is
 * no MAC: who knows a message can change it.
 */
export class CrcSignature implements SignatureScheme {
  #crc = 0;

  digest(_sequence: number, parts: readonly Uint8Array[]): void {
    this.#crc = 0;
    for (const part of parts) this.#crc = crc32(part, this.#crc);
  }

  write(out: Uint8Array, stream: KeyStream, sequence: number): void {
    out.fill(0, 4, SIGNATURE_LENGTH);
    putU32le(out, 0, VERSION);
    putU32le(out, CRC_OFFSET, this.#crc);
    putU32le(out, SEQUENCE_OFFSET, sequence);
    stream.process(out.subarray(4, SIGNATURE_LENGTH));
  }

  hasSequence(): boolean {
    return true;
  }

  compare(expected: Uint8Array, received: Uint8Array): Verdict {
    if (!sameBytes(expected, received, 0, 4) || !sameBytes(expected, received, CRC_OFFSET, SEQUENCE_OFFSET))
      return 'altered';
    return sameBytes(expected, received, SEQUENCE_OFFSET, SIGNATURE_LENGTH) ? 'good' : 'out-of-sequence';
  }

  wipe(): void {}
}

function sameBytes(a: Uint8Array, b: Uint8Array, from: number, to: number): boolean {
  return constantTimeEqual(a.subarray(from, to), b.subarray(from, to));
}

function putU32le(out: Uint8Array, at: number, value: number): void {
  out[at] = value;
  out[at + 1] = value >>> 8;
  out[at + 2] = value >>> 16;
  out[at + 3] = value >>> 24;
}

function getU32le(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

const VERSION = 1;
const CHECKSUM_LENGTH = 8;
const CRC_OFFSET = 8;
const SEQUENCE_OFFSET = 12;
const SEQUENCE_LENGTH = 4;
