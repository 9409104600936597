import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { concatBytes } from '#dist/bytes/concat.js';
import { encodeHex } from '#dist/bytes/hex.js';
import type { EncryptionType } from '#dist/engine/kerberos/crypto/encryption-type.js';
import { overhead } from '#dist/engine/kerberos/crypto/encryption-type.js';
import {
  ENCRYPTION_TYPES,
  encryptionType,
  encryptionTypeByName,
  encryptionTypeName,
} from '#dist/engine/kerberos/crypto/encryption-types.js';
import { DecryptionError } from '#dist/engine/kerberos/crypto/errors.js';
import { Hmac, type HmacDigest } from '#dist/engine/kerberos/crypto/hmac.js';
import { iterationParameters, MOST_ITERATIONS } from '#dist/engine/kerberos/crypto/iterations.js';
import { HmacSha1 } from '#dist/engine/kerberos/crypto/rfc3962/hmac-sha1.js';
import { PackageError } from '#dist/engine/package-error.js';
import { SEC_E } from '#dist/sspi/status.js';

const confounder = (type: EncryptionType): Uint8Array => randomBytes(type.confounderLength);
const refused = (read: () => unknown): void => assert.throws(read, DecryptionError);

describe('Kerberos crypto: keys', () => {
  for (const type of ENCRYPTION_TYPES) {
    describe(type.name, () => {
      const key = type.key(randomBytes(type.keyLength));

      it('opens what it has encrypted, of every length, one message after another', () => {
        for (let length = 0; length <= 200; length++) {
          const text = new Uint8Array(randomBytes(length));
          const encrypted = key.encrypt(2, confounder(type), text);
          assert.equal(encrypted.length, length + overhead(type));
          assert.deepEqual(key.decrypt(2, encrypted), text);
        }
        const long = new Uint8Array(randomBytes(70_001));
        assert.deepEqual(key.decrypt(3, key.encrypt(3, confounder(type), long)), long);
      });

      it('encrypts as a new key does, whatever it did before', () => {
        const again = type.key(key.value.use(bytes => Uint8Array.from(bytes)));
        for (const length of [0, 1, 16, 17, 40]) {
          const random = confounder(type);
          const text = randomBytes(length);
          assert.deepEqual(key.encrypt(5, random, text), again.encrypt(5, random, text));
          again.decrypt(5, key.encrypt(5, random, randomBytes(33)));
        }
      });

      it('joins parts', () => {
        const random = confounder(type);
        const parts = [randomBytes(5), randomBytes(0), randomBytes(30)];
        assert.deepEqual(key.encrypt(7, random, parts), key.encrypt(7, random, concatBytes(...parts)));
      });

      it('refuses every bit that is flipped, and every prefix', () => {
        const encrypted = key.encrypt(9, confounder(type), randomBytes(21));
        for (let bit = 0; bit < encrypted.length * 8; bit++) {
          const altered = Uint8Array.from(encrypted);
          altered[bit >> 3]! ^= 1 << (bit & 7);
          refused(() => key.decrypt(9, altered));
        }
        for (let length = 0; length < encrypted.length; length++) {
          refused(() => key.decrypt(9, encrypted.subarray(0, length)));
        }
        assert.equal(key.decrypt(9, encrypted).length, 21);
      });

      it('refuses another usage and another key', () => {
        const encrypted = key.encrypt(11, confounder(type), randomBytes(21));
        refused(() => key.decrypt(12, encrypted));
        refused(() => type.key(randomBytes(type.keyLength)).decrypt(11, encrypted));
      });

      it('protects clear pieces in their places', () => {
        const text = new Uint8Array(randomBytes(20));
        const pieces = [
          { at: 0, bytes: Uint8Array.of(1, 2) },
          { at: 12, bytes: Uint8Array.of(3) },
        ];
        const encrypted = key.encrypt(24, confounder(type), text, pieces);
        assert.equal(encrypted.length, text.length + overhead(type));
        assert.deepEqual(key.decrypt(24, encrypted, pieces), text);
        refused(() => key.decrypt(24, encrypted));
        refused(() => key.decrypt(24, encrypted, [pieces[0]!, { at: 11, bytes: Uint8Array.of(3) }]));
        refused(() => key.decrypt(24, encrypted, [pieces[0]!, { at: 12, bytes: Uint8Array.of(4) }]));
      });

      it('does not show, and does nothing after it was wiped', () => {
        const wiped = type.key(randomBytes(type.keyLength));
        const hex = wiped.value.use(encodeHex);
        const encrypted = wiped.encrypt(1, confounder(type), randomBytes(3));
        wiped.checksum(1, randomBytes(3));
        assert.ok(!inspect(wiped, { depth: 9, showHidden: true }).includes(hex));
        assert.ok(!JSON.stringify(wiped).includes(hex));
        wiped.wipe();
        assert.throws(() => wiped.decrypt(1, encrypted), /wiped/);
        assert.throws(() => wiped.checksum(1, randomBytes(3)), /wiped/);
      });

      it('has a length', () => {
        for (const length of [0, type.keyLength - 1, type.keyLength + 1]) {
          assert.throws(
            () => type.key(new Uint8Array(length)),
            (error: unknown) => error instanceof PackageError && error.status === SEC_E.INVALID_TOKEN,
          );
        }
      });
    });
  }

  it('names its types, and never DES', () => {
    assert.equal(encryptionTypeByName('AES256-CTS'), encryptionType(18));
    assert.equal(encryptionTypeByName('aes128-sha2'), encryptionType(19));
    assert.equal(encryptionTypeByName('arcfour-hmac'), encryptionType(23));
    for (const name of ['des-cbc-crc', 'des-cbc-md5', 'des3-cbc-sha1', '']) {
      assert.equal(encryptionTypeByName(name), undefined);
    }
    for (const etype of [0, 1, 2, 3, 16]) assert.equal(encryptionType(etype), undefined);
    assert.equal(encryptionTypeName(18), 'aes256-cts-hmac-sha1-96');
    assert.equal(encryptionTypeName(3), 'des-cbc-md5');
    assert.equal(encryptionTypeName(999), 'encryption type 999');
    assert.deepEqual(
      ENCRYPTION_TYPES.filter(({ weak }) => weak).map(({ number }) => number),
      [23, 24],
    );
  });

  it('does not run for ever for a password', async () => {
    const type = encryptionType(18)!;
    for (const parameters of [iterationParameters(0), iterationParameters(MOST_ITERATIONS + 1), new Uint8Array(3)]) {
      await assert.rejects(type.stringToKey('secret', new Uint8Array(0), parameters), PackageError);
    }
  });
});

describe('HMAC', () => {
  const macLengths = { sha1: 12, sha256: 16, sha384: 24 } as const;
  for (const [digest, macLength] of Object.entries(macLengths) as [HmacDigest, number][]) {
    it(`${digest} is that of OpenSSL, short and long`, () => {
      const key = randomBytes(32);
      const hmac = digest === 'sha1' ? new HmacSha1(key) : new Hmac(digest, key, macLength);
      const lengths = [...Array.from({ length: 1200 }, (_, length) => length), 2047, 65_000, 65_535, 65_536, 140_000];
      for (const length of lengths) {
        const message = randomBytes(length);
        const expected = createHmac(digest, key).update(message).digest().subarray(0, macLength);
        const cut = length >> 1;
        assert.deepEqual(Buffer.from(hmac.mac([message])), expected);
        assert.deepEqual(Buffer.from(hmac.mac([message.subarray(0, cut), message.subarray(cut)])), expected);
      }
    });
  }
});
