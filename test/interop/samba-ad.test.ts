import assert from 'node:assert/strict';
import { ClientContext, Credential, type Protection, SaslClient, ServerContext } from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { ISC_REQ, SECPKG_ATTR, SECQOP } from 'secur32/raw';
import { decodeNegotiationToken } from '#dist/engine/negotiate/messages/negotiation-token.js';
import { LdapError } from '../../examples/ldap/client.js';
import { type Account, accounts, alice } from '../peers/accounts.js';
import { requirePeer, requireRoot, usePeer } from '../peers/require-peer.js';
import { exchangeTokens } from '../peers/run/exchange.js';
import { PeerRefusal } from '../peers/run/json-process.js';
import { GensecPeer } from '../peers/samba/gensec-peer.js';
import { SambaConfig } from '../peers/samba/samba-config.js';
import { SambaAd } from '../peers/samba-ad/samba-ad.js';
import { DirectoryClient } from './directory-client.js';
import { LENGTHS, NtlmSide, textOf } from './ntlm-side.js';
import { SmbClient, SmbError } from './smb/client.js';
import { NT_STATUS } from './smb/message.js';

/** Kerberos' own way to name users, alice@AD.EXAMPLE, goes along when it falls to NTLM. */
const REALM = 'AD.EXAMPLE';
const sspi = createEngine({
  accounts: memoryAccounts(accounts.map(account => ({ ...account, domain: REALM }))),
  negotiate: { packages: ['NTLM'] },
});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const wrong: Account = { ...alice, password: 'wrong' };

/** Ours are closed at the end of each test. */
const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

describe('An Active Directory domain controller that demands signing', function () {
  this.timeout(120_000);
  requirePeer('samba-ad');
  requireRoot();
  const dc = usePeer(() => SambaAd.start({ strongAuth: 'yes' }));

  async function saslClient(account: Account, request: readonly Protection[]): Promise<SaslClient> {
    const identity = { kind: 'password', domain: dc().domain, ...account } as const;
    const credential = await Credential.acquire({ package: 'Negotiate', use: 'outbound', identity, sspi });
    const sasl = await SaslClient.create({
      mechanism: 'GSS-SPNEGO',
      credential,
      service: 'ldap',
      host: 'dc1.ad.example',
      request,
    });
    open.push(credential, sasl);
    return sasl;
  }

  for (const account of accounts) {
    it(`LDAP: we bind as ${account.user} with NTLM, sealed, and read the domain through the layer`, async () => {
      const sasl = await saslClient(account, ['confidentiality']);
      using directory = await DirectoryClient.connect(dc().address);
      await directory.bind('GSS-SPNEGO', sasl);
      assert.deepEqual([sasl.layer, sasl.packageName], ['confidentiality', 'NTLM']);
      const names = await directory.search(dc().baseDn, 'sAMAccountName');
      for (const { user } of accounts) assert.ok(names.includes(user), `${user} is not among ${names.length} names`);
    });
  }

  it('LDAP: signed alone, too', async () => {
    const sasl = await saslClient(alice, ['integrity']);
    using directory = await DirectoryClient.connect(dc().address);
    await directory.bind('GSS-SPNEGO', sasl);
    assert.equal(sasl.layer, 'integrity');
    assert.ok((await directory.search(dc().baseDn, 'sAMAccountName')).includes('alice'));
  });

  it('LDAP: without signing it is refused with strongerAuthRequired', async () => {
    using directory = await DirectoryClient.connect(dc().address);
    const refused = await directory.bind('GSS-SPNEGO', await saslClient(alice, [])).then(
      () => directory.search(dc().baseDn, 'sAMAccountName'),
      (error: unknown) => error,
    );
    assert.ok(refused instanceof LdapError, String(refused));
    assert.equal(refused.code, 8);
  });

  it('LDAP: a wrong password is refused with invalidCredentials', async () => {
    using directory = await DirectoryClient.connect(dc().address);
    const refused = await directory
      .bind('GSS-SPNEGO', await saslClient(wrong, ['confidentiality']))
      .catch((error: unknown) => error);
    assert.ok(refused instanceof LdapError, String(refused));
    assert.equal(refused.code, 49);
    assert.match(refused.message, /AcceptSecurityContext error, data 52e/);
  });

  it('GENSEC logs on to us with Kerberos first in its list: we choose NTLM, and both sign the list', async () => {
    const credential = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });
    const server = new ServerContext(credential);
    const config = await SambaConfig.create({ domain: dc().domain, parameters: { realm: REALM } });
    const client = await GensecPeer.client({
      config,
      mechanism: 'spnego',
      kerberos: 'auto',
      host: 'web.ad.example',
      service: 'HTTP',
      env: dc().env,
    });
    open.push(credential, server, config, client);
    const tokens = (await exchangeTokens(client, server)).map(token => decodeNegotiationToken(token));
    const [first, second] = tokens;
    assert.ok(first?.kind === 'init');
    // Both names of Kerberos stand before NTLM, and the token is Kerberos' own ([MS-SPNG] note 9).
    assert.deepEqual(first.init.mechTypes.oids, [
      '1.2.840.48018.1.2.2',
      '1.2.840.113554.1.2.2',
      '1.3.6.1.4.1.311.2.2.10',
    ]);
    assert.equal(first.init.mechToken?.[0], 0x60);
    assert.ok(second?.kind === 'resp');
    assert.deepEqual([second.resp.negState, second.resp.responseToken], [3, undefined]);
    assert.ok(tokens.slice(-2).every(token => token.kind === 'resp' && token.resp.mechListMic));
    assert.deepEqual(server.identity, { name: 'alice', domain: REALM, package: 'NTLM' });
    assert.deepEqual(await client.unwrap(await server.encrypt(bytes('hello'))), bytes('hello'));
    assert.deepEqual(await server.decrypt(await client.wrap(bytes('hello'))), bytes('hello'));
  });

  for (const account of accounts) {
    it(`we log ${account.user} on to GENSEC beside the domain controller, and sealed messages pass`, async () => {
      const identity = { kind: 'password', domain: dc().domain, ...account } as const;
      const credential = await Credential.acquire({ package: 'Negotiate', use: 'outbound', identity, sspi });
      const client = new ClientContext(credential, { targetName: 'host/dc1.ad.example' });
      const server = await GensecPeer.server({ config: dc().config, mechanism: 'spnego', env: dc().env });
      open.push(credential, client, server);
      await exchangeTokens(client, server);
      for (const text of ['one', 'two']) {
        assert.deepEqual(await server.unwrap(await client.encrypt(bytes(text))), bytes(text));
        assert.deepEqual(await client.decrypt(await server.wrap(bytes(text))), bytes(text));
      }
      const { sessionKey } = await sspi.queryContextAttributes(client.context, SECPKG_ATTR.SESSION_KEY);
      assert.deepEqual(sessionKey, await server.sessionKey());
    });
  }

  async function openIpc(account: Account): Promise<void> {
    const side = new NtlmSide('client', {
      package: 'Negotiate',
      account,
      domain: dc().domain,
      targetName: 'cifs/dc1.ad.example',
      contextReq: ISC_REQ.INTEGRITY,
    });
    const { client, hints } = await SmbClient.connect(dc().address, 445);
    using smb = client;
    await smb.logOn(side, hints);
    await smb.openShare('\\\\dc1.ad.example\\IPC$');
  }

  for (const account of accounts) {
    it(`SMB: we log on as ${account.user}, and both sides sign with the session key`, () => openIpc(account));
  }

  it('SMB: a wrong password is refused', async () => {
    await assert.rejects(
      openIpc(wrong),
      (error: unknown) => error instanceof SmbError && error.status === NT_STATUS.LOGON_FAILURE,
    );
  });

  for (const [what, contextReq, features] of [
    ['sealed', ISC_REQ.CONFIDENTIALITY, ['SEAL', 'SESSION_KEY']],
    ['signed', ISC_REQ.INTEGRITY, ['SIGN', 'SESSION_KEY']],
  ] as const) {
    it(`we log on to GENSEC beside the domain controller with bare NTLM, and many ${what} messages pass`, async () => {
      const client = new NtlmSide('client', { domain: dc().domain, targetName: 'host/dc1.ad.example', contextReq });
      const server = await GensecPeer.server({ config: dc().config, mechanism: 'ntlmssp', features, env: dc().env });
      open.push(server);
      await exchangeTokens(client, server);
      const { endpoint } = client;
      for (let turn = 0; turn < 60; turn++) {
        const text = textOf(LENGTHS[turn % LENGTHS.length]!);
        endpoint.verify(text, await server.sign(bytes(text)));
        await server.check(bytes(text), endpoint.sign(text));
        assert.equal(endpoint.open(await server.wrap(bytes(text))).text, text);
        const ours = what === 'sealed' ? endpoint.seal(text) : endpoint.seal(text, SECQOP.WRAP_NO_ENCRYPT);
        assert.deepEqual(Buffer.from(await server.unwrap(ours)).toString(), text);
      }
    });
  }

  it('GENSEC beside the domain controller refuses a wrong password', async () => {
    const identity = { kind: 'password', domain: dc().domain, ...wrong } as const;
    const credential = await Credential.acquire({ package: 'Negotiate', use: 'outbound', identity, sspi });
    const client = new ClientContext(credential, { targetName: 'host/dc1.ad.example' });
    const server = await GensecPeer.server({ config: dc().config, mechanism: 'spnego', env: dc().env });
    open.push(credential, client, server);
    await assert.rejects(exchangeTokens(client, server), PeerRefusal);
  });
});
