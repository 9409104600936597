import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MalformedBytesError, TrailingBytesError, TruncatedError } from '#dist/bytes/errors.js';
import { ByteReader } from '#dist/bytes/reader.js';
import { ByteWriter } from '#dist/bytes/writer.js';

/** One way to write a value and the way to read it back. */
interface Field {
  readonly name: string;
  readonly length: number;
  write(writer: ByteWriter): void;
  check(reader: ByteReader): void;
}

const INTEGERS = [
  ['u8', 1],
  ['u16le', 2],
  ['u16be', 2],
  ['u32le', 4],
  ['u32be', 4],
] as const;

const BIG_INTEGERS = ['u64le', 'u64be'] as const;

const field: fc.Arbitrary<Field> = fc.oneof(
  ...INTEGERS.map(([name, length]) =>
    fc.nat({ max: 256 ** length - 1 }).map(value => ({
      name: `${name} ${value}`,
      length,
      write: (writer: ByteWriter) => void writer[name](value),
      check: (reader: ByteReader) => assert.equal(reader[name](), value),
    })),
  ),
  ...BIG_INTEGERS.map(name =>
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(value => ({
      name: `${name} ${value}`,
      length: 8,
      write: (writer: ByteWriter) => void writer[name](value),
      check: (reader: ByteReader) => assert.equal(reader[name](), value),
    })),
  ),
  fc.uint8Array({ maxLength: 100 }).map(value => ({
    name: `bytes ${value.length}`,
    length: value.length,
    write: (writer: ByteWriter) => void writer.bytes(value),
    check: (reader: ByteReader) => assert.deepEqual(reader.bytes(value.length), value),
  })),
);

const SAMPLE = Uint8Array.of(0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08);

describe('ByteWriter and ByteReader', () => {
  it('read back what they wrote, and refuse every strict prefix and every suffix', () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 12 }), fc.nat(16), (fields, capacity) => {
        const writer = new ByteWriter(capacity);
        for (const { write } of fields) write(writer);
        const written = writer.toBytes();
        assert.equal(
          written.length,
          fields.reduce((sum, { length }) => sum + length, 0),
        );
        readAll(written, fields);
        for (let length = 0; length < written.length; length++) {
          assert.throws(() => readAll(written.subarray(0, length), fields), TruncatedError);
        }
        assert.throws(() => readAll(Uint8Array.of(...written, 0), fields), TrailingBytesError);
      }),
    );
  });

  it('agree with DataView on the order of bytes', () => {
    const view = new DataView(SAMPLE.buffer);
    const reader = (): ByteReader => new ByteReader(SAMPLE);
    assert.equal(reader().u8(), 0x01);
    assert.equal(reader().u16le(), view.getUint16(0, true));
    assert.equal(reader().u16be(), view.getUint16(0));
    assert.equal(reader().u32le(), view.getUint32(0, true));
    assert.equal(reader().u32be(), view.getUint32(0));
    assert.equal(reader().u64le(), view.getBigUint64(0, true));
    assert.equal(reader().u64be(), view.getBigUint64(0));
  });
});

describe('ByteReader', () => {
  it('keeps its place when a read is refused', () => {
    const reader = new ByteReader(SAMPLE);
    reader.skip(5);
    for (const read of [() => reader.u32be(), () => reader.u64le(), () => reader.bytes(4), () => reader.sub(4)]) {
      assert.throws(read, TruncatedError);
      assert.equal(reader.position, 5);
    }
    assert.equal(reader.remaining, 3);
    assert.deepEqual(reader.rest(), SAMPLE.subarray(5));
    reader.end();
    assert.throws(() => reader.peekU8(), TruncatedError);
  });

  for (const length of [-1, -8, 0.5, 9, 2 ** 31, 2 ** 32, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`refuses a length of ${length} and an offset of it`, () => {
      const reader = new ByteReader(SAMPLE);
      assert.throws(() => reader.bytes(length), TruncatedError);
      assert.throws(() => reader.skip(length), TruncatedError);
      assert.throws(() => reader.sub(length), TruncatedError);
      assert.throws(() => reader.bytesAt(length, 1), TruncatedError);
      assert.throws(() => reader.bytesAt(0, length), TruncatedError);
      assert.equal(reader.position, 0);
    });
  }

  it('reads at an offset without moving, up to the very end', () => {
    const reader = new ByteReader(SAMPLE);
    reader.skip(3);
    assert.deepEqual(reader.bytesAt(6, 2), Uint8Array.of(7, 8));
    assert.deepEqual(reader.bytesAt(8, 0), new Uint8Array());
    assert.throws(() => reader.bytesAt(7, 2), TruncatedError);
    assert.throws(() => reader.bytesAt(0xffff_fff0, 0x20), TruncatedError);
    assert.equal(reader.position, 3);
    assert.equal(reader.length, 8);
  });

  it('keeps a sub-reader inside its part', () => {
    const reader = new ByteReader(SAMPLE);
    const part = reader.sub(3);
    assert.equal(reader.position, 3);
    assert.equal(part.u16be(), 0x0102);
    assert.throws(() => part.u16be(), TruncatedError);
    assert.throws(() => part.end(), TrailingBytesError);
    assert.equal(part.peekU8(), 3);
    part.skip(1);
    part.end();
  });

  it('gives plain views, of a Buffer too', () => {
    const buffer = Buffer.from([9, ...SAMPLE]).subarray(1);
    const view = new ByteReader(buffer).bytes(8);
    assert.equal(Object.getPrototypeOf(view), Uint8Array.prototype);
    assert.deepEqual(view, SAMPLE);
    buffer[0] = 0xff;
    assert.equal(view[0], 0xff);
  });

  it('throws errors of one family, with names', () => {
    for (const [kind, name] of [
      [TruncatedError, 'TruncatedError'],
      [TrailingBytesError, 'TrailingBytesError'],
    ] as const) {
      const error = new kind('why');
      assert.ok(error instanceof MalformedBytesError);
      assert.equal(`${error}`, `${name}: why`);
    }
  });
});

describe('ByteWriter', () => {
  it('fills what was reserved', () => {
    const writer = new ByteWriter(1);
    const length = writer.reserve(4);
    const kind = writer.u8(0xaa).reserve(2);
    writer.bytes(SAMPLE).u16le(0x1234);
    writer.setU32be(length, writer.length - 4);
    writer.setU16be(kind, 0x0102);
    writer.setBytes(7, Uint8Array.of(0xf0, 0xf1));
    writer.setU8(9, 0xf2);
    assert.equal(Buffer.from(writer.toBytes()).toString('hex'), '0000000daa0102f0f1f204050607083412');
    writer.setU32le(0, 0x01020304);
    writer.setU16le(4, 0xbbcc);
    assert.equal(Buffer.from(writer.view().subarray(0, 6)).toString('hex'), '04030201ccbb');
  });

  it('refuses to write where nothing was reserved', () => {
    const writer = new ByteWriter();
    writer.reserve(4);
    assert.throws(() => writer.setU32le(1, 0), RangeError);
    assert.throws(() => writer.setU16be(-1, 0), RangeError);
    assert.throws(() => writer.setBytes(3, SAMPLE), RangeError);
    assert.throws(() => writer.setU8(Number.NaN, 0), RangeError);
  });

  it('refuses values that do not fit', () => {
    const writer = new ByteWriter();
    for (const value of [-1, 0.5, Number.NaN, 2 ** 32]) {
      for (const [name] of INTEGERS) assert.throws(() => writer[name](value), RangeError);
    }
    assert.throws(() => writer.u8(0x100), RangeError);
    assert.throws(() => writer.u16le(0x1_0000), RangeError);
    assert.throws(() => writer.u16be(0x1_0000), RangeError);
    for (const name of BIG_INTEGERS) {
      assert.throws(() => writer[name](-1n), RangeError);
      assert.throws(() => writer[name](2n ** 64n), RangeError);
    }
  });

  it('gives a copy that later writes leave alone', () => {
    const writer = new ByteWriter(8);
    const before = writer.u32be(1).toBytes();
    writer.setU32be(0, 2);
    assert.deepEqual(before, Uint8Array.of(0, 0, 0, 1));
  });
});

function readAll(bytes: Uint8Array, fields: readonly Field[]): void {
  const reader = new ByteReader(bytes);
  for (const { check } of fields) check(reader);
  reader.end();
}
