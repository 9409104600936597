import { concatBytes } from '../../../../bytes/concat.js';
import { constantTimeEqual } from '../../../../bytes/equal.js';
import { MalformedBytesError } from '../../../../bytes/errors.js';
import { ByteReader } from '../../../../bytes/reader.js';
import { ByteWriter } from '../../../../bytes/writer.js';
import { md5 } from '../../../crypto/weak/md5.js';
import type { EngineEnvironment } from '../../../environment.js';
import { alteredMessage, malformedToken } from '../token-errors.js';
import {
  allBytes,
  type ClearPart,
  type MessagePart,
  type OpenedMessage,
  type Surroundings,
  type TokenFormat,
  withClearParts,
} from '../token-format.js';
import { frame, type LengthRule, LONGEST_FRAMING, unframe } from './framing.js';
import { CHECKSUM_LENGTH, Rfc4757Keys } from './rfc4757-keys.js';

export interface Rfc4757Parts {
  /** 16 bytes; copied. */
  readonly key: Uint8Array;
  readonly role: 'client' | 'server';
  readonly dceStyle: boolean;
  readonly environment: EngineEnvironment;
}

/**
 * Per-message tokens of contexts with RC4 keys (RFC 4757 7, in the layout of RFC 1964 1.2):
 *
 *     MIC:  01 01 11 00 FF FF FF FF, SND_SEQ 8, SGN_CKSUM 8
 *     Wrap: 02 01 11 00 SEAL_ALG 2 FF FF, SND_SEQ 8, SGN_CKSUM 8, confounder 8, message, padding
 *
 * The padding is one byte, as the cipher's blocks are; in DCE style there is none, as callers pad their messages themselves.
 */
export class Rfc4757Tokens implements TokenFormat {
  readonly signatureLength: number = SHORT_FRAMING + MIC_LENGTH;
  readonly headerLength: number = LONGEST_FRAMING + WRAP_LENGTH;
  readonly paddingLength: number;
  readonly sequenceEnd: number = 2 ** 32;
  readonly #keys: Rfc4757Keys;
  readonly #parts: Omit<Rfc4757Parts, 'key'>;
  readonly #lengthRule: LengthRule;

  constructor({ key, role, dceStyle, environment }: Rfc4757Parts) {
    this.#keys = new Rfc4757Keys(key);
    this.#parts = { role, dceStyle, environment };
    this.paddingLength = dceStyle ? 0 : 1;
    this.#lengthRule = dceStyle ? 'header' : 'whole';
  }

  mic(sequence: number, parts: readonly MessagePart[]): Uint8Array {
    const checksum = this.#keys.checksum(md5(MIC_TYPE, MIC_HEADER, ...allBytes(parts)));
    return frame(concatBytes(MIC_HEADER, this.#sendSequence(sequence, checksum), checksum), 0);
  }

  verifyMic(mic: Uint8Array, parts: readonly MessagePart[]): number {
    const { header, encryptedSequence, checksum } = readMic(mic);
    if (!sameBytes(header, MIC_HEADER)) throw malformedToken('it is not a MIC of RFC 4757');
    const sequence = this.#receivedSequence(encryptedSequence, checksum);
    const expected = this.#keys.checksum(md5(MIC_TYPE, header, ...allBytes(parts)));
    if (!constantTimeEqual(expected, checksum)) throw alteredMessage();
    return sequence;
  }

  seal(sequence: number, parts: readonly MessagePart[]): Surroundings {
    const confounder = this.#parts.environment.randomBytes(CONFOUNDER_LENGTH);
    const padding = new Uint8Array(this.paddingLength).fill(PADDING);
    const checksum = this.#wrapChecksum(SEALED_HEADER, confounder, parts, padding);
    const sealed = sealedBytes(parts);
    this.#keys.cryptPieces(sequence, [confounder, ...sealed, padding]);
    return this.#surround(SEALED_HEADER, sequence, checksum, confounder, sealed, padding);
  }

  sign(sequence: number, parts: readonly MessagePart[]): Surroundings {
    const confounder = this.#parts.environment.randomBytes(CONFOUNDER_LENGTH);
    const padding = new Uint8Array(this.paddingLength).fill(PADDING);
    const checksum = this.#wrapChecksum(SIGNED_HEADER, confounder, parts, padding);
    return this.#surround(SIGNED_HEADER, sequence, checksum, confounder, sealedBytes(parts), padding);
  }

  open(message: Uint8Array, clear: readonly ClearPart[]): OpenedMessage {
    const { header, encryptedSequence, checksum, body } = readWrap(message, this.#lengthRule);
    const sealed = sameBytes(header, SEALED_HEADER);
    if (!sealed && !sameBytes(header, SIGNED_HEADER)) throw malformedToken('it is not a Wrap token of RFC 4757');
    const sequence = this.#receivedSequence(encryptedSequence, checksum);
    const text = sealed ? this.#keys.cryptMessage(sequence, body) : body;
    const end = text.length - this.paddingLength;
    if (end < CONFOUNDER_LENGTH) throw malformedToken('it has no padding');
    const pieces = withClearParts(text.subarray(CONFOUNDER_LENGTH, end), clear);
    const digest = md5(WRAP_TYPE, header, text.subarray(0, CONFOUNDER_LENGTH), ...pieces, text.subarray(end));
    if (!constantTimeEqual(this.#keys.checksum(digest), checksum)) throw alteredMessage();
    if (text.subarray(end).some(byte => byte !== PADDING)) throw alteredMessage();
    return { plaintext: text.subarray(CONFOUNDER_LENGTH, end), sequence, sealed };
  }

  wipe(): void {
    this.#keys.wipe();
  }

  #wrapChecksum(
    header: Uint8Array,
    confounder: Uint8Array,
    parts: readonly MessagePart[],
    padding: Uint8Array,
  ): Uint8Array {
    return this.#keys.checksum(md5(WRAP_TYPE, header, confounder, ...allBytes(parts), padding));
  }

  #surround(
    header: Uint8Array,
    sequence: number,
    checksum: Uint8Array,
    confounder: Uint8Array,
    message: readonly Uint8Array[],
    padding: Uint8Array,
  ): Surroundings {
    const token = concatBytes(header, this.#sendSequence(sequence, checksum), checksum, confounder);
    let following = padding.length;
    for (const { length } of message) following += length;
    return { token: frame(token, this.#lengthRule === 'whole' ? following : 0), padding };
  }

  /** The number, most significant byte first, and four bytes for the direction ([MS-KILE] 4.5 shows which: initiators have zeros). */
  #sendSequence(sequence: number, checksum: Uint8Array): Uint8Array {
    const direction = this.#parts.role === 'client' ? FROM_INITIATOR : FROM_ACCEPTOR;
    const plain = new ByteWriter(8).u32be(sequence).u32be(direction).toBytes();
    return this.#keys.cryptSequence(plain, checksum);
  }

  #receivedSequence(encrypted: Uint8Array, checksum: Uint8Array): number {
    const reader = new ByteReader(this.#keys.cryptSequence(encrypted, checksum));
    const sequence = reader.u32be();
    const direction = this.#parts.role === 'client' ? FROM_ACCEPTOR : FROM_INITIATOR;
    if (reader.u32be() !== direction) throw alteredMessage();
    return sequence;
  }
}

interface ReadToken {
  readonly header: Uint8Array;
  readonly encryptedSequence: Uint8Array;
  readonly checksum: Uint8Array;
}

function readMic(mic: Uint8Array): ReadToken {
  return shaped(() => {
    const reader = new ByteReader(unframe(mic, 'whole', MIC_LENGTH));
    const token = readFields(reader);
    reader.end();
    return token;
  });
}

/** `body`: confounder, message and padding. */
function readWrap(message: Uint8Array, rule: LengthRule): ReadToken & { readonly body: Uint8Array } {
  return shaped(() => {
    const reader = new ByteReader(unframe(message, rule, WRAP_LENGTH));
    const { header, encryptedSequence, checksum } = readFields(reader);
    const body = reader.rest();
    if (body.length < CONFOUNDER_LENGTH) throw malformedToken('it has no confounder');
    return { header, encryptedSequence, checksum, body };
  });
}

function readFields(reader: ByteReader): ReadToken {
  return {
    header: reader.bytes(8),
    encryptedSequence: reader.bytes(8),
    checksum: reader.bytes(CHECKSUM_LENGTH),
  };
}

function shaped<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof MalformedBytesError ? malformedToken(error.message) : error;
  }
}

function sealedBytes(parts: readonly MessagePart[]): Uint8Array[] {
  return allBytes(parts.filter(({ clear }) => !clear));
}

/** Headers are no secrets. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

const SHORT_FRAMING = 13;
const MIC_LENGTH = 24;
const WRAP_LENGTH = 32;
const CONFOUNDER_LENGTH = 8;
const PADDING = 1;
const FROM_INITIATOR = 0;
const FROM_ACCEPTOR = 0xffff_ffff;

/** T of RFC 4757 7: 15 for a MIC, 13 for a Wrap token, sealed or not. */
const MIC_TYPE = Uint8Array.of(15, 0, 0, 0);
const WRAP_TYPE = Uint8Array.of(13, 0, 0, 0);
const MIC_HEADER = Uint8Array.of(0x01, 0x01, 0x11, 0x00, 0xff, 0xff, 0xff, 0xff);
const SEALED_HEADER = Uint8Array.of(0x02, 0x01, 0x11, 0x00, 0x10, 0x00, 0xff, 0xff);
const SIGNED_HEADER = Uint8Array.of(0x02, 0x01, 0x11, 0x00, 0xff, 0xff, 0xff, 0xff);
