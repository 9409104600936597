import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Credential, type Protection, SaslClient, type SaslClientOptions, SaslServer, SspiError } from 'secur32';
import { LdapClient } from '../../../examples/ldap/client.js';
import { createLdapResponder } from '../../../examples/ldap/responder.js';
import { CyrusDatabase } from '../../peers/cyrus/cyrus-database.js';
import { CyrusPeer } from '../../peers/cyrus/cyrus-peer.js';
import { CyrusError } from '../../peers/cyrus/cyrus-status.js';
import { GsaslStdio } from '../../peers/gsasl/gsasl-stdio.js';
import { ENCTYPES } from '../../peers/krb5/krb5-files.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { ldapWhoAmI } from '../../peers/ldap/ldapwhoami.js';
import { distinguishedName, Slapd } from '../../peers/ldap/slapd.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { engineFor } from './side.js';

const MECHANISM = 'GSSAPI';
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** libsasl2 counts what is only signed as 1, and sealed messages by the strength that GSS-API says. */
const LAYERS: readonly { ssf: number; layer: string; request: readonly Protection[] }[] = [
  { ssf: 0, layer: 'none', request: [] },
  { ssf: 1, layer: 'integrity', request: ['integrity'] },
  { ssf: 256, layer: 'confidentiality', request: ['confidentiality'] },
];

describe('GSSAPI', () => {
  requirePeer('mit-kdc', 'cyrus', 'cyrus-gssapi', 'ldap-clients');
  const kdc = usePeer(async () => {
    const started = await MitKdc.start({
      commands: Object.keys(ENCTYPES).map(name => `setstr svc-${name}/localhost session_enctypes ${name}`),
    });
    await started.kinit('alice', 'pw-alice');
    return started;
  });
  const database = usePeer(() => CyrusDatabase.create());
  const open: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  });

  async function ourServer(service = 'imap', request?: readonly Protection[]): Promise<SaslServer> {
    const credential = await Credential.acquire({ package: 'Kerberos', use: 'inbound', sspi: engineFor(kdc()) });
    const options = { mechanism: MECHANISM, credential, service, host: 'localhost', ...(request && { request }) };
    const server = await SaslServer.create(options);
    open.push(credential, server);
    return server;
  }

  async function ourClient(service = 'imap', options: Partial<SaslClientOptions> = {}): Promise<SaslClient> {
    const identity = { kind: 'password', user: 'alice', password: 'pw-alice' } as const;
    const credential = await Credential.acquire({
      package: 'Kerberos',
      use: 'outbound',
      identity,
      sspi: engineFor(kdc()),
    });
    const client = await SaslClient.create({
      mechanism: MECHANISM,
      credential,
      service,
      host: 'localhost',
      ...options,
    });
    open.push(credential, client);
    return client;
  }

  const theirClient = (ssf: number, service = 'imap', authzid?: string, maxBuffer?: number): Promise<CyrusPeer> =>
    CyrusPeer.client({
      authid: 'alice',
      env: kdc().environment,
      service,
      minSsf: ssf,
      maxSsf: ssf,
      ...(authzid !== undefined && { authzid }),
      ...(maxBuffer !== undefined && { maxBuffer }),
    });

  async function logOnToUs(client: CyrusPeer, server: SaslServer): Promise<void> {
    let theirs = await client.start(MECHANISM);
    let ours = await server.step(theirs.token);
    while (!ours.done) {
      theirs = await client.step(ours.token);
      ours = await server.step(theirs.token);
    }
  }

  async function logOnToThem(client: SaslClient, server: CyrusPeer): Promise<void> {
    let ours = await client.step();
    let theirs = await server.start(MECHANISM, ours.token);
    while (!ours.done) {
      ours = await client.step(theirs.token);
      if (!theirs.done) theirs = await server.step(ours.token);
    }
    assert.ok(theirs.done);
  }

  async function talk(ours: SaslServer | SaslClient, theirs: CyrusPeer): Promise<void> {
    if (ours.layer === 'none') return;
    for (const message of ['hello', 'and', 'x'.repeat(200_000)]) {
      let received = '';
      for (let at = 0; at < message.length; at += 60_000) {
        received += text(ours.unwrap(await theirs.encode(Buffer.from(message.slice(at, at + 60_000)))));
      }
      assert.equal(received, message);
      assert.equal(text(await theirs.decode(ours.wrap(Buffer.from(message)))), message);
    }
  }

  describe('with libsasl2', () => {
    for (const { ssf, layer, request } of LAYERS) {
      it(`its client logs on to us: SSF ${ssf}, layer ${layer}`, async () => {
        const server = await ourServer();
        await using client = await theirClient(ssf);
        await logOnToUs(client, server);
        assert.deepEqual([server.layer, server.identity.name, server.identity.domain], [layer, 'alice', kdc().name]);
        assert.equal((await client.props()).ssf, ssf);
        await talk(server, client);
      });

      it(`we log on to its server: SSF ${ssf}, layer ${layer}`, async () => {
        const client = await ourClient('imap', { request });
        const options = { env: kdc().environment, database: database(), service: 'imap', minSsf: ssf, maxSsf: ssf };
        await using server = await CyrusPeer.server(options);
        await logOnToThem(client, server);
        assert.equal(client.layer, layer);
        const { ssf: agreed, user } = await server.props();
        assert.equal(agreed, ssf);
        assert.match(String(user), /^alice/);
        await talk(client, server);
      });
    }

    for (const enctype of Object.keys(ENCTYPES)) {
      it(`${enctype}, both directions`, async () => {
        const service = `svc-${enctype}`;
        const server = await ourServer(service);
        await using client = await theirClient(1, service);
        await logOnToUs(client, server);
        await talk(server, client);
        const ours = await ourClient(service);
        await using theirs = await CyrusPeer.server({ env: kdc().environment, database: database(), service });
        await logOnToThem(ours, theirs);
        assert.equal(ours.layer, 'confidentiality');
        await talk(ours, theirs);
      });
    }

    it('sizes are kept to', async () => {
      const server = await ourServer();
      await using client = await theirClient(256, 'imap', undefined, 4096);
      await logOnToUs(client, server);
      assert.ok(server.sendSize < 4096 && server.sendSize > 3900, String(server.sendSize));
      await talk(server, client);
    });

    it('acts as itself, and as nobody else', async () => {
      const server = await ourServer();
      await using self = await theirClient(0, 'imap', 'alice');
      await logOnToUs(self, server);
      await using other = await theirClient(0, 'imap', 'bob');
      await assert.rejects(
        logOnToUs(other, await ourServer()),
        (error: unknown) => error instanceof SspiError && error.code === 'SEC_E_LOGON_DENIED',
      );
    });

    it('a server without layers is no use to a client that wants one', async () => {
      await using client = await theirClient(1);
      await assert.rejects(logOnToUs(client, await ourServer('imap', [])), CyrusError);
    });

    it('waits for a client that sends no initial response', async () => {
      const server = await ourServer();
      const challenge = await server.step(new Uint8Array(0));
      assert.equal(challenge.done, false);
      await using client = await theirClient(1);
      await logOnToUs(client, server);
      assert.equal(server.identity.name, 'alice');
    });
  });

  describe('with gsasl', () => {
    requirePeer('gsasl');
    const options = () => ({ mechanism: MECHANISM, env: kdc().environment, realm: '' });

    // gsasl 2.2 says a size of 65536 with "no layer", where RFC 4752 3.1 and 3.2 have 0.
    it('its client logs on to us', async () => {
      const server = await ourServer();
      await using client = await GsaslStdio.client(options());
      for (let done = false; !done; ) {
        const { token = new Uint8Array(0), ...step } = await server.step(await client.receive());
        done = step.done;
        if (!done) client.send(token);
      }
      assert.deepEqual([server.identity.name, server.layer], ['alice', 'none']);
      const { authenticated, log } = await client.finish();
      assert.ok(authenticated, log);
    });

    it('we log on to its server', async () => {
      const client = await ourClient('imap', { request: [] });
      await using server = await GsaslStdio.server(options());
      await server.receive();
      for (let { token, done } = await client.step(); ; ) {
        server.send(token ?? new Uint8Array(0));
        if (done) break;
        ({ token, done } = await client.step(await server.receive()));
      }
      server.consent();
      const { authenticated, log } = await server.finish();
      assert.ok(authenticated, log);
    });
  });

  describe('the LDAP client of the examples against slapd', () => {
    requirePeer('slapd');
    const slapd = usePeer(() => Slapd.start({ env: kdc().environment }));

    for (const { layer, request, ssf } of LAYERS) {
      it(`layer ${layer}`, async () => {
        const sasl = await ourClient('ldap', { request });
        const client = await LdapClient.connect(slapd().port, slapd().host);
        try {
          await client.bind(MECHANISM, sasl);
          assert.equal(await client.whoAmI(), `dn:${distinguishedName('alice')}`);
        } finally {
          client.close();
        }
        assert.equal(sasl.layer, layer);
        assert.match(slapd().log(), new RegExp(`mech=GSSAPI bind_ssf=${ssf} ssf=${ssf}`));
      });
    }
  });

  describe('ldapwhoami against the responder of the examples', () => {
    const layers: string[] = [];
    const responder = usePeer(async () => {
      const credential = await Credential.acquire({ package: 'Kerberos', use: 'inbound', sspi: engineFor(kdc()) });
      const server = createLdapResponder({
        credentials: new Map([[MECHANISM, credential]]),
        hosts: ['localhost'],
        bound: ({ layer }) => layers.push(layer),
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      return {
        uri: `ldap://localhost:${port}`,
        async [Symbol.asyncDispose]() {
          server.close();
          await credential.close();
        },
      };
    });

    for (const { ssf, layer } of LAYERS) {
      it(`SSF ${ssf}`, async () => {
        layers.length = 0;
        const { code, stdout, stderr } = await ldapWhoAmI({
          uri: responder().uri,
          mechanism: MECHANISM,
          authid: 'alice',
          password: '',
          securityProperties: `minssf=${ssf},maxssf=${ssf}`,
          env: kdc().environment,
        });
        assert.equal(stdout, 'u:alice\n', stderr);
        assert.deepEqual([code, layers], [0, [layer]]);
      });
    }
  });
});
