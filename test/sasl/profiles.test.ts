import assert from 'node:assert/strict';
import { SECBUFFER, type SecurityFunctionTable, tokenBuffer } from 'secur32/raw';
import { rawPair } from './raw-exchange.js';

describe('SASL profiles of a provider', () => {
  let sspi: SecurityFunctionTable;

  before(async () => {
    ({ sspi } = await rawPair());
  });

  it('are those of which it has the package', async () => {
    const names = await sspi.saslEnumerateProfiles();
    assert.ok(names.includes('DIGEST-MD5'));
    for (const name of names) {
      const info = await sspi.saslGetProfilePackage(name);
      assert.deepEqual(await sspi.querySecurityPackageInfo(info.name), info);
    }
  });

  it('are found by name, in any case', async () => {
    assert.equal((await sspi.saslGetProfilePackage('DIGEST-MD5')).name, 'WDigest');
    assert.equal((await sspi.saslGetProfilePackage('digest-md5')).name, 'WDigest');
  });

  it('refuse a name that is none, and say which there are', async () => {
    for (const name of ['', 'PLAIN', 'DIGEST-MD', 'DIGEST-MD55', 'toString', '__proto__']) {
      await assert.rejects(sspi.saslGetProfilePackage(name), {
        code: 'SEC_E_SECPKG_NOT_FOUND',
        syscall: 'SaslGetProfilePackage',
        hint: /DIGEST-MD5/,
      });
    }
    await assert.rejects(sspi.saslGetProfilePackage(5 as never), TypeError);
  });

  describe('SaslIdentifyPackage', () => {
    const identify = (text: string) => sspi.saslIdentifyPackage([tokenBuffer(Buffer.from(text, 'latin1'))]);

    it('goes by the mechanism name that the buffer begins with', async () => {
      for (const text of ['DIGEST-MD5', 'digest-md5', 'DIGEST-MD5\0', 'DIGEST-MD5\0response', 'DIGEST-MD5 cmVz']) {
        assert.equal((await identify(text)).name, 'WDigest', JSON.stringify(text));
      }
    });

    it('takes no name for another one that it begins with', async () => {
      for (const text of ['', '\0', 'DIGEST-MD', 'DIGEST-MD5-PLUS', 'DIGEST-MD5_', 'XDIGEST-MD5', ' DIGEST-MD5', 'é']) {
        await assert.rejects(identify(text), { code: 'SEC_E_SECPKG_NOT_FOUND', syscall: 'SaslIdentifyPackage' });
      }
    });

    it('wants one TOKEN buffer of a size that a negotiation can have', async () => {
      const one = tokenBuffer(Buffer.from('DIGEST-MD5'));
      const refusal = { code: 'SEC_E_INVALID_TOKEN' };
      await assert.rejects(sspi.saslIdentifyPackage([]), refusal);
      await assert.rejects(sspi.saslIdentifyPackage([one, one]), refusal);
      await assert.rejects(sspi.saslIdentifyPackage([{ type: SECBUFFER.DATA, data: one.data }]), refusal);
      await assert.rejects(sspi.saslIdentifyPackage([tokenBuffer(new Uint8Array(0x10001))]), refusal);
      await assert.rejects(sspi.saslIdentifyPackage('DIGEST-MD5' as never), TypeError);
    });
  });
});
