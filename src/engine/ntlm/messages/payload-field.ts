import type { ByteReader } from '../../../bytes/reader.js';
import type { ByteWriter } from '../../../bytes/writer.js';
import { malformed } from './message.js';

/**
 * Where a value of the payload lies ([MS-NLMP] 2.2.1): Len u16, MaxLen u16 (the same on sending, ignored on receipt), BufferOffset u32
 * from the start of the message.
 */
export interface PayloadField {
  readonly length: number;
  readonly offset: number;
}

/** Bytes of a field's description. */
export const FIELD_LENGTH = 8;

export function readField(reader: ByteReader): PayloadField {
  const length = reader.u16le();
  reader.skip(2);
  return { length, offset: reader.u32le() };
}

/**
 * The values of a message's payload. They may stand in any order and with gaps; what leaves the message, reaches into the fixed part or
 * lies over another value is refused with SEC_E_INVALID_TOKEN.
 */
export class Payload {
  readonly #reader: ByteReader;
  /** Where the payload may begin: senders differ in which optional fields they leave out. */
  #start: number;
  readonly #taken: PayloadField[] = [];

  constructor(reader: ByteReader, start: number) {
    this.#reader = reader;
    this.#start = start;
  }

  /** Moves the start behind an optional field of the fixed part that turned out to be there. */
  beginAt(start: number): void {
    this.#start = start;
    for (const { offset } of this.#taken) this.#checkStart(offset);
  }

  /** A view. An empty value has no place, so its offset says nothing. */
  value(field: PayloadField): Uint8Array {
    const { length, offset } = field;
    if (length === 0) return NOTHING;
    this.#checkStart(offset);
    const value = this.#reader.bytesAt(offset, length);
    for (const other of this.#taken) {
      if (offset < other.offset + other.length && other.offset < offset + length) {
        throw malformed('two values of the payload overlap');
      }
    }
    this.#taken.push(field);
    return value;
  }

  #checkStart(offset: number): void {
    if (offset < this.#start) throw malformed('a value of the payload lies in the fixed part');
  }
}

/** Appends a value and describes it in the field that was reserved at `at`. One that is too long for a field is SEC_E_INVALID_TOKEN. */
export function writeValue(writer: ByteWriter, at: number, value: Uint8Array): void {
  if (value.length > MAX_LENGTH) throw malformed(`a value of ${value.length} bytes does not fit a field`);
  writer.setU16le(at, value.length);
  writer.setU16le(at + 2, value.length);
  writer.setU32le(at + 4, writer.length);
  writer.bytes(value);
}

const MAX_LENGTH = 0xffff;
const NOTHING = new Uint8Array(0);
