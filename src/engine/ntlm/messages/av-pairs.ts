import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { decodeUtf16le, encodeUtf16le } from '../../../bytes/text.js';
import type { ByteWriter } from '../../../bytes/writer.js';
import { malformed } from './message.js';

/** AvId ([MS-NLMP] 2.2.2.1). */
export const AV_ID = {
  EOL: 0,
  NB_COMPUTER_NAME: 1,
  NB_DOMAIN_NAME: 2,
  DNS_COMPUTER_NAME: 3,
  DNS_DOMAIN_NAME: 4,
  DNS_TREE_NAME: 5,
  FLAGS: 6,
  TIMESTAMP: 7,
  SINGLE_HOST: 8,
  TARGET_NAME: 9,
  CHANNEL_BINDINGS: 10,
} as const;
Object.freeze(AV_ID);

/** MsvAvFlags. */
export const AV_FLAGS = {
  /** The account's authentication is constrained. */
  CONSTRAINED: 0x1,
  /** The AUTHENTICATE carries a MIC. */
  MIC: 0x2,
  /** The SPN comes from an untrusted source. */
  UNTRUSTED_TARGET: 0x4,
} as const;
Object.freeze(AV_FLAGS);

export interface AvPair {
  readonly id: number;
  readonly value: Uint8Array;
}

/** AvId and AvLen. */
const HEAD_LENGTH = 4;

/** AV_PAIRs up to MsvAvEOL, in the order in which they stand. */
export class AvPairs implements Iterable<AvPair> {
  readonly #pairs: readonly AvPair[];

  private constructor(pairs: readonly AvPair[]) {
    this.#pairs = pairs;
  }

  /**
   * Reads a list from the start of `bytes`; what follows its end is passed over. Throws SEC_E_INVALID_TOKEN for a list without an end,
   * an id that stands twice and a value of a length that its id does not have.
   */
  static parse(bytes: Uint8Array): AvPairs {
    try {
      return new AvPairs(readPairs(new ByteReader(bytes)));
    } catch (error) {
      if (error instanceof MalformedBytesError) throw malformed('its AV pairs do not end');
      throw error;
    }
  }

  [Symbol.iterator](): Iterator<AvPair> {
    return this.#pairs[Symbol.iterator]();
  }

  find(id: number): Uint8Array | undefined {
    for (const pair of this.#pairs) {
      if (pair.id === id) return pair.value;
    }
    return undefined;
  }

  /** A name; undefined where it is not in the list. */
  text(id: number): string | undefined {
    const value = this.find(id);
    return value && decodeUtf16le(value);
  }

  /** MsvAvFlags; 0 where they are not in the list. */
  get flags(): number {
    const value = this.find(AV_ID.FLAGS);
    return value ? new ByteReader(value).u32le() : 0;
  }

  /** MsvAvTimestamp, a FILETIME in its 8 bytes. */
  get timestamp(): Uint8Array | undefined {
    return this.find(AV_ID.TIMESTAMP);
  }
}

/** Throws SEC_E_INVALID_TOKEN for a value that is too long for a pair. */
export function writeAvPair(writer: ByteWriter, id: number, value: Uint8Array): void {
  if (value.length > MAX_LENGTH) throw malformed(`a value of ${value.length} bytes does not fit an AV pair`);
  writer.u16le(id).u16le(value.length).bytes(value);
}

export function writeAvText(writer: ByteWriter, id: number, text: string): void {
  writeAvPair(writer, id, encodeUtf16le(text));
}

export function writeAvFlags(writer: ByteWriter, flags: number): void {
  writer.u16le(AV_ID.FLAGS).u16le(FLAGS_LENGTH).u32le(flags);
}

export function writeAvEnd(writer: ByteWriter): void {
  writer.reserve(HEAD_LENGTH);
}

function readPairs(reader: ByteReader): AvPair[] {
  const pairs: AvPair[] = [];
  // Ids that are not in the specification are above these, carry no meaning, and may repeat.
  let seen = 0;
  for (;;) {
    const id = reader.u16le();
    const length = reader.u16le();
    checkLength(id, length);
    if (id === AV_ID.EOL) return pairs;
    if (id <= AV_ID.CHANNEL_BINDINGS) {
      if (seen & (1 << id)) throw malformed(`the AV pair ${id} stands twice`);
      seen |= 1 << id;
    }
    pairs.push({ id, value: reader.bytes(length) });
  }
}

function checkLength(id: number, length: number): void {
  const expected = LENGTHS[id];
  if (expected === undefined) return;
  const valid = expected === EVEN ? length % 2 === 0 : length === expected;
  if (!valid) throw malformed(`the AV pair ${id} has ${length} bytes`);
}

const MAX_LENGTH = 0xffff;
const FLAGS_LENGTH = 4;
/** Names are UTF-16. */
const EVEN = -1;
/** By id; MsvAvSingleHost may grow. */
const LENGTHS: readonly (number | undefined)[] = [
  0,
  EVEN,
  EVEN,
  EVEN,
  EVEN,
  EVEN,
  FLAGS_LENGTH,
  8,
  undefined,
  EVEN,
  16,
];
