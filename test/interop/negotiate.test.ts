import assert from 'node:assert/strict';
import {
  ClientContext,
  type ClientContextOptions,
  Credential,
  ServerContext,
  type ServerContextOptions,
} from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { ASC_REQ, channelBindings, SECPKG_ATTR, SspiError } from 'secur32/raw';
import { type Account, accounts, alice } from '../peers/accounts.js';
import { GssPeer } from '../peers/gss/gss-peer.js';
import { GssUsers } from '../peers/gss/gss-users.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { exchangeTokens } from '../peers/run/exchange.js';
import { PeerRefusal } from '../peers/run/json-process.js';
import { GensecPeer } from '../peers/samba/gensec-peer.js';
import { NtlmAuth, NtlmAuthRefusal } from '../peers/samba/ntlm-auth.js';
import { SambaConfig } from '../peers/samba/samba-config.js';
import { NtlmSide } from './ntlm-side.js';

const DOMAIN = 'TESTDOM';
const sspi = createEngine({
  accounts: memoryAccounts(accounts.map(account => ({ ...account, domain: DOMAIN }))),
  negotiate: { packages: ['NTLM'] },
});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const wrong = { ...alice, password: 'wrong' };

/** Our two sides, closed at the end of each test. */
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function ourClient(
  account: Account = alice,
  options: Partial<ClientContextOptions> = {},
): Promise<ClientContext> {
  const identity = { kind: 'password', domain: DOMAIN, ...account } as const;
  const credential = await Credential.acquire({ package: 'Negotiate', use: 'outbound', identity, sspi });
  const client = new ClientContext(credential, { targetName: 'HTTP/localhost', ...options });
  open.push(credential, client);
  return client;
}

async function ourServer(options: ServerContextOptions = {}): Promise<ServerContext> {
  const credential = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });
  const server = new ServerContext(credential, options);
  open.push(credential, server);
  return server;
}

const sessionKey = async (context: ClientContext | ServerContext): Promise<Uint8Array> =>
  (await sspi.queryContextAttributes(context.context, SECPKG_ATTR.SESSION_KEY)).sessionKey;

const denied = (error: unknown): boolean => error instanceof SspiError && error.code === 'SEC_E_LOGON_DENIED';

describe('Negotiate with MIT libgssapi and gss-ntlmssp', () => {
  requirePeer('gss-ntlmssp');
  const users = usePeer(() => GssUsers.create());

  /** Messages both ways, more than one: the signatures of the list have moved the sequence numbers already. */
  async function talk(ours: ClientContext | ServerContext, peer: GssPeer): Promise<void> {
    for (const text of ['one', 'two', 'x'.repeat(100_000)]) {
      assert.deepEqual(await peer.unwrap(await ours.encrypt(bytes(text))), bytes(text));
      assert.deepEqual(await ours.decrypt(await peer.wrap(bytes(text))), bytes(text));
      await peer.verify(bytes(text), await ours.sign(bytes(text)));
      await ours.verify(bytes(text), await peer.mic(bytes(text)));
    }
    assert.deepEqual(await sessionKey(ours), await peer.sessionKey());
  }

  for (const account of accounts) {
    it(`${account.user} logs on to us, and sealed messages pass`, async () => {
      await using client = await GssPeer.client({ users: users(), mechanism: 'spnego', account });
      const server = await ourServer();
      await exchangeTokens(client, server);
      assert.deepEqual(server.identity, { name: account.user, domain: DOMAIN, package: 'NTLM' });
      await talk(server, client);
    });

    it(`we log ${account.user} on to it, and sealed messages pass`, async () => {
      const client = await ourClient(account);
      await using server = await GssPeer.server({ users: users(), mechanism: 'spnego' });
      await exchangeTokens(client, server);
      assert.equal(client.packageName, 'NTLM');
      await talk(client, server);
    });
  }

  it('integrity alone is agreed on both ways', async () => {
    await using theirClient = await GssPeer.client({ users: users(), mechanism: 'spnego', flags: ['integrity'] });
    const server = await ourServer();
    await exchangeTokens(theirClient, server);
    assert.ok(!server.protections.has('confidentiality'));
    await theirClient.verify(bytes('signed'), await server.sign(bytes('signed')));

    const client = await ourClient(alice, { request: [], require: ['integrity'] });
    await using theirServer = await GssPeer.server({ users: users(), mechanism: 'spnego' });
    await exchangeTokens(client, theirServer);
    await client.verify(bytes('signed'), await theirServer.mic(bytes('signed')));
    assert.ok(!client.protections.has('confidentiality'));
  });

  it('a wrong password is refused on both sides', async () => {
    await using theirClient = await GssPeer.client({ users: users(), mechanism: 'spnego', account: wrong });
    await assert.rejects(exchangeTokens(theirClient, await ourServer()), denied);
    await using theirServer = await GssPeer.server({ users: users(), mechanism: 'spnego' });
    await assert.rejects(exchangeTokens(await ourClient(wrong), theirServer), PeerRefusal);
  });

  it('its bare NTLM is taken, too', async () => {
    await using client = await GssPeer.client({ users: users(), mechanism: 'ntlm' });
    const server = await ourServer();
    await exchangeTokens(client, server);
    await talk(server, client);
  });

  describe('channel bindings', () => {
    const data = bytes('tls-server-end-point:one');
    const same = channelBindings({ applicationData: data });
    const other = channelBindings({ applicationData: bytes('tls-server-end-point:other') });

    it('pass where they are the same', async () => {
      await using theirClient = await GssPeer.client({ users: users(), mechanism: 'spnego', bindings: data });
      await exchangeTokens(theirClient, await ourServer({ channelBindings: same }));
      await using theirServer = await GssPeer.server({ users: users(), mechanism: 'spnego', bindings: data });
      await exchangeTokens(await ourClient(alice, { channelBindings: same }), theirServer);
    });

    it('are refused where they differ', async () => {
      await using theirClient = await GssPeer.client({ users: users(), mechanism: 'spnego', bindings: data });
      await assert.rejects(
        exchangeTokens(theirClient, await ourServer({ channelBindings: other })),
        (error: unknown) => error instanceof SspiError && error.code === 'SEC_E_BAD_BINDINGS',
      );
      await using theirServer = await GssPeer.server({ users: users(), mechanism: 'spnego', bindings: data });
      await assert.rejects(
        exchangeTokens(await ourClient(alice, { channelBindings: other }), theirServer),
        PeerRefusal,
      );
    });
  });
});

describe('Negotiate with Samba', () => {
  requirePeer('gensec', 'ntlm-auth');
  const config = usePeer(() => SambaConfig.create());

  for (const account of accounts) {
    it(`GENSEC logs ${account.user} on to us, and sealed messages pass`, async () => {
      await using client = await GensecPeer.client({ config: config(), mechanism: 'spnego', account, service: 'http' });
      const server = await ourServer({ targetNames: ['http/localhost'] });
      await exchangeTokens(client, server);
      assert.deepEqual(server.identity, { name: account.user, domain: DOMAIN, package: 'NTLM' });
      for (const text of ['one', 'two', 'three']) {
        assert.deepEqual(await client.unwrap(await server.encrypt(bytes(text))), bytes(text));
        assert.deepEqual(await server.decrypt(await client.wrap(bytes(text))), bytes(text));
        await client.check(bytes(text), await server.sign(bytes(text)));
        await server.verify(bytes(text), await client.sign(bytes(text)));
      }
      assert.deepEqual(await sessionKey(server), await client.sessionKey());
    });

    it(`ntlm_auth logs ${account.user} on to us`, async () => {
      await using client = await NtlmAuth.client('spnego', { config: config(), account });
      const server = await ourServer();
      await exchangeTokens(client, server);
      assert.equal(server.identity.name, account.user);
    });

    it(`we log ${account.user} on to ntlm_auth, with the same session key`, async () => {
      const client = await ourClient(account);
      await using server = await NtlmAuth.server('spnego', { config: config(), account });
      await exchangeTokens(client, server);
      assert.deepEqual(await sessionKey(client), await server.sessionKey());
    });
  }

  it('GENSEC’s tokens come in pieces, where we are told to expect them', async () => {
    await using client = await GensecPeer.client({ config: config(), mechanism: 'spnego', longestToken: 64 });
    const server = new NtlmSide('server', { package: 'Negotiate', contextReq: ASC_REQ.FRAGMENT_TO_FIT });
    let pieces = 0;
    let theirs = await client.step();
    for (;;) {
      const ours = await server.step(theirs.token);
      pieces += 1;
      if (ours.done && theirs.done) break;
      theirs = await client.step(ours.token);
      if (ours.done) break;
    }
    assert.ok(pieces > 5, `${pieces} pieces`);
    assert.equal(await server.userName(), 'alice');
    assert.deepEqual(await server.sessionKey(), await client.sessionKey());
  });

  it('a wrong password is refused on both sides', async () => {
    await using gensec = await GensecPeer.client({ config: config(), mechanism: 'spnego', account: wrong });
    await assert.rejects(exchangeTokens(gensec, await ourServer()), denied);
    await using helper = await NtlmAuth.client('spnego', { config: config(), account: wrong });
    await assert.rejects(exchangeTokens(helper, await ourServer()), denied);
    await using server = await NtlmAuth.server('spnego', { config: config() });
    await assert.rejects(exchangeTokens(await ourClient(wrong), server), NtlmAuthRefusal);
  });
});
