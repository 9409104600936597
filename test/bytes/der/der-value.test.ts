import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { DerReader } from '#dist/bytes/der/der-reader.js';
import {
  type DerValue,
  derBitString,
  derBoolean,
  derElement,
  derEncoded,
  derEnumerated,
  derField,
  derGeneralizedTime,
  derGeneralString,
  derInteger,
  derNull,
  derObjectIdentifier,
  derOctetString,
  derSequence,
  derUtf8String,
  encodeDer,
} from '#dist/bytes/der/der-value.js';
import { applicationTag, contextTag } from '#dist/bytes/der/tags.js';
import { MalformedBytesError } from '#dist/bytes/errors.js';
import { encodeHex } from '#dist/bytes/hex.js';

const hex = (value: DerValue): string => encodeHex(encodeDer(value));

const bytes = fc.uint8Array({ maxLength: 300 });
const arc = fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }));
const oid = fc
  .tuple(fc.constantFrom(0, 1, 2), fc.nat(39), fc.array(arc, { maxLength: 3 }))
  .map(([first, second, rest]) => [first, second, ...rest].join('.'));
const bitString = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 8 }), fc.nat(7)).map(([bits, unusedBits]) => {
  bits[bits.length - 1]! &= 0xff << unusedBits;
  return { bytes: Uint8Array.from(bits), unusedBits };
});

/** For each type: values, how they are written, and how they are read. */
const TYPES: Readonly<
  Record<string, [fc.Arbitrary<never>, (value: never) => DerValue, (reader: DerReader) => unknown]>
> = {
  BOOLEAN: [fc.boolean() as never, derBoolean, reader => reader.boolean()],
  'INTEGER of 32 bits': [
    fc.integer({ min: -0x80000000, max: 0xffffffff }) as never,
    derInteger,
    reader => reader.integer(),
  ],
  INTEGER: [fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }) as never, derInteger, reader => reader.bigInteger()],
  ENUMERATED: [fc.nat(1000) as never, derEnumerated, reader => reader.enumerated()],
  'OBJECT IDENTIFIER': [oid as never, derObjectIdentifier, reader => reader.objectIdentifier()],
  'OCTET STRING': [bytes as never, derOctetString, reader => Uint8Array.from(reader.octetString())],
  'BIT STRING': [bitString as never, derBitString, reader => reader.bitString()],
  GeneralString: [fc.string({ unit: 'grapheme' }) as never, derGeneralString, reader => reader.generalString()],
  UTF8String: [fc.string({ unit: 'grapheme' }) as never, derUtf8String, reader => reader.utf8String()],
  GeneralizedTime: [
    fc.integer({ min: 0, max: 253402300799 }).map(seconds => seconds * 1000) as never,
    derGeneralizedTime,
    reader => reader.generalizedTime(),
  ],
};

describe('DER writer', () => {
  for (const [type, [values, write, read]] of Object.entries(TYPES)) {
    it(`${type}: what is written is read, and no strict prefix of it`, () => {
      fc.assert(
        fc.property(values, value => {
          const encoding = encodeDer(write(value));
          const reader = new DerReader(encoding);
          assert.deepEqual(read(reader), value);
          reader.end();
          for (let length = 0; length < encoding.length; length++) {
            assert.throws(() => read(new DerReader(encoding.subarray(0, length))), MalformedBytesError);
          }
        }),
        { numRuns: 200 },
      );
    });
  }

  it('knows the lengths of what is in it, on both sides of 128 and 65,536', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65535, 65536]) {
      const content = new Uint8Array(length).fill(0xaa);
      const encoding = encodeDer(derSequence(derField(0, derOctetString(content)), derNull()));
      const reader = new DerReader(encoding);
      const read = reader.sequence(fields => {
        const value = fields.field(0, field => field.octetString());
        fields.null();
        return value;
      });
      assert.deepEqual(read, content);
      reader.end();
    }
  });

  it('leaves out what is undefined', () => {
    assert.equal(hex(derSequence(undefined, derField(1, undefined), derInteger(5))), '3003020105');
  });

  it('has tags of its own kinds', () => {
    assert.equal(hex(derElement(applicationTag(0), derNull())), '60020500');
    assert.equal(hex(derField(3, derNull())), 'a3020500');
    assert.throws(() => contextTag(31), RangeError);
    assert.throws(() => contextTag(-1), RangeError);
    assert.throws(() => applicationTag(1.5), RangeError);
  });

  it('refuses values that have no encoding', () => {
    for (const text of ['', '1', '3.1', '1.40', '1.2.', '1.02', '1.-1', '1.x', '0x1.2']) {
      assert.throws(() => derObjectIdentifier(text), RangeError, text);
    }
    assert.throws(() => derInteger(1.5), RangeError);
    assert.throws(() => derInteger(2 ** 53), RangeError);
    assert.throws(() => derGeneralizedTime(Date.UTC(10000, 0, 1)), RangeError);
    assert.throws(() => derGeneralizedTime(Number.NaN), RangeError);
  });

  it('makes a key that OpenSSL takes', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const point = Buffer.concat([Uint8Array.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    const algorithm = derSequence(derObjectIdentifier('1.2.840.10045.2.1'), derObjectIdentifier('1.2.840.10045.3.1.7'));
    const key = encodeDer(derSequence(algorithm, derBitString({ bytes: Uint8Array.from(point), unusedBits: 0 })));
    const read = createPublicKey({ key: Buffer.from(key), format: 'der', type: 'spki' });
    assert.ok(read.equals(publicKey));
  });

  it('puts in encodings as they are', () => {
    assert.equal(hex(derSequence(derEncoded(Uint8Array.of(0x05, 0x00)))), '30020500');
  });
});
