import assert from 'node:assert/strict';
import { ASC_RET, ISC_REQ, ISC_RET, SECQOP, SspiError } from 'secur32/raw';
import { decodeGssToken, encodeGssToken, GSS_TOKEN, KERBEROS_OIDS } from '#dist/engine/kerberos/ap/gss-token.js';
import { tgtRequestToken } from '#dist/engine/kerberos/ap/user-to-user.js';
import { decodeTicket } from '#dist/engine/kerberos/messages/ticket.js';
import { decodeTgtReply, decodeTgtRequest, encodeTgtReply } from '#dist/engine/kerberos/messages/user-to-user.js';
import { ENCTYPES } from '../../peers/krb5/krb5-files.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { MitUserToUser } from '../../peers/krb5/user-to-user.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { exchangeTokens } from '../../peers/run/exchange.js';
import { closeAfterEach } from './closing.js';
import { userName } from './gss-exchange.js';
import { principal } from './kdc-services.js';
import { engineFor, Side, type SideOptions } from './side.js';

const { CONFIDENTIALITY, INTEGRITY, MUTUAL_AUTH, USE_SESSION_KEY } = ISC_REQ;
const USUAL = CONFIDENTIALITY | INTEGRITY | MUTUAL_AUTH;
const user = (name: string) => ({ kind: 'password', user: name, password: `pw-${name}` }) as const;
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const failsWith = (code: string) => (error: unknown) => error instanceof SspiError && error.code === code;

describe('Kerberos user to user, with the KDC of MIT krb5', () => {
  requirePeer('mit-kdc');
  // -allow_svr: the KDC gives tickets for this user in user-to-user only.
  const kdc = usePeer(() => MitKdc.start({ commands: ['addprinc -pw pw-carol -allow_svr carol'] }));
  const keep = closeAfterEach();

  const ourClient = async (options: SideOptions = {}): Promise<Side> => {
    const usual = { authData: user('alice'), contextReq: USUAL | USE_SESSION_KEY, targetName: 'bob' };
    return keep(await Side.open(engineFor(kdc()), 'client', { ...usual, ...options }));
  };
  const ourServer = async (options: SideOptions = {}): Promise<Side> =>
    keep(await Side.open(engineFor(kdc()), 'server', { authData: user('bob'), ...options }));

  async function talk(client: Side, server: Side): Promise<void> {
    assert.deepEqual(await client.sessionKey(), await server.sessionKey());
    for (const message of ['hello', 'x'.repeat(20_000)]) {
      for (const qop of [0, SECQOP.WRAP_NO_ENCRYPT]) {
        assert.deepEqual(await server.unwrap(await client.wrap(bytes(message), qop)), { data: bytes(message), qop });
        assert.deepEqual(await client.unwrap(await server.wrap(bytes(message), qop)), { data: bytes(message), qop });
      }
    }
  }

  it('is asked for by the client: four tokens, all of the mechanism of that name', async () => {
    const [client, server] = [await ourClient(), await ourServer()];
    const tokens = await exchangeTokens(client, server);
    // RFC 2743 3.1 with the OID of user-to-user, and the TOK_IDs of its draft and of RFC 4121 4.1.
    const heads = tokens.map(token => Buffer.from(token).indexOf('060a2a864886f71201020203', 0, 'hex'));
    assert.ok(
      heads.every(at => at > 0 && at < 6),
      String(heads),
    );
    const ids = tokens.map((token, n) => Buffer.from(token).readUInt16BE(heads[n]! + 12));
    assert.deepEqual(ids, [0x0400, 0x0401, 0x0100, 0x0200]);
    assert.equal(await userName(server), `${kdc().name}\\alice`);
    assert.ok(client.attributes & ISC_RET.USE_SESSION_KEY && client.attributes & ISC_RET.MUTUAL_AUTH);
    assert.ok(server.attributes & ASC_RET.USE_SESSION_KEY && server.attributes & ASC_RET.MUTUAL_AUTH);
    await talk(client, server);
  });

  it('without mutual authentication', async () => {
    const client = await ourClient({ contextReq: CONFIDENTIALITY | USE_SESSION_KEY });
    const server = await ourServer();
    assert.equal((await exchangeTokens(client, server)).length, 3);
    await talk(client, server);
  });

  for (const enctype of Object.keys(ENCTYPES)) {
    it(`between users of ${enctype}`, async () => {
      const client = await ourClient({ authData: user(`u-${enctype}`) });
      const server = await ourServer();
      await exchangeTokens(client, server);
      assert.equal(await userName(server), `${kdc().name}\\u-${enctype}`);
      await talk(client, server);
    });
  }

  it('is not needed where the KDC makes tickets in the key of the user, and the server has the password', async () => {
    for (const enctype of Object.keys(ENCTYPES)) {
      const client = await ourClient({ contextReq: USUAL, targetName: `u-${enctype}` });
      const server = await ourServer({ authData: user(`u-${enctype}`) });
      assert.equal((await exchangeTokens(client, server)).length, 2);
      assert.equal(server.attributes & ASC_RET.USE_SESSION_KEY, 0);
      await talk(client, server);
    }
  });

  it('a server with another password is of no use', async () => {
    const client = await ourClient({ contextReq: USUAL });
    const server = await ourServer({ authData: { ...user('bob'), password: 'wrong' } });
    const { token } = await client.step();
    const refusal = await server.step(token).catch((error: SspiError) => error);
    assert.ok(refusal instanceof SspiError && refusal.code === 'SEC_E_LOGON_DENIED');
    await assert.rejects(client.step(refusal.token), failsWith('SEC_E_WRONG_PRINCIPAL'));
  });

  it('begins by itself where the KDC says that the target is a user', async () => {
    const client = await ourClient({ contextReq: USUAL, targetName: `carol@${kdc().name}` });
    const server = await ourServer({ authData: user('carol') });
    assert.equal((await exchangeTokens(client, server)).length, 4);
    await talk(client, server);
  });

  it('with tickets of a cache that kinit made, on both sides', async () => {
    const of = async (name: string) => ({
      kind: 'ccache' as const,
      ccache: await kdc().kinit(name, `pw-${name}`, [], `u2u-${name}`),
    });
    const client = await ourClient({ authData: await of('alice') });
    const server = await ourServer({ authData: await of('bob') });
    await exchangeTokens(client, server);
    await talk(client, server);
  });

  describe('with MIT libkrb5', () => {
    requirePeer('libkrb5');
    const env = () => kdc().environment;
    const framed = (id: number, message: Uint8Array) => encodeGssToken(id, message, KERBEROS_OIDS.USER_TO_USER);

    it('we call it', async () => {
      const ccache = await kdc().kinit('bob', 'pw-bob', [], 'called');
      const theirs = keep(await MitUserToUser.called({ env: env(), ccache }));
      const client = await ourClient();
      const { token: asked } = await client.step();
      assert.deepEqual(decodeTgtRequest(decodeGssToken(asked!).message).serverName?.components, ['bob']);
      const lent = encodeTgtReply(decodeTicket(await theirs.receive()));
      const { token: request } = await client.step(framed(GSS_TOKEN.TGT_REPLY, lent));
      theirs.send(decodeGssToken(request!).message);
      assert.equal(await theirs.says(), `alice@${kdc().name} session-key`);
      const { done } = await client.step(framed(GSS_TOKEN.AP_REP, await theirs.receive()));
      assert.ok(done && client.attributes & ISC_RET.MUTUAL_AUTH);
    });

    it('it calls us', async () => {
      const ccache = await kdc().kinit('alice', 'pw-alice', [], 'caller');
      const theirs = keep(await MitUserToUser.caller({ env: env(), ccache, target: 'bob' }));
      const server = await ourServer();
      const { token: lent } = await server.step(tgtRequestToken({ name: principal('bob@X').name }));
      theirs.send(decodeTgtReply(decodeGssToken(lent!).message).encoding);
      const { done, token: reply } = await server.step(framed(GSS_TOKEN.AP_REQ, await theirs.receive()));
      assert.ok(done);
      assert.equal(await userName(server), `${kdc().name}\\alice`);
      theirs.send(decodeGssToken(reply!).message);
      assert.equal(await theirs.says(), 'ok');
    });
  });

  it('a server with keys has no ticket-granting ticket, and the client learns that', async () => {
    const client = await ourClient();
    const server = keep(await Side.open(engineFor(kdc()), 'server'));
    const { token } = await client.step();
    const refusal = await server.step(token).catch((error: SspiError) => error);
    assert.ok(refusal instanceof SspiError && refusal.code === 'SEC_E_NO_TGT_REPLY');
    await assert.rejects(client.step(refusal.token), failsWith('SEC_E_NO_TGT_REPLY'));
  });

  it('a server with tickets alone takes no ticket for a service, and the client learns that', async () => {
    const client = await ourClient({ contextReq: USUAL, targetName: 'HTTP/localhost' });
    const ccache = await kdc().kinit('bob', 'pw-bob', [], 'alone');
    const server = await ourServer({ authData: { kind: 'ccache', ccache } });
    const { token } = await client.step();
    const refusal = await server.step(token).catch((error: SspiError) => error);
    assert.ok(refusal instanceof SspiError && refusal.code === 'SEC_E_NO_KERB_KEY');
    await assert.rejects(client.step(refusal.token), failsWith('SEC_E_NO_TGT_REPLY'));
  });

  it('a ticket counts only in the exchange whose ticket-granting ticket it was made for', async () => {
    const [client, server] = [await ourClient(), await ourServer()];
    const { token: asked } = await client.step();
    const { token: lent } = await server.step(asked);
    const { token: request } = await client.step(lent);
    // Nothing was lent.
    await assert.rejects((await ourServer()).step(request), failsWith('SEC_E_NO_TGT_REPLY'));
    // Another one was.
    const other = await ourServer();
    await other.step((await (await ourClient()).step()).token);
    await assert.rejects(other.step(request), failsWith('SEC_E_LOGON_DENIED'));
    await server.step(request);
  });

  it("the KDC makes no ticket for one user with another's ticket-granting ticket", async () => {
    const client = await ourClient({ targetName: 'carol' });
    const server = await ourServer();
    const { token } = await server.step((await client.step()).token);
    await assert.rejects(client.step(token), SspiError);
  });

  it('asks once, and takes nothing else for an answer', async () => {
    const server = await ourServer();
    const { token } = await (await ourClient()).step();
    await server.step(token);
    await assert.rejects(server.step(token), failsWith('SEC_E_NO_TGT_REPLY'));
    const client = await ourClient();
    const { token: own } = await client.step();
    await assert.rejects(client.step(own), failsWith('SEC_E_NO_TGT_REPLY'));
    await assert.rejects(
      (await ourClient({ contextReq: USUAL | USE_SESSION_KEY | ISC_REQ.USE_DCE_STYLE })).step(),
      failsWith('SEC_E_UNSUPPORTED_FUNCTION'),
    );
  });
});
