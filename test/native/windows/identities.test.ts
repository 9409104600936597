import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import type { AuthData } from 'secur32/raw';
import { SEC_E } from 'secur32/raw';
import { describeAudited, eventually, useAudit } from './audited.js';

/** SEC_WINNT_AUTH_IDENTITY_VERSION. */
const EXTENDED = 0x200;
/** SEC_WINNT_AUTH_IDENTITY_UNICODE. */
const UNICODE = 2;
const PLAIN = 1;

const ALICE = { kind: 'password', user: 'alice', password: 'pw-alice' } as const;

describeAudited('identities', () => {
  const { sspi, audit } = useAudit();

  it('with a list of packages are the extended ones', async () => {
    const found = await given('Negotiate', { ...ALICE, domain: 'DOMAIN', packageList: '!ntlm' });
    assert.deepEqual(found, {
      version: EXTENDED,
      flags: UNICODE,
      user: 'alice',
      domain: 'DOMAIN',
      packageList: '!ntlm',
      passwordLength: 8,
    });
  });

  it('without are plain, whatever the package', async () => {
    assert.equal((await given('Negotiate', ALICE)).version, PLAIN);
    const { version, user, passwordLength } = await given('NTLM', { ...ALICE, user: '\u00e4\u{1f600}' });
    assert.deepEqual([version, user, passwordLength], [PLAIN, '\u00e4\u{1f600}', 8]);
  });

  it('tell no domain from an empty one, and no password is an empty one', async () => {
    assert.equal((await given('NTLM', ALICE)).domain, null);
    assert.equal((await given('NTLM', { ...ALICE, domain: '' })).domain, '');
    assert.equal((await given('NTLM', { ...ALICE, password: '' })).passwordLength, 0);
  });

  it('of the current user are none, and of nobody three empty texts', async () => {
    assert.equal((await given('NTLM', { kind: 'current' })).version, 0);
    const { user, domain, passwordLength } = await given('NTLM', { kind: 'anonymous' });
    assert.deepEqual([user, domain, passwordLength], ['', '', 0]);
  });

  for (const packageName of ['NTLM', 'Negotiate']) {
    it(`are wiped from memory once ${packageName} has them`, async () => {
      const password = `wipe-${randomBytes(12).toString('hex')}`;
      const needle = Buffer.from(`${password}\0`, 'latin1');
      // A package may keep a copy of its own, so none gets it.
      audit.failNext('AcquireCredentialsHandleW', SEC_E.NOT_OWNER, 0);
      audit.hold('AcquireCredentialsHandleW');
      const acquiring = sspi.acquireCredentialsHandle({
        ...{ package: packageName, credentialUse: 'outbound' },
        authData: { ...ALICE, password },
      });
      await eventually(() => audit.held() === 1);
      assert.ok(audit.countWideText(needle) > 0, 'it cannot be found at all');
      audit.release();
      await assert.rejects(acquiring, { code: 'SEC_E_NOT_OWNER' });
      assert.equal(audit.countWideText(needle), 0);
    });
  }

  /** What AcquireCredentialsHandle got. It goes no further: not every name is one that a package would take. */
  async function given(packageName: string, authData: AuthData) {
    audit.failNext('AcquireCredentialsHandleW', SEC_E.NOT_OWNER, 0);
    const acquiring = sspi.acquireCredentialsHandle({ package: packageName, credentialUse: 'outbound', authData });
    await assert.rejects(acquiring, { code: 'SEC_E_NOT_OWNER' });
    return audit.lastIdentity();
  }
});
