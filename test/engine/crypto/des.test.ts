import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { MalformedBytesError, TruncatedError } from '#dist/bytes/errors.js';
import { DesCbc, desEncryptBlock, expandDesKey } from '#dist/engine/crypto/weak/des.js';
import { readVectors } from '../../vectors/read-vectors.js';

interface DesVectors {
  readonly variablePlaintext: {
    readonly source: string;
    readonly key: string;
    readonly vectors: readonly { readonly plaintext: string; readonly ciphertext: string }[];
  };
  readonly variableKey: {
    readonly source: string;
    readonly plaintext: string;
    readonly vectors: readonly { readonly key: string; readonly ciphertext: string }[];
  };
  readonly recurrence: { readonly source: string; readonly first: string; readonly sixteenth: string };
  readonly cbc: {
    readonly vectors: readonly {
      readonly source: string;
      readonly key: string;
      readonly iv: string;
      readonly plaintext: string;
      readonly ciphertext: string;
    }[];
  };
  readonly expandedKeys: {
    readonly source: string;
    readonly plaintext: string;
    readonly vectors: readonly { readonly key: string; readonly ciphertext: string }[];
  };
}

const vectors = readVectors<DesVectors>('des');
const ZERO_IV = new Uint8Array(8);

describe('DES', () => {
  it(`encrypts the 64 plaintexts of ${vectors.variablePlaintext.source}`, () => {
    const { key, vectors: rows } = vectors.variablePlaintext;
    assert.equal(rows.length, 64);
    for (const { plaintext, ciphertext } of rows) {
      assert.equal(hex(desEncryptBlock(fromHex(key), fromHex(plaintext))), ciphertext);
    }
  });

  it(`encrypts under the 56 keys of ${vectors.variableKey.source}`, () => {
    const { plaintext, vectors: rows } = vectors.variableKey;
    assert.equal(rows.length, 56);
    for (const { key, ciphertext } of rows) {
      assert.equal(hex(desEncryptBlock(fromHex(key), fromHex(plaintext))), ciphertext);
    }
  });

  it(`walks the recurrence of ${vectors.recurrence.source}`, () => {
    let x = fromHex(vectors.recurrence.first);
    for (let i = 0; i < 16; i++) {
      x = i % 2 === 0 ? desEncryptBlock(x, x) : DesCbc.decryptor(x, ZERO_IV).process(x);
    }
    assert.equal(hex(x), vectors.recurrence.sixteenth);
  });

  it('takes a block of 8 bytes and a key of 8', () => {
    assert.throws(() => desEncryptBlock(new Uint8Array(7), ZERO_IV), RangeError);
    assert.throws(() => desEncryptBlock(new Uint8Array(16), ZERO_IV), RangeError);
    assert.throws(() => desEncryptBlock(ZERO_IV, new Uint8Array(16)), RangeError);
  });
});

describe('expandDesKey', () => {
  for (const { key, ciphertext } of vectors.expandedKeys.vectors) {
    it(`of ${key} (${vectors.expandedKeys.source})`, () => {
      const expanded = expandDesKey(fromHex(key));
      assert.equal(hex(desEncryptBlock(expanded, fromHex(vectors.expandedKeys.plaintext))), ciphertext);
    });
  }

  it('spreads 56 bits from the left over bytes of odd parity', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 7, maxLength: 7 }), key => {
        const expanded = expandDesKey(key);
        const bits = [...expanded].map(byte => byte.toString(2).padStart(8, '0'));
        for (const byte of bits) assert.equal(byte.replaceAll('0', '').length % 2, 1);
        const packed = bits.map(byte => byte.slice(0, 7)).join('');
        assert.equal(packed, [...key].map(byte => byte.toString(2).padStart(8, '0')).join(''));
      }),
    );
  });

  it('takes exactly 7 bytes', () => {
    for (const length of [0, 6, 8]) assert.throws(() => expandDesKey(new Uint8Array(length)), RangeError);
  });
});

describe('DesCbc', () => {
  for (const { source, key, iv, plaintext, ciphertext } of vectors.cbc.vectors) {
    it(source, () => {
      assert.equal(hex(DesCbc.encryptor(fromHex(key), fromHex(iv)).process(fromHex(plaintext))), ciphertext);
      assert.equal(hex(DesCbc.decryptor(fromHex(key), fromHex(iv)).process(fromHex(ciphertext))), plaintext);
    });
  }

  const blocks = fc.nat(6).chain(count => fc.uint8Array({ minLength: 8 * count, maxLength: 8 * count }));
  const key = fc.constantFrom(8, 16, 24).chain(length => fc.uint8Array({ minLength: length, maxLength: length }));
  const iv = fc.uint8Array({ minLength: 8, maxLength: 8 });

  it('chains messages: the IV of the next is the last ciphertext block', () => {
    fc.assert(
      fc.property(key, iv, fc.array(blocks, { maxLength: 4 }), (keyBytes, ivBytes, messages) => {
        const whole = DesCbc.encryptor(keyBytes, ivBytes).process(Buffer.concat(messages));
        const encryptor = DesCbc.encryptor(keyBytes, ivBytes);
        const decryptor = DesCbc.decryptor(keyBytes, ivBytes);
        let at = 0;
        for (const message of messages) {
          const encrypted = encryptor.process(message);
          assert.deepEqual(encrypted, whole.subarray(at, at + message.length));
          assert.deepEqual(decryptor.process(encrypted), message);
          at += message.length;
        }
      }),
    );
  });

  it('with two keys is OpenSSL’s own two-key triple DES', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), iv, blocks, (keyBytes, ivBytes, message) => {
        const expected = createCipheriv('des-ede-cbc', keyBytes, ivBytes).setAutoPadding(false).update(message);
        assert.equal(hex(DesCbc.encryptor(keyBytes, ivBytes).process(message)), expected.toString('hex'));
      }),
    );
  });

  it('refuses what is not whole blocks, and goes on as if nothing had been', () => {
    const cipher = DesCbc.decryptor(fromHex('0123456789abcdef'), ZERO_IV);
    const whole = DesCbc.decryptor(fromHex('0123456789abcdef'), ZERO_IV).process(new Uint8Array(16));
    const first = cipher.process(new Uint8Array(8));
    for (const length of [1, 7, 9, 15]) {
      assert.throws(() => cipher.process(new Uint8Array(length)), TruncatedError);
      assert.throws(() => cipher.process(new Uint8Array(length)), MalformedBytesError);
    }
    assert.equal(hex(first) + hex(cipher.process(new Uint8Array(8))), hex(whole));
  });

  it('refuses keys and vectors of other lengths', () => {
    for (const length of [0, 7, 9, 15, 17, 32]) {
      assert.throws(() => DesCbc.encryptor(new Uint8Array(length), ZERO_IV), RangeError);
      assert.throws(() => DesCbc.decryptor(new Uint8Array(length), ZERO_IV), RangeError);
    }
    for (const length of [0, 7, 16]) {
      assert.throws(() => DesCbc.encryptor(new Uint8Array(8), new Uint8Array(length)), RangeError);
    }
  });

  it('throws after it was wiped', () => {
    const cipher = DesCbc.encryptor(new Uint8Array(8), ZERO_IV);
    cipher.process(new Uint8Array(8));
    cipher[Symbol.dispose]();
    cipher.wipe();
    assert.throws(() => cipher.process(new Uint8Array(8)), /wiped/);
  });
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'));
}
