import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { InvalidEncodingError } from '#dist/bytes/errors.js';
import { hashHex, hashHexLatin1 } from '#dist/engine/crypto/hash.js';

const NAMES = ['md5', 'sha256', 'sha512-256'] as const;

/** FIPS 180-4, examples for "abc", and RFC 1321 appendix A.5. */
const ABC = {
  md5: '900150983cd24fb0d6963f7d28e17f72',
  sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  'sha512-256': '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23',
} as const;

describe('hash', () => {
  for (const name of NAMES) {
    it(`${name} of "abc"`, () => {
      assert.equal(hashHex(name, 'abc'), ABC[name]);
      assert.equal(hashHex(name, Buffer.from('abc')), ABC[name]);
      assert.equal(hashHexLatin1(name, 'abc'), ABC[name]);
    });

    it(`${name} takes text as UTF-8 or as ISO-8859-1`, () => {
      fc.assert(
        fc.property(fc.string({ unit: fc.nat(0xff).map(code => String.fromCharCode(code)) }), text => {
          const expected = (encoding: 'utf8' | 'latin1'): string =>
            createHash(name).update(Buffer.from(text, encoding)).digest('hex');
          assert.equal(hashHex(name, text), expected('utf8'));
          assert.equal(hashHexLatin1(name, text), expected('latin1'));
        }),
      );
      assert.throws(() => hashHexLatin1(name, 'Ł'), InvalidEncodingError);
    });
  }
});
