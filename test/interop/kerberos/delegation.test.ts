import assert from 'node:assert/strict';
import { type AuthData, ClientContext, type ClientContextOptions, Credential, ServerContext } from 'secur32';
import type { KerberosOptions } from 'secur32/engine';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { engineFor } from './side.js';

const ALICE = { kind: 'password', user: 'alice', password: 'pw-alice' } as const;

describe('Kerberos delegation, with the KDC of MIT krb5', () => {
  requirePeer('mit-kdc');
  const kdc = usePeer(() => MitKdc.start());

  /** Logs on, and answers the server's side, which the caller closes. */
  async function logOn(
    identity: AuthData,
    options: ClientContextOptions,
    name = 'Kerberos',
    kerberos: KerberosOptions = {},
  ): Promise<ServerContext> {
    const sspi = engineFor(kdc(), { kerberos });
    await using outbound = await Credential.acquire({ package: name, use: 'outbound', identity, sspi });
    await using inbound = await Credential.acquire({ package: name, use: 'inbound', sspi });
    await using client = new ClientContext(outbound, options);
    const server = new ServerContext(inbound);
    let { token, done } = await client.step();
    while (token) {
      token = (await server.step(token)).token;
      if (!token || done) break;
      ({ token, done } = await client.step(token));
    }
    return server;
  }

  for (const name of ['Kerberos', 'Negotiate']) {
    it(`${name}: a server that is given tickets acts as its client at another`, async () => {
      await using server = await logOn(ALICE, { targetName: 'HTTP/localhost', delegate: true }, name);
      const identity = await server.delegatedIdentity();
      assert.ok(identity);
      await using other = await logOn(identity, { targetName: 'ldap/localhost' });
      assert.deepEqual([other.identity.name, other.identity.domain], ['alice', kdc().name]);
      assert.equal(await other.delegatedIdentity(), undefined);
      // It can hand them on, in its turn.
      await using third = await logOn(identity, { targetName: 'imap/localhost', delegate: true });
      assert.ok(await third.delegatedIdentity());
    });
  }

  it('there are none where the client did not want it, or the domain does not trust the service', async () => {
    for (const options of [
      { targetName: 'HTTP/localhost' },
      { targetName: 'svc-aes256-cts-hmac-sha1-96/localhost', delegate: true },
    ]) {
      await using server = await logOn(ALICE, options);
      assert.equal(await server.delegatedIdentity(), undefined);
    }
  });

  it('there are where the client says that it trusts all', async () => {
    const options = { targetName: 'svc-aes256-cts-hmac-sha1-96/localhost', delegate: true };
    await using server = await logOn(ALICE, options, 'Kerberos', { dangerouslyDelegateToAll: true });
    assert.equal((await server.delegatedIdentity())?.kind, 'ccache');
  });

  it('nor before the end of the exchange, nor after close()', async () => {
    const sspi = engineFor(kdc());
    await using inbound = await Credential.acquire({ package: 'Kerberos', use: 'inbound', sspi });
    await assert.rejects(new ServerContext(inbound).delegatedIdentity(), { code: 'SEC_E_INVALID_HANDLE' });
    const server = await logOn(ALICE, { targetName: 'HTTP/localhost', delegate: true });
    await server.close();
    await assert.rejects(server.delegatedIdentity(), { code: 'SEC_E_INVALID_HANDLE' });
  });
});
