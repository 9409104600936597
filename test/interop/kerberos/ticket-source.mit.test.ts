import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AuthData } from 'secur32/raw';
import { nodeEnvironment } from '#dist/engine/environment.js';
import { NAME_TYPE } from '#dist/engine/kerberos/constants/name-type.js';
import { clientIdentity, userPrincipal } from '#dist/engine/kerberos/kdc/client-identity.js';
import { TicketSource } from '#dist/engine/kerberos/kdc/ticket-source.js';
import { formatPrincipal } from '#dist/engine/kerberos/names/principal.js';
import { PackageError } from '#dist/engine/package-error.js';
import { SEC_E } from '#dist/sspi/status.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { principal, servicesFor } from './kdc-services.js';

const HTTP = { name: principal('HTTP/localhost@X', NAME_TYPE.SRV_INST).name };
const failsWith =
  (status: number) =>
  (error: unknown): boolean =>
    error instanceof PackageError && error.status === status;

describe('Kerberos ticket source at MIT krb5', () => {
  requirePeer('mit-kdc');
  const kdc = usePeer(() => MitKdc.start());
  const alice: AuthData = { kind: 'password', user: 'alice', password: 'pw-alice' };

  /** Counts the requests that go to the KDC. */
  async function counted(authData: AuthData | undefined, variables: Record<string, string> = {}) {
    const { transport } = nodeEnvironment();
    let requests = 0;
    const services = await servicesFor(kdc(), {
      variables: { KRB5_CONFIG: kdc().config, ...variables },
      transport: {
        udp: (...args) => {
          requests += 1;
          return transport.udp(...args);
        },
        tcp: (...args) => transport.tcp(...args),
        https: (...args) => transport.https(...args),
      },
    });
    const source = new TicketSource(services, await clientIdentity(services, authData));
    return { source, services, requests: () => requests };
  }

  it('asks the KDC once for what many want', async () => {
    const { source, requests } = await counted(alice);
    const all = await Promise.all(Array.from({ length: 20 }, () => source.serviceTicket(HTTP)));
    assert.equal(new Set(all).size, 1);
    assert.equal(requests(), 3);
    await source.serviceTicket(HTTP);
    await source.serviceTicket({ ...HTTP, realm: 'TEST.EXAMPLE' });
    assert.equal(requests(), 3);
    source.forget(all[0]!);
    assert.notEqual(await source.serviceTicket(HTTP), all[0]);
    assert.equal(requests(), 4);
  });

  it('gets a new ticket where the old one ends', async () => {
    let ahead = 0;
    const services = await servicesFor(kdc(), { now: () => Date.now() + ahead });
    const source = new TicketSource(services, await clientIdentity(services, alice), { options: { lifetime: 120 } });
    const first = await source.ticketGrantingTicket();
    assert.equal(await source.ticketGrantingTicket(), first);
    ahead = 90_000;
    assert.notEqual(await source.ticketGrantingTicket(), first);
  });

  it('goes on for the others when one gives up', async () => {
    const { source } = await counted(alice);
    const controller = new AbortController();
    const one = source.serviceTicket(HTTP, controller.signal);
    const other = source.serviceTicket(HTTP);
    const reason = new Error('enough');
    controller.abort(reason);
    await assert.rejects(one, error => error === reason);
    await assert.rejects(source.serviceTicket(HTTP, controller.signal), error => error === reason);
    assert.deepEqual((await other).server.name.components, HTTP.name.components);
  });

  it('asks again after a failure', async () => {
    const { source, requests } = await counted({ ...alice, password: 'wrong' });
    for (const count of [2, 4]) {
      await assert.rejects(source.serviceTicket(HTTP), failsWith(SEC_E.LOGON_DENIED));
      assert.equal(requests(), count);
    }
  });

  it('takes the tickets of a cache, and asks for the others', async () => {
    const ccache = await kdc().kinit('alice', 'pw-alice', [], 'source');
    await kdc().run('kvno', ['-c', `FILE:${ccache}`, 'HTTP/localhost']);
    for (const named of [ccache, `FILE:${ccache}`, new Uint8Array(readFileSync(ccache))]) {
      const { source, requests } = await counted({ kind: 'ccache', ccache: named });
      await source.serviceTicket(HTTP);
      assert.equal(requests(), 0);
      await source.serviceTicket({ name: principal('host/localhost@X').name });
      assert.equal(requests(), 1);
    }
    const wrong: AuthData = { kind: 'ccache', ccache, principal: 'bob@TEST.EXAMPLE' };
    await assert.rejects(counted(wrong), failsWith(SEC_E.NO_CREDENTIALS));
  });

  it('is of whoever is logged on: the default cache, a folder of caches, a client keytab', async () => {
    const who = async (variables: Record<string, string>): Promise<string> => {
      const { source } = await counted(undefined, variables);
      return formatPrincipal((await source.serviceTicket(HTTP)).client.name);
    };
    const nothing = { KRB5CCNAME: `FILE:${kdc().path}/none`, KRB5_CLIENT_KTNAME: `${kdc().path}/none` };
    const ccache = await kdc().kinit('bob', 'pw-bob', [], 'current');
    assert.equal(await who({ ...nothing, KRB5CCNAME: `FILE:${ccache}` }), 'bob');

    const { code, stderr } = await kdc().run(
      'sh',
      ['-c', `mkdir ${kdc().path}/dir && kinit -c DIR:${kdc().path}/dir alice`],
      'pw-alice\n',
    );
    assert.equal(code, 0, stderr);
    assert.equal(await who({ ...nothing, KRB5CCNAME: `DIR:${kdc().path}/dir` }), 'alice');

    const keytab = `${kdc().path}/client.keytab`;
    await kdc().kadmin(`ktadd -k ${keytab} -norandkey bob`);
    assert.equal(await who({ ...nothing, KRB5_CLIENT_KTNAME: keytab }), 'bob');
    await assert.rejects(who(nothing), failsWith(SEC_E.NO_CREDENTIALS));
  });

  it('logs on with an NT hash, where RC4 is allowed', async () => {
    const services = await servicesFor(kdc());
    const { RC4 } = await import('#dist/engine/kerberos/crypto/rfc4757/rc4.js');
    const key = await RC4.stringToKey('pw-u-arcfour-hmac', new Uint8Array(0));
    const ntHash = key.value.use(bytes => Uint8Array.from(bytes));
    const authData: AuthData = { kind: 'ntHash', user: 'u-arcfour-hmac', ntHash };
    await new TicketSource(services, await clientIdentity(services, authData)).ticketGrantingTicket();
    const strict = await servicesFor(kdc(), { settings: '[libdefaults]\nallow_rc4 = false\n' });
    await assert.rejects(clientIdentity(strict, authData), failsWith(SEC_E.KDC_UNKNOWN_ETYPE));
  });

  it('does not read a primary that leads out of its folder, nor caches that are no files', async () => {
    const folder = `${kdc().path}/evil`;
    await kdc().run('mkdir', [folder]);
    writeFileSync(`${folder}/primary`, '../ccache\n');
    for (const ccache of [`DIR:${folder}`, 'KEYRING:persistent:0', 'KCM:', 'MEMORY:x', 'FILE:/nonexistent/x']) {
      await assert.rejects(counted({ kind: 'ccache', ccache }), failsWith(SEC_E.NO_CREDENTIALS), ccache);
    }
  });

  it('knows users by domain, suffix and default realm', async () => {
    const services = await servicesFor(kdc());
    const called = (user: string, domain?: string): string => {
      const { name, realm } = userPrincipal(services, { user, ...(domain !== undefined && { domain }) });
      return `${name.type}:${formatPrincipal(name, realm)}`;
    };
    assert.equal(called('alice'), '1:alice@TEST.EXAMPLE');
    assert.equal(called('alice', 'test.example'), '1:alice@TEST.EXAMPLE');
    assert.equal(called('alice@test.example'), '1:alice@TEST.EXAMPLE');
    assert.equal(called('alice@corp.example'), '10:alice\\@corp.example@TEST.EXAMPLE');
    assert.equal(called('alice', 'other.example'), '1:alice@OTHER.EXAMPLE');
  });
});
