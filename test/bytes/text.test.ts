import assert from 'node:assert/strict';
import fc from 'fast-check';
import { InvalidEncodingError } from '#dist/bytes/errors.js';
import {
  decodeLatin1,
  decodeUtf8,
  decodeUtf16le,
  encodeLatin1,
  encodeUtf8,
  encodeUtf16le,
  fitsLatin1,
} from '#dist/bytes/text.js';

const anyText = fc.string({ unit: 'binary' });
const anyUnits = fc.array(fc.nat(0xffff)).map(units => String.fromCharCode(...units));

describe('text', () => {
  it('UTF-8 goes there and back', () => {
    fc.assert(fc.property(anyText, text => assert.equal(decodeUtf8(encodeUtf8(text)), text)));
  });

  it('any bytes either are UTF-8, and come back as they were, or are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), bytes => {
        let text: string;
        try {
          text = decodeUtf8(bytes);
        } catch (error) {
          assert.ok(error instanceof InvalidEncodingError);
          return;
        }
        assert.deepEqual(encodeUtf8(text), bytes);
      }),
      { numRuns: 2000 },
    );
  });

  for (const [what, hex] of [
    ['a lone continuation byte', '80'],
    ['an overlong slash', 'c0af'],
    ['an overlong NUL in three bytes', 'e08080'],
    ['a surrogate', 'eda080'],
    ['more than U+10FFFF', 'f4908080'],
    ['a cut sequence', 'e282'],
    ['a sequence cut by ASCII', 'c328'],
    ['the byte FF', 'ff'],
  ]) {
    it(`refuses as UTF-8: ${what}`, () => {
      assert.throws(() => decodeUtf8(Buffer.from(hex!, 'hex')), InvalidEncodingError);
    });
  }

  it('keeps a byte order mark, so that different bytes never are equal text', () => {
    assert.equal(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), '\ufeffa');
  });

  it('refuses to encode a lone surrogate in UTF-8', () => {
    for (const text of ['\ud800', 'a\udc00b', '\udc00\ud800', '\ud83d']) {
      assert.throws(() => encodeUtf8(text), InvalidEncodingError);
    }
    assert.deepEqual(encodeUtf8('\ud83d\ude00'), Uint8Array.of(0xf0, 0x9f, 0x98, 0x80));
  });

  it('ISO-8859-1 goes there and back for all bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        const text = decodeLatin1(bytes);
        assert.equal(text.length, bytes.length);
        assert.ok(fitsLatin1(text));
        assert.deepEqual(encodeLatin1(text), bytes);
      }),
    );
  });

  it('refuses what ISO-8859-1 has not', () => {
    for (const text of ['\u0100', 'caf\u00e9\u0141', '\u20ac']) {
      assert.equal(fitsLatin1(text), false);
      assert.throws(() => encodeLatin1(text), InvalidEncodingError);
    }
  });

  it('UTF-16LE keeps every code unit', () => {
    fc.assert(fc.property(anyUnits, text => assert.equal(decodeUtf16le(encodeUtf16le(text)), text)));
    assert.deepEqual(encodeUtf16le('A\u20ac'), Uint8Array.of(0x41, 0, 0xac, 0x20));
  });

  it('refuses an odd number of bytes as UTF-16', () => {
    assert.throws(() => decodeUtf16le(Uint8Array.of(0x41, 0, 0x42)), InvalidEncodingError);
  });

  it('reads a part of a larger memory', () => {
    const all = encodeUtf8('xxhelloxx');
    const part = all.subarray(2, 7);
    assert.equal(decodeUtf8(part), 'hello');
    assert.equal(decodeLatin1(part), 'hello');
    assert.equal(decodeUtf16le(encodeUtf16le('xhiy').subarray(2, 6)), 'hi');
  });
});
