import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Credential, type Protection, SaslClient, type SaslClientOptions, SaslServer, SspiError } from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { LdapClient } from '../../examples/ldap/client.js';
import { createLdapResponder } from '../../examples/ldap/responder.js';
import { type Account, accounts, alice, bob, ivan, juergen } from '../peers/accounts.js';
import { CyrusDatabase } from '../peers/cyrus/cyrus-database.js';
import { CyrusPeer } from '../peers/cyrus/cyrus-peer.js';
import { CyrusError } from '../peers/cyrus/cyrus-status.js';
import { GssUsers } from '../peers/gss/gss-users.js';
import { ldapWhoAmI } from '../peers/ldap/ldapwhoami.js';
import { Slapd } from '../peers/ldap/slapd.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { type GensecFeature, GensecPeer } from '../peers/samba/gensec-peer.js';
import { SambaConfig } from '../peers/samba/samba-config.js';

const DOMAIN = 'TESTDOM';
const MECHANISM = 'GSS-SPNEGO';
const sspi = createEngine({
  accounts: memoryAccounts(accounts.map(account => ({ ...account, domain: DOMAIN }))),
  negotiate: { packages: ['NTLM'] },
});
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const wrong: Account = { ...alice, password: 'pw-bob' };

/** libsasl2 knows NTLM with 64 bits of strength, and what is only signed with 1. */
const LAYERS: readonly { ssf: number; layer: string; request: readonly Protection[] }[] = [
  { ssf: 0, layer: 'none', request: [] },
  { ssf: 1, layer: 'integrity', request: ['integrity'] },
  { ssf: 64, layer: 'confidentiality', request: ['confidentiality'] },
];

/** Ours are closed at the end of each test. */
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function ourServer(service: string): Promise<SaslServer> {
  const credential = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });
  const server = await SaslServer.create({ mechanism: MECHANISM, credential, service, host: 'localhost' });
  open.push(credential, server);
  return server;
}

async function ourClient(
  service: string,
  account: Account = alice,
  options: Partial<SaslClientOptions> = {},
): Promise<SaslClient> {
  const identity = { kind: 'password', domain: DOMAIN, ...account } as const;
  const credential = await Credential.acquire({ package: 'Negotiate', use: 'outbound', identity, sspi });
  const client = await SaslClient.create({ mechanism: MECHANISM, credential, service, host: 'localhost', ...options });
  open.push(credential, client);
  return client;
}

describe('GSS-SPNEGO with libsasl2', () => {
  requirePeer('cyrus', 'cyrus-gssapi', 'gss-ntlmssp');
  const database = usePeer(() => CyrusDatabase.create());
  const users = usePeer(() => GssUsers.create());

  /** libsasl2's client takes the first user that gss-ntlmssp knows. */
  async function theirClient(
    account: Account,
    ssf: number,
    serve: (client: CyrusPeer) => Promise<void>,
  ): Promise<void> {
    await using only = await GssUsers.create({ accounts: [account] });
    await using client = await CyrusPeer.client({ env: only.env, authid: account.user, minSsf: ssf, maxSsf: ssf });
    await serve(client);
  }

  async function logOnToUs(client: CyrusPeer, server: SaslServer): Promise<void> {
    let theirs = await client.start(MECHANISM);
    let ours = await server.step(theirs.token);
    while (!ours.done) {
      theirs = await client.step(ours.token);
      ours = await server.step(theirs.token);
    }
    if (!theirs.done) await client.step(ours.token);
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
      // libsasl2 takes no more than one buffer's worth at once.
      let received = '';
      for (let at = 0; at < message.length; at += 60_000) {
        received += text(ours.unwrap(await theirs.encode(Buffer.from(message.slice(at, at + 60_000)))));
      }
      assert.equal(received, message);
      assert.equal(text(await theirs.decode(ours.wrap(Buffer.from(message)))), message);
    }
  }

  for (const { ssf, layer, request } of LAYERS) {
    // To log on without a layer libsasl2's client needs an option of the credential that gss-ntlmssp does not have.
    if (ssf > 0)
      it(`its client logs on to us: SSF ${ssf}, layer ${layer}`, async () => {
        const server = await ourServer('imap');
        await theirClient(alice, ssf, async client => {
          await logOnToUs(client, server);
          assert.deepEqual([server.layer, server.identity.name, server.packageName], [layer, 'alice', 'NTLM']);
          assert.equal((await client.props()).ssf, ssf);
          await talk(server, client);
        });
      });

    it(`we log on to its server: SSF ${ssf}, layer ${layer}`, async () => {
      const client = await ourClient('imap', alice, { request });
      await using server = await CyrusPeer.server({ env: users().env, database: database(), minSsf: ssf, maxSsf: ssf });
      await logOnToThem(client, server);
      assert.deepEqual([client.layer, client.packageName], [layer, 'NTLM']);
      const { ssf: agreed, user } = await server.props();
      assert.deepEqual([agreed, user], [ssf, `${DOMAIN}\\alice@test.example`]);
      await talk(client, server);
    });
  }

  for (const account of [juergen, ivan]) {
    it(`${account.user} is logged on in both directions`, async () => {
      const ours = await ourServer('imap');
      await theirClient(account, 64, client => logOnToUs(client, ours));
      assert.equal(ours.identity.name, account.user);
      await using server = await CyrusPeer.server({ env: users().env, database: database() });
      await logOnToThem(await ourClient('imap', account), server);
    });
  }

  it('a wrong password is refused on both sides', async () => {
    const ours = await ourServer('imap');
    await assert.rejects(
      theirClient(wrong, 64, client => logOnToUs(client, ours)),
      (error: unknown) => error instanceof SspiError && error.code === 'SEC_E_LOGON_DENIED',
    );
    await using server = await CyrusPeer.server({ env: users().env, database: database() });
    await assert.rejects(logOnToThem(await ourClient('imap', wrong), server), CyrusError);
  });

  it('a client that means another service is refused', async () => {
    const server = await ourServer('smtp');
    await assert.rejects(
      theirClient(alice, 64, client => logOnToUs(client, server)),
      (error: unknown) => error instanceof SspiError && error.code === 'SEC_E_WRONG_PRINCIPAL',
    );
  });
});

describe('GSS-SPNEGO with OpenLDAP', () => {
  requirePeer('slapd', 'ldap-clients', 'cyrus-gssapi', 'gss-ntlmssp');
  const users = usePeer(() => GssUsers.create());
  const slapd = usePeer(() => Slapd.start({ env: users().env }));
  const bound: string[] = [];
  const responder = usePeer(async () => {
    const credential = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });
    const credentials = new Map([[MECHANISM, credential]]);
    const server = createLdapResponder({ credentials, hosts: ['localhost'], bound: ({ layer }) => bound.push(layer) });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      uri: `ldap://localhost:${(server.address() as AddressInfo).port}`,
      async [Symbol.asyncDispose]() {
        server.close();
        await credential.close();
      },
    };
  });
  beforeEach(() => {
    bound.length = 0;
  });

  async function whoAmI(account: Account, ssf: number) {
    await using only = await GssUsers.create({ accounts: [account] });
    return await ldapWhoAmI({
      uri: responder().uri,
      mechanism: MECHANISM,
      authid: account.user,
      password: account.password,
      securityProperties: `minssf=${ssf},maxssf=${ssf}`,
      env: only.env,
    });
  }

  for (const { ssf, layer, request } of LAYERS) {
    if (ssf > 0)
      it(`ldapwhoami binds to us with SSF ${ssf} and asks through layer ${layer}`, async () => {
        const { stdout, stderr } = await whoAmI(bob, ssf);
        assert.equal(stdout, 'u:bob\n', stderr);
        assert.deepEqual(bound, [layer]);
      });

    it(`we bind to slapd with layer ${layer} and ask who we are`, async () => {
      const sasl = await ourClient('ldap', alice, { request });
      const client = await LdapClient.connect(slapd().port, slapd().host);
      try {
        await client.bind(MECHANISM, sasl);
        assert.match(await client.whoAmI(), /^dn:uid=testdom\\5Calice,/i);
        assert.equal(sasl.layer, layer);
      } finally {
        client.close();
      }
    });
  }

  it('a wrong password is refused on both sides', async () => {
    assert.equal((await whoAmI(wrong, 64)).code, 49);
    const client = await LdapClient.connect(slapd().port, slapd().host);
    await assert.rejects(client.bind(MECHANISM, await ourClient('ldap', wrong)), { name: 'Error' });
    client.close();
  });
});

describe('GSS-SPNEGO with Samba', () => {
  requirePeer('gensec');
  const config = usePeer(() => SambaConfig.create());

  async function logOn(features: readonly GensecFeature[]): Promise<{ client: GensecPeer; server: SaslServer }> {
    const server = await ourServer('ldap');
    const options = { config: config(), mechanism: `sasl:${MECHANISM}`, service: 'ldap', features };
    const client = await GensecPeer.client(options);
    open.push(client);
    let theirs = await client.step();
    let ours = await server.step(theirs.token);
    while (!ours.done) {
      theirs = await client.step(ours.token);
      ours = await server.step(theirs.token);
    }
    if (!theirs.done) await client.step(ours.token);
    assert.equal(server.identity.name, 'alice');
    return { client, server };
  }

  /** GENSEC's buffers go without their length here. */
  function framed(buffer: Uint8Array): Uint8Array {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(buffer.length);
    return Buffer.concat([length, buffer]);
  }

  for (const features of [
    ['SIGN', 'SEAL', 'SESSION_KEY'],
    // As LDAP's client, which asks for sealing behind the back of who wants signatures.
    ['SIGN', 'SESSION_KEY', 'LDAP_STYLE'],
  ] as const) {
    it(`GENSEC logs on to us with ${features.join(' ')}, and sealed buffers pass`, async () => {
      const { client, server } = await logOn(features);
      assert.equal(server.layer, 'confidentiality');
      for (const message of ['one', 'two', 'x'.repeat(50_000)]) {
        assert.equal(text(await client.unwrap(server.wrap(Buffer.from(message)).subarray(4))), message);
        assert.equal(text(server.unwrap(framed(await client.wrap(Buffer.from(message))))), message);
      }
    });
  }

  it('GENSEC logs on to us with SIGN alone, and what it leaves in the clear is taken', async () => {
    const { client, server } = await logOn(['SIGN', 'SESSION_KEY']);
    assert.equal(server.layer, 'integrity');
    for (const message of ['one', 'two']) {
      const signed = await client.wrap(Buffer.from(message));
      assert.ok(text(signed).endsWith(message));
      assert.equal(text(server.unwrap(framed(signed))), message);
    }
  });
});
