import assert from 'node:assert/strict';
import { decodeHex, encodeHex } from '#dist/bytes/hex.js';
import { encodeLatin1 } from '#dist/bytes/text.js';
import type { EncryptionType, KerberosKey } from '#dist/engine/kerberos/crypto/encryption-type.js';
import { encryptionType } from '#dist/engine/kerberos/crypto/encryption-types.js';
import { iterationParameters } from '#dist/engine/kerberos/crypto/iterations.js';
import { nFold } from '#dist/engine/kerberos/crypto/rfc3961/n-fold.js';
import { DERIVED, usageConstant } from '#dist/engine/kerberos/crypto/rfc3961/usage-constant.js';
import { AesCts } from '#dist/engine/kerberos/crypto/rfc3962/aes-cts.js';
import { deriveKeys, foldedUsage } from '#dist/engine/kerberos/crypto/rfc3962/derive-key.js';
import { combineKeys } from '#dist/engine/kerberos/crypto/rfc6113/cf2.js';
import { deriveSha2 } from '#dist/engine/kerberos/crypto/rfc8009/kdf.js';
import { readVectors } from '../../../vectors/read-vectors.js';

interface Vectors<T> {
  readonly cases: readonly T[];
}

interface KeyCase {
  readonly etype: number;
  readonly key: string;
}

const typeOf = ({ etype }: { readonly etype: number }): EncryptionType => {
  const type = encryptionType(etype);
  assert.ok(type, `encryption type ${etype}`);
  return type;
};
const keyOf = (vector: KeyCase): KerberosKey => typeOf(vector).key(decodeHex(vector.key));
const keyHex = (key: KerberosKey): string => key.value.use(encodeHex);

describe('Kerberos crypto: published vectors', () => {
  describe('n-fold', () => {
    const { cases } = readVectors<Vectors<{ bits: number; text: string; folded: string }>>('kerberos-n-fold');
    for (const { bits, text, folded } of cases) {
      it(`${bits}-fold of ${text}`, () => assert.equal(encodeHex(nFold(encodeLatin1(text), bits / 8)), folded));
    }
  });

  describe('string-to-key', () => {
    interface Case extends KeyCase {
      readonly password: string;
      readonly salt: string;
      readonly iterations?: number;
    }
    for (const vector of readVectors<Vectors<Case>>('kerberos-string-to-key').cases) {
      const { password, salt, iterations } = vector;
      it(`${typeOf(vector).name}, ${iterations} iterations, ${password.slice(0, 12)}`, async () => {
        const parameters = iterations === undefined ? undefined : iterationParameters(iterations);
        const key = await typeOf(vector).stringToKey(password, decodeHex(salt), parameters);
        assert.equal(keyHex(key), vector.key);
      });
    }
  });

  describe('AES with ciphertext stealing', () => {
    interface Cts extends Vectors<{ length: number; ciphertext: string }> {
      readonly key: string;
      readonly text: string;
    }
    const { key, text, cases } = readVectors<Cts>('kerberos-aes-cts');
    // One object for all: what one message leaves behind must not show in the next.
    const cipher = new AesCts(decodeHex(key));
    for (const { length, ciphertext } of cases) {
      it(`${length} bytes`, () => {
        const padded = new Uint8Array(Math.ceil(length / 16) * 16);
        padded.set(encodeLatin1(text.slice(0, length)));
        const out = cipher.encrypt(padded, length).subarray(0, length);
        assert.equal(encodeHex(out), ciphertext);
        assert.deepEqual(cipher.decrypt(out), encodeLatin1(text.slice(0, length)));
      });
    }
  });

  describe('derived keys', () => {
    interface Case extends KeyCase {
      readonly usage: number;
      readonly checksumKey: string;
      readonly encryptionKey: string;
      readonly integrityKey: string;
    }
    for (const vector of readVectors<Vectors<Case>>('kerberos-derived-keys').cases) {
      it(typeOf(vector).name, () => {
        const base = decodeHex(vector.key);
        const wanted = [vector.checksumKey, vector.encryptionKey, vector.integrityKey];
        const purposes = [DERIVED.CHECKSUM, DERIVED.ENCRYPTION, DERIVED.INTEGRITY];
        const derived = purposes.map((purpose, index) => {
          if (vector.etype < 19) return deriveKeys(base, [foldedUsage(vector.usage, purpose)])[0]!;
          const digest = vector.etype === 19 ? 'sha256' : 'sha384';
          return deriveSha2(digest, base, usageConstant(vector.usage, purpose), wanted[index]!.length / 2);
        });
        assert.deepEqual(derived.map(encodeHex), wanted);
      });
    }
  });

  describe('encryption', () => {
    interface Case extends KeyCase {
      readonly usage: number;
      readonly confounder: string;
      readonly plaintext: string;
      readonly ciphertext: string;
    }
    for (const vector of readVectors<Vectors<Case>>('kerberos-encryption').cases) {
      const { usage, confounder, plaintext, ciphertext } = vector;
      it(`${typeOf(vector).name}, usage ${usage}, ${plaintext.length / 2} bytes`, () => {
        const key = keyOf(vector);
        const encrypted = key.encrypt(usage, decodeHex(confounder), decodeHex(plaintext));
        assert.equal(encodeHex(encrypted), ciphertext);
        assert.equal(encodeHex(key.decrypt(usage, decodeHex(ciphertext))), plaintext);
      });
    }
  });

  describe('checksums', () => {
    interface Case extends KeyCase {
      readonly type: number;
      readonly usage: number;
      readonly data: string;
      readonly checksum: string;
    }
    for (const vector of readVectors<Vectors<Case>>('kerberos-checksum').cases) {
      it(typeOf(vector).name, () => {
        const key = keyOf(vector);
        const data = decodeHex(vector.data);
        assert.equal(key.type.checksumType, vector.type);
        assert.equal(encodeHex(key.checksum(vector.usage, data)), vector.checksum);
        assert.equal(encodeHex(key.checksum(vector.usage, data.subarray(0, 3), data.subarray(3))), vector.checksum);
        assert.equal(key.verifyChecksum(vector.usage, decodeHex(vector.checksum), data), true);
        assert.equal(key.verifyChecksum(vector.usage + 1, decodeHex(vector.checksum), data), false);
      });
    }
  });

  describe('pseudo-random function', () => {
    interface Case extends KeyCase {
      readonly input: string;
      readonly output: string;
    }
    for (const vector of readVectors<Vectors<Case>>('kerberos-prf').cases) {
      it(typeOf(vector).name, () => {
        assert.equal(encodeHex(keyOf(vector).prf(decodeHex(vector.input))), vector.output);
      });
    }
  });

  describe('KRB-FX-CF2', () => {
    for (const vector of readVectors<Vectors<KeyCase>>('kerberos-cf2').cases) {
      it(typeOf(vector).name, async () => {
        const stringToKey = (text: string): Promise<KerberosKey> =>
          typeOf(vector).stringToKey(text, encodeLatin1(text));
        const combined = combineKeys(await stringToKey('key1'), await stringToKey('key2'), 'a', 'b');
        assert.equal(keyHex(combined), vector.key);
      });
    }
  });
});
