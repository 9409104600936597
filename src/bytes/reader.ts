import { TrailingBytesError, TruncatedError } from './errors.js';

/**
 * A bounds-checked cursor over bytes that came from a peer. Every read checks first and moves after, so a read that
 * throws {@link TruncatedError} leaves the cursor where it was.
 *
 * Views share memory with the bytes given to the constructor; copy what must outlive them.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = plainView(bytes);
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#position;
  }

  /** Bytes in all, read or not. */
  get length(): number {
    return this.#bytes.length;
  }

  /** Bytes still to read. */
  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  u8(): number {
    return this.#bytes[this.#advance(1)]!;
  }

  u16le(): number {
    const at = this.#advance(2);
    return this.#bytes[at]! | (this.#bytes[at + 1]! << 8);
  }

  u16be(): number {
    const at = this.#advance(2);
    return (this.#bytes[at]! << 8) | this.#bytes[at + 1]!;
  }

  u32le(): number {
    return readU32le(this.#bytes, this.#advance(4));
  }

  u32be(): number {
    return readU32be(this.#bytes, this.#advance(4));
  }

  u64le(): bigint {
    const at = this.#advance(8);
    return BigInt(readU32le(this.#bytes, at)) | (BigInt(readU32le(this.#bytes, at + 4)) << 32n);
  }

  u64be(): bigint {
    const at = this.#advance(8);
    return (BigInt(readU32be(this.#bytes, at)) << 32n) | BigInt(readU32be(this.#bytes, at + 4));
  }

  /** The next byte, without moving. */
  peekU8(): number {
    this.#check(this.#position, 1);
    return this.#bytes[this.#position]!;
  }

  /** The next `length` bytes, as a view. */
  bytes(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  /** All bytes that are left, as a view. */
  rest(): Uint8Array {
    return this.bytes(this.remaining);
  }

  /** `length` bytes that start `offset` bytes from the beginning, as a view; the cursor stays. For formats with a table of offsets. */
  bytesAt(offset: number, length: number): Uint8Array {
    this.#check(offset, length);
    return this.#bytes.subarray(offset, offset + length);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  /** A reader of its own over the next `length` bytes, which this one steps over. */
  sub(length: number): ByteReader {
    return new ByteReader(this.bytes(length));
  }

  /** Throws {@link TrailingBytesError} unless everything has been read. */
  end(): void {
    if (this.remaining !== 0) throw new TrailingBytesError(`${this.remaining} bytes follow the end of the structure`);
  }

  /** Where the next `length` bytes start; the cursor moves past them. */
  #advance(length: number): number {
    const at = this.#position;
    this.#check(at, length);
    this.#position = at + length;
    return at;
  }

  /** `>>> 0` also refuses what arithmetic on a peer's lengths can make: negative numbers, fractions, NaN, 2^32 and more. */
  #check(offset: number, length: number): void {
    if (offset >>> 0 !== offset || length >>> 0 !== length || offset + length > this.#bytes.length) {
      throw new TruncatedError(`${length} bytes at offset ${offset} do not fit in ${this.#bytes.length}`);
    }
  }
}

/** A Buffer's own `subarray` and `slice` give Buffers; callers of this room get Uint8Array only. */
function plainView(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

function readU32le(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

function readU32be(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
