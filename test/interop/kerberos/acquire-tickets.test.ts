import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { ClientContext, Credential, ServerContext } from 'secur32';
import { acquireTickets, createEngine, type Tickets, type TicketsRequest } from 'secur32/engine';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';

const ALICE = { kind: 'password', user: 'alice', password: 'pw-alice' } as const;
const SERVICE = 'HTTP/localhost';

describe('acquireTickets', () => {
  requirePeer('mit-kdc');
  const kdc = usePeer(() => MitKdc.start());
  const acquire = (request: Partial<TicketsRequest> = {}): Promise<Tickets> =>
    acquireTickets({ identity: ALICE, krb5Config: kdc().config, ...request });

  /** Who a service without any KDC takes the holder of the tickets for. */
  async function identityBy(ccache: Uint8Array): Promise<string> {
    const sspi = createEngine({ krb5Config: '/dev/null', keytab: kdc().keytab });
    const identity = { kind: 'ccache', ccache } as const;
    await using outbound = await Credential.acquire({ package: 'Kerberos', use: 'outbound', identity, sspi });
    await using inbound = await Credential.acquire({ package: 'Kerberos', use: 'inbound', sspi });
    await using client = new ClientContext(outbound, { targetName: SERVICE });
    await using server = new ServerContext(inbound);
    const { token } = await server.step((await client.step()).token!);
    await client.step(token);
    return `${server.identity.name}@${server.identity.domain}`;
  }

  it('by a password: the tickets serve where no KDC can be reached', async () => {
    const { ccache, client, expiry } = await acquire({ services: [SERVICE], lifetime: 600 });
    assert.equal(client, 'alice@TEST.EXAMPLE');
    const left = expiry.getTime() - Date.now();
    assert.ok(left > 500_000 && left <= 601_000, String(left));
    assert.equal(await identityBy(ccache), 'alice@TEST.EXAMPLE');
  });

  it("by a keytab, and MIT's programs use them", async () => {
    const identity = { kind: 'keytab', keytab: kdc().keytab, principal: 'host/localhost' } as const;
    const { ccache } = await acquire({ identity, forwardable: true });
    const file = `${kdc().path}/of-acquire-tickets`;
    writeFileSync(file, ccache, { mode: 0o600 });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const { code, stdout, stderr } = await kdc().run('kvno', ['-c', file, SERVICE]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /kvno = 2/);
  });

  it('in the name of a user who is not there', async () => {
    const identity = { kind: 'keytab', keytab: kdc().keytab, principal: SERVICE } as const;
    const { ccache, client } = await acquire({ identity, onBehalfOf: 'bob' });
    assert.equal(client, 'bob@TEST.EXAMPLE');
    assert.equal(await identityBy(ccache), 'bob@TEST.EXAMPLE');
    await assert.rejects(acquire({ identity, onBehalfOf: 'nobody' }), { code: 'SEC_E_LOGON_DENIED' });
    // MIT's KDC with its own database lets no service act for others at another one.
    await assert.rejects(acquire({ identity, onBehalfOf: 'bob', services: ['host/localhost'] }), {
      code: 'SEC_E_DELEGATION_REQUIRED',
    });
  });

  it('rejects with what a person can do', async () => {
    for (const [request, code] of [
      [{ identity: { ...ALICE, password: 'wrong' } }, 'SEC_E_LOGON_DENIED'],
      [{ services: ['HTTP/nowhere'] }, 'SEC_E_TARGET_UNKNOWN'],
      [{ services: [''] }, 'SEC_E_TARGET_UNKNOWN'],
      [{ krb5Config: '/dev/null' }, 'SEC_E_NO_CREDENTIALS'],
      [{ identity: { kind: 'anonymous' } }, 'SEC_E_UNKNOWN_CREDENTIALS'],
      [{ identity: { kind: 'ccache', ccache: '/nowhere' } }, 'SEC_E_NO_CREDENTIALS'],
    ] as const) {
      await assert.rejects(acquire(request), { name: 'SspiError', syscall: 'acquireTickets', code });
    }
    const signal = AbortSignal.abort(new Error('enough'));
    await assert.rejects(acquire({ signal }), /enough/);
  });
});
