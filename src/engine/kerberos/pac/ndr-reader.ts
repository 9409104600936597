import { ByteReader } from '../../../bytes/reader.js';
import { decodeUtf16le } from '../../../bytes/text.js';
import { malformedPac } from './pac-error.js';
import { readSid } from './sid.js';

/** RPC_UNICODE_STRING without its characters, which follow later ([MS-DTYP] 2.3.10). */
export interface DeferredString {
  readonly length: number;
  readonly pointer: number;
}

/**
 * A cursor over NDR in the form of a PAC: type serialization version 1, least significant byte first ([MS-RPCE] 2.2.6). What pointers
 * lead to stands behind the structure, in the order of the pointers; a pointer of 0 leads nowhere.
 */
export class NdrReader {
  readonly #reader: ByteReader;

  /** Reads the two headers and the pointer to the structure. */
  constructor(bytes: Uint8Array) {
    const reader = new ByteReader(bytes);
    // Version 1, little-endian, header of 8 bytes, filler.
    if (reader.u32be() !== 0x01100800) throw malformedPac('a part is not in NDR');
    reader.skip(4);
    const length = reader.u32le();
    reader.skip(4);
    // The body is padded to 8 bytes, which not every writer does.
    this.#reader = reader.sub(Math.min(length, reader.remaining));
    if (this.u32() === 0) throw malformedPac('a structure is missing');
  }

  u16(): number {
    return this.#reader.u16le();
  }

  u32(): number {
    return this.#reader.u32le();
  }

  /** FILETIME, in 100 ns since 1601. */
  fileTime(): bigint {
    return this.#reader.u64le();
  }

  bytes(length: number): Uint8Array {
    return this.#reader.bytes(length);
  }

  deferredString(): DeferredString {
    const length = this.u16();
    this.u16();
    return { length, pointer: this.u32() };
  }

  /** The characters of a string: maximum count, offset and actual count, then UTF-16. */
  string({ pointer, length }: DeferredString): string {
    if (pointer === 0) return '';
    this.#align();
    const maximum = this.u32();
    const offset = this.u32();
    const actual = this.u32();
    if (offset !== 0 || actual > maximum || actual * 2 < length) throw malformedPac('a string is longer than it says');
    const characters = this.#reader.bytes(actual * 2);
    return decodeUtf16le(characters.subarray(0, length));
  }

  /** The elements of a conformant array of `count` elements, each of `size` bytes at least. */
  array<T>(pointer: number, count: number, size: number, read: () => T): T[] {
    if (pointer === 0) {
      if (count !== 0) throw malformedPac('an array is missing');
      return [];
    }
    this.#align();
    if (this.u32() !== count || count > this.#reader.remaining / size)
      throw malformedPac('an array has another length');
    return Array.from({ length: count }, read);
  }

  /** A SID behind a pointer: the count of its sub-authorities comes first. */
  sid(pointer: number): string | undefined {
    if (pointer === 0) return undefined;
    this.#align();
    this.u32();
    return readSid(this.#reader);
  }

  #align(): void {
    const over = this.#reader.position % 4;
    if (over > 0) this.#reader.skip(4 - over);
  }
}
