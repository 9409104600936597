import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';

const PROJECT_ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Runs in a process where OpenSSL has been told to offer nothing but what a FIPS provider has. */
const PROGRAM = `
import { hash, setFips } from 'node:crypto';
setFips(true);
import { md5Hex } from '#dist/engine/crypto/weak/md5.js';
import { HmacMd5 } from '#dist/engine/crypto/weak/hmac-md5.js';
import { DesCbc, desEncryptBlock } from '#dist/engine/crypto/weak/des.js';

const attempt = run => {
  try {
    return run();
  } catch (error) {
    return error.name + ' ' + (error.algorithm ?? '');
  }
};
const hmac = new HmacMd5(new Uint8Array(16));
const eight = new Uint8Array(8);
console.log(JSON.stringify({
  refused: attempt(() => hash('md5', 'abc')) !== '900150983cd24fb0d6963f7d28e17f72',
  md5: [10, 5000, 100000].map(length => md5Hex(new Uint8Array(length))),
  hmac: [10, 5000, 100000].map(length => Buffer.from(hmac.mac(new Uint8Array(length))).toString('hex')),
  cbc: attempt(() => DesCbc.encryptor(eight, eight)),
  block: attempt(() => desEncryptBlock(eight, eight)),
}));
`;

describe('crypto in FIPS mode', () => {
  it('hashes by itself, and says that there is no DES', () => {
    const child = spawnSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
      cwd: PROJECT_ROOT,
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.equal(child.status, 0, child.stderr);
    assert.deepEqual(JSON.parse(child.stdout), {
      refused: true,
      md5: [10, 5000, 100_000].map(length => createHash('md5').update(new Uint8Array(length)).digest('hex')),
      hmac: [10, 5000, 100_000].map(length =>
        createHmac('md5', new Uint8Array(16)).update(new Uint8Array(length)).digest('hex'),
      ),
      cbc: 'CryptoUnavailableError des-ede3-cbc',
      block: 'CryptoUnavailableError des-ede3',
    });
  });
});
