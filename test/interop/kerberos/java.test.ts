import assert from 'node:assert/strict';
import { Credential, type Protection, SaslClient, SaslServer } from 'secur32';
import { ASC_RET, ISC_REQ, SECQOP } from 'secur32/raw';
import { JavaPeer, JavaRefusal } from '../../peers/java/java-peer.js';
import { ENCTYPES, type Enctype } from '../../peers/krb5/krb5-files.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { exchangeTokens } from '../../peers/run/exchange.js';
import { closeAfterEach } from './closing.js';
import { messageKeyType, userName } from './gss-exchange.js';
import { engineFor, Side, type SideOptions } from './side.js';

const ALICE = { kind: 'password', user: 'alice', password: 'pw-alice' } as const;
const { CONFIDENTIALITY, INTEGRITY, MUTUAL_AUTH } = ISC_REQ;
const USUAL = CONFIDENTIALITY | INTEGRITY | MUTUAL_AUTH;
/** RFC 2744. */
const GSS = { DELEG: 1, MUTUAL: 2, CONF: 16, INTEG: 32 } as const;
const KERBEROS = '1.2.840.113554.1.2.2';
const SPNEGO = '1.3.6.1.5.5.2';
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('Kerberos with Java', function () {
  this.timeout(60_000);
  requirePeer('java', 'mit-kdc');
  const kdc = usePeer(() =>
    MitKdc.start({
      commands: Object.keys(ENCTYPES).map(name => `setstr svc-${name}/localhost session_enctypes ${name}`),
    }),
  );
  const java = usePeer(async () =>
    JavaPeer.start({ kdc: kdc(), ccache: await kdc().kinit('alice', 'pw-alice', ['-f']) }),
  );
  const keep = closeAfterEach();

  const ourClient = async (options: SideOptions = {}): Promise<Side> =>
    keep(await Side.open(engineFor(kdc()), 'client', { authData: ALICE, contextReq: USUAL, ...options }));
  const ourServer = async (options: SideOptions = {}): Promise<Side> =>
    keep(await Side.open(engineFor(kdc()), 'server', options));

  async function talk(ours: Side): Promise<void> {
    for (const message of ['a', 'hello', 'x'.repeat(20_000)]) {
      for (const qop of [0, SECQOP.WRAP_NO_ENCRYPT]) {
        assert.deepEqual(await java().unwrap(await ours.wrap(bytes(message), qop)), bytes(message));
        const opened = await ours.unwrap(await java().wrap(bytes(message), qop === 0));
        assert.deepEqual(opened, { data: bytes(message), qop });
      }
      await java().verify(bytes(message), await ours.mic(bytes(message)));
      await ours.verify(bytes(message), await java().mic(bytes(message)));
    }
  }

  for (const enctype of Object.keys(ENCTYPES) as Enctype[]) {
    it(`${enctype}: it logs on to us`, async () => {
      const server = await ourServer();
      await java().gss('client', KERBEROS, `svc-${enctype}@localhost`, GSS.MUTUAL | GSS.CONF | GSS.INTEG);
      await exchangeTokens(java(), server);
      assert.equal(await userName(server), `${kdc().name}\\alice`);
      assert.equal(await messageKeyType(server), ENCTYPES[enctype]);
      await talk(server);
    });

    it(`${enctype}: we log on to it`, async () => {
      const client = await ourClient({ targetName: `svc-${enctype}/localhost` });
      await java().gss('server', KERBEROS);
      await exchangeTokens(client, java());
      assert.equal((await java().peer())[0], `alice@${kdc().name}`);
      assert.equal(await messageKeyType(client), ENCTYPES[enctype]);
      await talk(client);
    });
  }

  it('SPNEGO: it logs on to us', async () => {
    const server = await ourServer({ package: 'Negotiate' });
    await java().gss('client', SPNEGO, 'HTTP@localhost', GSS.MUTUAL | GSS.CONF | GSS.INTEG);
    await exchangeTokens(java(), server);
    assert.equal(await userName(server), `${kdc().name}\\alice`);
    await talk(server);
  });

  it('SPNEGO: we log on to it', async () => {
    const client = await ourClient({ package: 'Negotiate' });
    await java().gss('server', SPNEGO);
    await exchangeTokens(client, java());
    await talk(client);
  });

  it('without mutual authentication, both directions', async () => {
    const server = await ourServer();
    await java().gss('client', KERBEROS, 'HTTP@localhost', GSS.CONF | GSS.INTEG);
    await exchangeTokens(java(), server);
    assert.equal(server.attributes & ASC_RET.MUTUAL_AUTH, 0);
    await talk(server);
    const client = await ourClient({ contextReq: CONFIDENTIALITY | INTEGRITY });
    await java().gss('server', KERBEROS);
    await exchangeTokens(client, java());
    await talk(client);
  });

  it('delegation, both directions', async () => {
    const server = await ourServer();
    await java().gss('client', KERBEROS, 'HTTP@localhost', GSS.MUTUAL | GSS.INTEG | GSS.DELEG);
    await exchangeTokens(java(), server);
    assert.ok(server.attributes & ASC_RET.DELEGATE);
    const client = await ourClient({ contextReq: USUAL | ISC_REQ.DELEGATE });
    await java().gss('server', KERBEROS);
    await exchangeTokens(client, java());
    assert.equal((await java().peer())[2], `alice@${kdc().name}`);
  });

  it('a ticket for a service that it is not is refused by both', async () => {
    await kdc().kadmin('addprinc -randkey other/localhost');
    await java().gss('server', KERBEROS);
    const { token } = await (await ourClient({ targetName: 'other/localhost' })).step();
    await assert.rejects(java().step(token), JavaRefusal);
    await java().gss('client', KERBEROS, 'other@localhost', GSS.MUTUAL);
    const { token: theirs } = await java().step();
    await assert.rejects((await ourServer()).step(theirs), /SEC_E_NO_KERB_KEY/);
  });

  describe('GSSAPI of SASL', () => {
    const QOPS: readonly { qop: 'auth' | 'auth-int' | 'auth-conf'; layer: string; request: readonly Protection[] }[] = [
      { qop: 'auth', layer: 'none', request: [] },
      { qop: 'auth-int', layer: 'integrity', request: ['integrity'] },
      { qop: 'auth-conf', layer: 'confidentiality', request: ['confidentiality'] },
    ];
    const names = { mechanism: 'GSSAPI', service: 'imap', host: 'localhost' };

    for (const { layer, qop, request } of QOPS) {
      it(`it logs on to us: ${qop}`, async () => {
        const credential = await Credential.acquire({ package: 'Kerberos', use: 'inbound', sspi: engineFor(kdc()) });
        const server = keep(await SaslServer.create({ ...names, credential: keep(credential) }));
        await java().sasl('client', 'imap', qop);
        let token: Uint8Array | undefined;
        for (let done = false; !done; ) {
          const theirs = await java().step(token);
          ({ done, token } = await server.step(theirs.token ?? new Uint8Array(0)));
        }
        assert.deepEqual([server.layer, server.identity.name], [layer, 'alice']);
        assert.equal((await java().peer())[1], qop);
        if (layer !== 'none') await talkInFrames(server);
      });

      it(`we log on to it: ${qop}`, async () => {
        const sspi = engineFor(kdc());
        const credential = await Credential.acquire({ package: 'Kerberos', use: 'outbound', identity: ALICE, sspi });
        const client = keep(await SaslClient.create({ ...names, credential: keep(credential), request }));
        await java().sasl('server', 'imap', qop);
        for (let { done, token } = await client.step(); ; ) {
          const theirs = await java().step(token);
          if (done) break;
          ({ done, token } = await client.step(theirs.token ?? new Uint8Array(0)));
        }
        assert.deepEqual([client.layer, await java().peer()], [layer, [`alice@${kdc().name}`, qop]]);
        if (layer !== 'none') await talkInFrames(client);
      });
    }

    /** Java leaves the length before each message to its callers. */
    async function talkInFrames(ours: SaslServer | SaslClient): Promise<void> {
      for (const message of ['hello', 'x'.repeat(30_000)]) {
        const wrapped = await java().wrap(bytes(message));
        const length = Buffer.alloc(4);
        length.writeUInt32BE(wrapped.length);
        assert.deepEqual(Buffer.from(ours.unwrap(Buffer.concat([length, wrapped]))), Buffer.from(message));
        assert.deepEqual(await java().unwrap(ours.wrap(bytes(message)).subarray(4)), bytes(message));
      }
    }
  });
});
