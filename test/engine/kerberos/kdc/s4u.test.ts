import assert from 'node:assert/strict';
import { decodeHex, encodeHex } from '#dist/bytes/hex.js';
import { encryptionType } from '#dist/engine/kerberos/crypto/encryption-types.js';
import { forUser, forUserInput } from '#dist/engine/kerberos/kdc/s4u.js';
import { decodePaForUser } from '#dist/engine/kerberos/messages/pa-for-user.js';
import { readVectors } from '../../../vectors/read-vectors.js';

interface Vectors {
  readonly key: string;
  readonly cases: readonly {
    readonly nameType: number;
    readonly name: string;
    readonly realm: string;
    readonly input?: string;
    readonly checksum: string;
  }[];
}

describe('PA-FOR-USER ([MS-SFU] 2.2.1)', () => {
  const { key, cases } = readVectors<Vectors>('kerberos-s4u');
  for (const { nameType, name, realm, input, checksum } of cases) {
    it(`for ${name}`, () => {
      const user = { name: { type: nameType, components: [name] }, realm };
      if (input !== undefined) assert.equal(encodeHex(forUserInput(user)), input);
      // HMAC-MD5 with the bytes of the key, whatever its type.
      for (const etype of [17, 19, 23]) {
        const { type, value } = forUser(encryptionType(etype)!.key(decodeHex(key)), user);
        assert.equal(type, 129);
        const padata = decodePaForUser(value);
        assert.deepEqual([padata.checksum.type, encodeHex(padata.checksum.bytes)], [-138, checksum]);
        assert.deepEqual([padata.userRealm, padata.authPackage], [realm, 'Kerberos']);
      }
    });
  }
});
