import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { Credential, type CredentialOptions, SaslClient, ServerContext } from 'secur32';
import { aliceEngine, inbound, outbound, PASSWORD, TARGET } from './sasl-pair.js';

describe('Credential', () => {
  const sspi = aliceEngine();
  const acquire = (options: object) =>
    Credential.acquire({ package: 'WDigest', sspi, ...options } as CredentialOptions);

  it('knows its package by the package’s own name', async () => {
    await using credential = await acquire({ package: 'wdigest', use: 'inbound' });
    assert.equal(credential.package, 'WDigest');
    assert.equal(credential.packageInfo.maxToken, 4096);
    assert.equal(credential.use, 'inbound');
    assert.equal(credential.expiry, undefined);
  });

  it('is nobody’s by leaving the identity out, except on servers', async () => {
    await assert.rejects(acquire({ use: 'outbound' }), { name: 'TypeError', message: /kind: 'current'/ });
    await assert.rejects(acquire({ use: 'both' }), TypeError);
    await assert.rejects(acquire({ use: 'outbound', identity: { kind: 'password', user: '', password: '' } }), {
      name: 'TypeError',
      message: /anonymous/,
    });
    await assert.rejects(acquire({ use: 'outbound', identity: { kind: 'password', user: 'alice' } }), TypeError);
    await assert.rejects(acquire({ use: 'outbound', identity: { kind: 'current' } }), {
      code: 'SEC_E_NO_CREDENTIALS',
    });
    await assert.rejects(acquire({ use: 'sideways' }), TypeError);
  });

  it('takes an empty password for an empty password', async () => {
    await using credential = await outbound(sspi, '');
    await using client = await SaslClient.create({ ...TARGET, credential });
    await using server = await inbound(sspi);
    await using context = new ServerContext(server);
    const { token } = await context.step();
    const response = await client.step(token);
    await assert.rejects(context.step(response.token), { code: 'SEC_E_LOGON_DENIED' });
  });

  it('refuses a package that is not there', async () => {
    await assert.rejects(acquire({ package: 'Kerberos5', use: 'inbound' }), { code: 'SEC_E_SECPKG_NOT_FOUND' });
  });

  it('closes once, and leaves its contexts alone', async () => {
    const credential = await inbound(sspi);
    const context = new ServerContext(credential);
    await context.step();
    assert.equal(credential.closed, false);
    await Promise.all([credential.close(), credential.close()]);
    await credential[Symbol.asyncDispose]();
    assert.equal(credential.closed, true);
    await assert.rejects(sspi.freeCredentialsHandle(credential.handle), { code: 'SEC_E_INVALID_HANDLE' });
    await context.close();
  });

  it('shows no secret to people who print it', async () => {
    await using credential = await outbound(sspi);
    const shown = inspect(credential, { depth: 10, showHidden: true });
    assert.match(shown, /^Credential \{ package: 'WDigest', use: 'outbound', closed: false \}$/);
    assert.doesNotMatch(`${JSON.stringify(credential)}${shown}`, new RegExp(PASSWORD));
  });
});
