/**
 * A growing buffer that messages are written into. Values come from our own code, so one that does not fit its field is a
 * RangeError, never a silent truncation. Not for secrets: the buffers it outgrows are left to the garbage collector.
 *
 * A length that is known only later is reserved and filled: `const at = writer.reserve(4); ...; writer.setU32be(at, n)`.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  /** @param capacity bytes to allocate at first; a good guess saves copies. */
  constructor(capacity: number = 64) {
    this.#bytes = new Uint8Array(capacity);
  }

  /**
   * A writer for messages whose length is known and of which every byte is written: nothing is reserved in it. Up to some thousand bytes its
   * memory comes from Node's pool, at a fraction of the cost of an array.
   */
  static ofLength(length: number): ByteWriter {
    const writer = new ByteWriter(0);
    const { buffer, byteOffset } = Buffer.allocUnsafe(length);
    writer.#bytes = new Uint8Array(buffer, byteOffset, length);
    return writer;
  }

  /** Bytes written so far, which is also the offset of the next one. */
  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    this.setU8(this.reserve(1), value);
    return this;
  }

  u16le(value: number): this {
    this.setU16le(this.reserve(2), value);
    return this;
  }

  u16be(value: number): this {
    this.setU16be(this.reserve(2), value);
    return this;
  }

  u32le(value: number): this {
    this.setU32le(this.reserve(4), value);
    return this;
  }

  u32be(value: number): this {
    this.setU32be(this.reserve(4), value);
    return this;
  }

  u64le(value: bigint): this {
    checkU64(value);
    return this.u32le(Number(value & 0xffffffffn)).u32le(Number(value >> 32n));
  }

  u64be(value: bigint): this {
    checkU64(value);
    return this.u32be(Number(value >> 32n)).u32be(Number(value & 0xffffffffn));
  }

  bytes(value: Uint8Array): this {
    const at = this.reserve(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  /** Takes `length` zero bytes and returns their offset, for the `set...` calls or as padding. */
  reserve(length: number): number {
    const at = this.#length;
    const needed = at + length;
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#length = needed;
    return at;
  }

  setU8(offset: number, value: number): void {
    this.#checkField(offset, 1);
    if (value >>> 0 !== value || value > 0xff) throw new RangeError(`${value} does not fit in 8 bits`);
    this.#bytes[offset] = value;
  }

  setU16le(offset: number, value: number): void {
    this.#checkField(offset, 2);
    checkU16(value);
    this.#bytes[offset] = value;
    this.#bytes[offset + 1] = value >>> 8;
  }

  setU16be(offset: number, value: number): void {
    this.#checkField(offset, 2);
    checkU16(value);
    this.#bytes[offset] = value >>> 8;
    this.#bytes[offset + 1] = value;
  }

  setU32le(offset: number, value: number): void {
    this.#checkField(offset, 4);
    checkU32(value);
    this.#bytes[offset] = value;
    this.#bytes[offset + 1] = value >>> 8;
    this.#bytes[offset + 2] = value >>> 16;
    this.#bytes[offset + 3] = value >>> 24;
  }

  setU32be(offset: number, value: number): void {
    this.#checkField(offset, 4);
    checkU32(value);
    this.#bytes[offset] = value >>> 24;
    this.#bytes[offset + 1] = value >>> 16;
    this.#bytes[offset + 2] = value >>> 8;
    this.#bytes[offset + 3] = value;
  }

  setBytes(offset: number, value: Uint8Array): void {
    this.#checkField(offset, value.length);
    this.#bytes.set(value, offset);
  }

  /** A copy of what was written, of exactly its length. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** What was written, without a copy: valid until the next write. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  #checkField(offset: number, length: number): void {
    if (offset >>> 0 !== offset || offset + length > this.#length) {
      throw new RangeError(`a field of ${length} bytes at offset ${offset} was not reserved`);
    }
  }
}

function checkU16(value: number): void {
  if (value >>> 0 !== value || value > 0xffff) throw new RangeError(`${value} does not fit in 16 bits`);
}

function checkU32(value: number): void {
  if (value >>> 0 !== value) throw new RangeError(`${value} does not fit in 32 bits`);
}

function checkU64(value: bigint): void {
  if (BigInt.asUintN(64, value) !== value) throw new RangeError(`${value} does not fit in 64 bits`);
}
