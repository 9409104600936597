import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { InvalidEncodingError } from '#dist/bytes/errors.js';
import { type HashInput, md5, md5Hex } from '#dist/engine/crypto/weak/md5.js';
import { MESSAGE_CAPACITY, message } from '#dist/engine/crypto/weak/md5-block.js';
import { readVectors } from '../../vectors/read-vectors.js';

const { source, vectors } = readVectors<{ source: string; vectors: { text: string; digest: string }[] }>('md5');

/** Lengths round a block, round where OpenSSL takes over, and round the end of the scratch memory. */
const LENGTHS = [
  ...Array.from({ length: 260 }, (_, i) => i),
  ...[1536, 2048, MESSAGE_CAPACITY - 64, MESSAGE_CAPACITY, 2 * MESSAGE_CAPACITY].flatMap(n => [n - 1, n, n + 1]),
  100_000,
];

const latin1Text = fc.string({ unit: fc.nat(0xff).map(code => String.fromCharCode(code)), maxLength: 150 });
const hashInput: fc.Arbitrary<HashInput> = fc.oneof(
  latin1Text,
  fc.uint8Array({ maxLength: 150 }),
  fc.uint8Array({ maxLength: 150 }).map(bytes => Buffer.from(bytes)),
);

describe('md5', () => {
  for (const { text, digest } of vectors) {
    it(`"${text}" (${source})`, () => {
      assert.equal(md5Hex(text), digest);
      assert.equal(md5Hex(Buffer.from(text)), digest);
      assert.deepEqual(md5(text), new Uint8Array(Buffer.from(digest, 'hex')));
    });
  }

  it('agrees with OpenSSL on any parts of bytes and text', () => {
    fc.assert(
      fc.property(fc.array(hashInput, { maxLength: 8 }), parts => {
        const expected = byOpenssl(parts);
        assert.equal(md5Hex(...parts), expected);
        assert.equal(Buffer.from(md5(...parts)).toString('hex'), expected);
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with OpenSSL at every length where it does something else', () => {
    for (const length of LENGTHS) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 31 + (i >> 8));
      const text = Buffer.from(bytes).toString('latin1');
      const expected = byOpenssl([bytes]);
      const third = Math.floor(length / 3);
      assert.equal(md5Hex(bytes), expected, `${length} bytes`);
      assert.equal(md5Hex(text), expected, `${length} characters`);
      assert.equal(md5Hex(bytes.subarray(0, third), text.slice(third)), expected, `${length} in two parts`);
    }
  });

  it('refuses text that is not ISO-8859-1, wherever the character stands', () => {
    for (const length of [1, 10, 48, 49, 100, 5000, 2 * MESSAGE_CAPACITY]) {
      for (const place of [0, length >> 1, length - 1]) {
        const text = `${'a'.repeat(place)}\u0141${'a'.repeat(length - place - 1)}`;
        assert.throws(() => md5(text), InvalidEncodingError);
        assert.throws(() => md5Hex('before', text, 'after'), InvalidEncodingError);
      }
    }
    assert.equal(md5Hex('after'), byOpenssl(['after']));
  });

  it('leaves nothing of its input behind', () => {
    const secret = 'correct horse battery staple';
    for (const parts of [
      [secret],
      [secret.repeat(3)],
      [Buffer.from(secret)],
      [Buffer.from(secret.repeat(100))],
      [Buffer.from(secret.repeat(3000))],
      [secret, '\u0141'],
      [secret, 'b'.repeat(100), '\u0141'.repeat(100)],
    ]) {
      try {
        md5(...parts);
      } catch (error) {
        assert.ok(error instanceof InvalidEncodingError);
      }
      assert.ok(message.every(byte => byte === 0));
    }
  });

  it('gives every caller a digest of its own', () => {
    const first = md5('a');
    const copy = first.slice();
    md5('b');
    md5Hex('c');
    assert.deepEqual(first, copy);
  });
});

function byOpenssl(parts: readonly HashInput[]): string {
  const hash = createHash('md5');
  for (const part of parts) hash.update(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
  return hash.digest('hex');
}
