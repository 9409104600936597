import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Rc4 } from '#dist/engine/crypto/weak/rc4.js';
import { readVectors } from '../../vectors/read-vectors.js';

interface Vector {
  readonly key: string;
  readonly stream: readonly { readonly offset: number; readonly bytes: string }[];
}

const { source, vectors } = readVectors<{ source: string; vectors: Vector[] }>('rc4');

const STREAM_LENGTH = 4096 + 16;
const KEY = Uint8Array.of(1, 2, 3, 4, 5);

describe('Rc4', () => {
  it('has a vector of every key length in every form', () => assert.equal(vectors.length, 14));

  for (const { key, stream } of vectors) {
    it(`key ${key} (${source})`, () => {
      const atOnce = new Rc4(Buffer.from(key, 'hex')).process(new Uint8Array(STREAM_LENGTH));
      const cipher = new Rc4(Buffer.from(key, 'hex'));
      let position = 0;
      assert.equal(stream.length, 18);
      for (const { offset, bytes } of stream) {
        assert.equal(hex(atOnce.subarray(offset, offset + 16)), bytes, `at ${offset}`);
        cipher.process(new Uint8Array(offset - position));
        assert.equal(hex(cipher.process(new Uint8Array(16))), bytes, `at ${offset}, in pieces`);
        position = offset + 16;
      }
    });
  }

  it('gives the same stream however it is cut', () => {
    const whole = keyStream(KEY, 20_000);
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(40), fc.nat(600), fc.nat(5000)), { maxLength: 6 }), lengths => {
        const cipher = new Rc4(KEY);
        let at = 0;
        for (const length of lengths) {
          const end = Math.min(at + length, whole.length);
          const part = cipher.process(new Uint8Array(end - at));
          assert.ok(Buffer.from(part).equals(whole.subarray(at, end)));
          at = end;
        }
      }),
    );
  });

  it('decrypts what it encrypted, in place or not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 256 }), fc.uint8Array({ maxLength: 1000 }), (key, data) => {
        const encrypted = new Rc4(key).process(data);
        const inPlace = data.slice();
        assert.equal(new Rc4(key).process(inPlace, inPlace), inPlace);
        assert.deepEqual(inPlace, encrypted);
        assert.deepEqual(new Rc4(key).process(encrypted), data);
      }),
    );
    const long = new Uint8Array(10_000).fill(9);
    const encrypted = new Rc4(KEY).process(long);
    new Rc4(KEY).process(long, long);
    assert.deepEqual(long, encrypted);
  });

  it('writes no further than the input is long', () => {
    for (const length of [0, 5, 300, 5000]) {
      const output = new Uint8Array(length + 8).fill(0xee);
      new Rc4(KEY).process(new Uint8Array(length), output);
      assert.deepEqual(output.subarray(length), new Uint8Array(8).fill(0xee));
      assert.ok(Buffer.from(output.subarray(0, length)).equals(keyStream(KEY, length)));
    }
    assert.throws(() => new Rc4(KEY).process(new Uint8Array(2), new Uint8Array(1)), RangeError);
  });

  it('keeps two ciphers apart', () => {
    const [first, second] = [new Rc4(KEY), new Rc4(Uint8Array.of(9, 9))];
    const interleaved = [first, second, first, second].map(cipher => hex(cipher.process(new Uint8Array(300))));
    assert.equal(`${interleaved[0]}${interleaved[2]}`, hex(keyStream(KEY, 600)));
    assert.equal(`${interleaved[1]}${interleaved[3]}`, hex(keyStream(Uint8Array.of(9, 9), 600)));
  });

  it('goes back to a saved place, as often as asked', () => {
    const cipher = new Rc4(KEY);
    cipher.process(new Uint8Array(7));
    const saved = cipher.clone();
    const next = hex(cipher.process(new Uint8Array(100)));
    cipher.restore(saved);
    assert.equal(hex(cipher.process(new Uint8Array(100))), next);
    cipher.restore(saved);
    assert.equal(hex(cipher.process(new Uint8Array(100))), next);
    assert.equal(hex(saved.process(new Uint8Array(100))), next);
  });

  it('takes keys of 1 to 256 bytes', () => {
    assert.throws(() => new Rc4(new Uint8Array(0)), RangeError);
    assert.throws(() => new Rc4(new Uint8Array(257)), RangeError);
    for (const length of [1, 256]) {
      const key = Uint8Array.from({ length }, (_, i) => i);
      assert.equal(hex(new Rc4(key).process(new Uint8Array(32))), hex(keyStream(key, 32)));
    }
  });

  it('throws after it was wiped, and cannot be brought back', () => {
    const cipher = new Rc4(KEY);
    const saved = cipher.clone();
    cipher[Symbol.dispose]();
    assert.throws(() => cipher.process(new Uint8Array(1)), /wiped/);
    assert.throws(() => cipher.clone(), /wiped/);
    assert.throws(() => cipher.restore(saved), /wiped/);
    assert.throws(() => saved.restore(cipher), /wiped/);
    assert.equal(hex(saved.process(new Uint8Array(5))), hex(keyStream(KEY, 5)));
  });
});

/** RC4 as its description goes, one byte at a time. */
function keyStream(key: Uint8Array, length: number): Buffer {
  const s = Array.from({ length: 256 }, (_, n) => n);
  const swap = (a: number, b: number): void => {
    [s[a], s[b]] = [s[b]!, s[a]!];
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + s[i]! + key[i % key.length]!) % 256;
    swap(i, j);
  }
  const stream = Buffer.alloc(length);
  for (let n = 0, i = 0, j = 0; n < length; n++) {
    i = (i + 1) % 256;
    j = (j + s[i]!) % 256;
    swap(i, j);
    stream[n] = s[(s[i]! + s[j]!) % 256]!;
  }
  return stream;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
