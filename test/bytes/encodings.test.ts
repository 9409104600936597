import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeBase64, encodeBase64 } from '#dist/bytes/base64.js';
import { concatBytes } from '#dist/bytes/concat.js';
import { constantTimeEqual } from '#dist/bytes/equal.js';
import { InvalidEncodingError } from '#dist/bytes/errors.js';
import { decodeHex, encodeHex } from '#dist/bytes/hex.js';

describe('hex', () => {
  it('goes there and back, in either case', () => {
    fc.assert(
      fc.property(fc.uint8Array(), bytes => {
        const text = encodeHex(bytes);
        assert.match(text, /^(?:[0-9a-f]{2})*$/);
        assert.deepEqual(decodeHex(text), bytes);
        assert.deepEqual(decodeHex(text.toUpperCase()), bytes);
      }),
    );
  });

  it('refuses an odd count and every character that is not a digit', () => {
    assert.throws(() => decodeHex('abc'), InvalidEncodingError);
    for (let code = 0; code < 0x200; code++) {
      const character = String.fromCharCode(code);
      if (/[0-9a-fA-F]/.test(character)) continue;
      assert.throws(() => decodeHex(`0${character}`), InvalidEncodingError);
      assert.throws(() => decodeHex(`${character}0`), InvalidEncodingError);
    }
  });
});

describe('base64', () => {
  // RFC 4648 section 10.
  for (const [plain, encoded] of [
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ] as const) {
    it(`of "${plain}" is "${encoded}"`, () => {
      assert.equal(encodeBase64(Buffer.from(plain)), encoded);
      assert.equal(Buffer.from(decodeBase64(encoded)).toString(), plain);
    });
  }

  it('goes there and back, and no strict prefix of a text means the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), bytes => {
        const text = encodeBase64(bytes);
        const decoded = decodeBase64(text);
        assert.deepEqual(decoded, bytes);
        assert.equal(Object.getPrototypeOf(decoded), Uint8Array.prototype);
        for (let length = 0; length < text.length; length++) {
          const prefix = text.slice(0, length);
          if (length % 4 === 0) assert.ok(decodeBase64(prefix).length < bytes.length);
          else assert.throws(() => decodeBase64(prefix), InvalidEncodingError);
        }
      }),
    );
  });

  for (const text of [
    'Zg',
    'Zg=',
    'Zg===',
    'Zg==Zg==',
    'Zm9=',
    'Zh==',
    '=',
    '====',
    'Zm9v\n',
    ' Zm9v',
    'Zm 9v',
    'Zm9v\0',
    'Zm-_',
    'Zm9vé===',
    'Zm9\u0176',
    'Zm9\uff41',
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => decodeBase64(text), InvalidEncodingError);
    });
  }

  it('takes any text either as the one encoding of some bytes or not at all', () => {
    const nearly = fc.string({ unit: fc.constantFrom(...'AZaz09+/=-_ \n') });
    fc.assert(
      fc.property(nearly, text => {
        let bytes: Uint8Array;
        try {
          bytes = decodeBase64(text);
        } catch (error) {
          assert.ok(error instanceof InvalidEncodingError);
          return;
        }
        assert.equal(encodeBase64(bytes), text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('constantTimeEqual', () => {
  it('is true for equal bytes only', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        assert.equal(constantTimeEqual(a, b), Buffer.compare(a, b) === 0);
        assert.equal(constantTimeEqual(a, a.slice()), true);
      }),
    );
  });

  it('sees a difference of one bit anywhere, and of length', () => {
    const secret = Uint8Array.from({ length: 16 }, (_, i) => i * 17);
    for (let bit = 0; bit < 128; bit++) {
      const other = secret.slice();
      other[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(constantTimeEqual(secret, other), false);
    }
    assert.equal(constantTimeEqual(secret, secret.subarray(0, 15)), false);
    assert.equal(constantTimeEqual(new Uint8Array(), secret), false);
  });
});

describe('concatBytes', () => {
  it('joins into memory of its own', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), parts => {
        assert.deepEqual(concatBytes(...parts), new Uint8Array(Buffer.concat(parts)));
      }),
    );
    const part = Uint8Array.of(1);
    const joined = concatBytes(part);
    part[0] = 2;
    assert.deepEqual(joined, Uint8Array.of(1));
  });
});
