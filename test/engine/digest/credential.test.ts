import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { type AuthData, type CredentialUse, ISC_REQ, tokenBuffer } from 'secur32/raw';
import { DigestIdentity } from '#dist/engine/digest/credential.js';
import { SECPKG_CRED_ATTR } from '#dist/sspi/attributes.js';

const sspi = createEngine({ accounts: memoryAccounts([]) });

function acquire(credentialUse: CredentialUse, authData?: AuthData) {
  return sspi.acquireCredentialsHandle({ package: 'wdigest', credentialUse, ...(authData && { authData }) });
}

describe('credentials of WDigest', () => {
  const refused: [what: string, use: CredentialUse, authData: AuthData | undefined, code: string][] = [
    ['both directions', 'both', undefined, 'SEC_E_UNKNOWN_CREDENTIALS'],
    ['a client without identity', 'outbound', undefined, 'SEC_E_NO_CREDENTIALS'],
    ['a client as the current user', 'outbound', { kind: 'current' }, 'SEC_E_NO_CREDENTIALS'],
    ['a client as nobody', 'outbound', { kind: 'anonymous' }, 'SEC_E_UNKNOWN_CREDENTIALS'],
    [
      'an NT hash',
      'outbound',
      { kind: 'ntHash', user: 'alice', ntHash: new Uint8Array(16) },
      'SEC_E_UNKNOWN_CREDENTIALS',
    ],
    ['an empty user', 'outbound', { kind: 'password', user: '', password: 'x' }, 'SEC_E_UNKNOWN_CREDENTIALS'],
    ['a NUL in the user', 'outbound', { kind: 'password', user: 'a\0', password: 'x' }, 'SEC_E_UNKNOWN_CREDENTIALS'],
    [
      'a line break in the domain',
      'outbound',
      { kind: 'password', user: 'a', domain: 'b\r\n', password: 'x' },
      'SEC_E_UNKNOWN_CREDENTIALS',
    ],
    [
      'half a surrogate pair in the password',
      'outbound',
      { kind: 'password', user: 'a', password: '\ud800' },
      'SEC_E_UNKNOWN_CREDENTIALS',
    ],
    [
      'half a surrogate pair in the user',
      'outbound',
      { kind: 'password', user: 'a\udfff', password: 'x' },
      'SEC_E_UNKNOWN_CREDENTIALS',
    ],
  ];
  for (const [what, use, authData, code] of refused) {
    it(`are refused for ${what}`, async () => {
      await assert.rejects(acquire(use, authData), { code, syscall: 'AcquireCredentialsHandle' });
    });
  }

  it('say what to do where the identity is missing', async () => {
    await assert.rejects(acquire('outbound'), { hint: /kind 'password'/ });
  });

  it('serve one direction', async () => {
    const inbound = await acquire('inbound');
    const outbound = await acquire('outbound', { kind: 'password', user: 'alice', password: '' });
    const client = { credential: inbound.credential, targetName: 'imap/localhost', contextReq: ISC_REQ.CONNECTION };
    await assert.rejects(sspi.initializeSecurityContext(client), { code: 'SEC_E_NO_CREDENTIALS' });
    const server = { credential: outbound.credential, input: [tokenBuffer(new Uint8Array())], contextReq: 0 };
    await assert.rejects(sspi.acceptSecurityContext(server), { code: 'SEC_E_NO_CREDENTIALS' });
  });

  it('tell the name of their user', async () => {
    const alice = { kind: 'password', user: 'alice', password: 'x' } as const;
    const { credential } = await acquire('outbound', alice);
    const inDomain = await acquire('outbound', { ...alice, domain: 'EXAMPLE' });
    const name = (handle: typeof credential) => sspi.queryCredentialsAttributes(handle, SECPKG_CRED_ATTR.NAMES);
    assert.deepEqual(await name(credential), { userName: 'alice' });
    assert.deepEqual(await name(inDomain.credential), { userName: 'EXAMPLE\\alice' });
    const inbound = await acquire('inbound');
    await assert.rejects(name(inbound.credential), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
  });

  it('do not show their password, and wipe it', () => {
    const identity = DigestIdentity.from({ kind: 'password', user: 'alice', password: 'geheimnis-ä' });
    const shown = inspect(identity, { depth: 10, showHidden: true }) + JSON.stringify(identity);
    assert.doesNotMatch(shown, /geheimnis/);
    assert.equal(
      identity.usePassword('utf8', bytes => Buffer.from(bytes).toString('utf8')),
      'geheimnis-ä',
    );
    assert.equal(
      identity.usePassword('latin1-if-it-fits', bytes => Buffer.from(bytes).toString('latin1')),
      'geheimnis-ä',
    );
    identity.wipe();
    assert.throws(() => identity.usePassword('utf8', () => 0), /wiped/);
    assert.throws(() => identity.usePassword('latin1-if-it-fits', () => 0), /wiped/);
  });
});
