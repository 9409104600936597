import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { ASC_REQ, ASC_RET, ISC_REQ, ISC_RET, KERBEROS_ATTR, SECPKG_ATTR, SECQOP, SspiError } from 'secur32/raw';
import { GssKrb5, type GssKrb5Flag } from '../../peers/krb5/gss-krb5.js';
import { ENCTYPES, type Enctype } from '../../peers/krb5/krb5-files.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { PeerRefusal } from '../../peers/run/json-process.js';
import { exchange, messageKeyType, talk, userName } from './gss-exchange.js';
import { engineFor, Side, type SideOptions } from './side.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const failsWith = (code: string) => (error: unknown) => error instanceof SspiError && error.code === code;

const { CONFIDENTIALITY, INTEGRITY, MUTUAL_AUTH, REPLAY_DETECT, SEQUENCE_DETECT } = ISC_REQ;
const USUAL = CONFIDENTIALITY | INTEGRITY | MUTUAL_AUTH;
const ALICE = { kind: 'password', user: 'alice', password: 'pw-alice' } as const;

describe('Kerberos with MIT libgssapi', () => {
  requirePeer('mit-kdc', 'krb5-gssapi');
  // Left to itself the KDC issues session keys of AES for services with keys of other types, too.
  const commands = Object.keys(ENCTYPES).map(name => `setstr svc-${name}/localhost session_enctypes ${name}`);
  const kdc = usePeer(() => MitKdc.start({ commands }));
  const open: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
  });
  const keep = <T extends AsyncDisposable>(each: T): T => {
    open.push(each);
    return each;
  };

  const ourClient = async (options: SideOptions = {}): Promise<Side> =>
    keep(await Side.open(engineFor(kdc()), 'client', { authData: ALICE, contextReq: USUAL, ...options }));
  const ourServer = async (options: SideOptions = {}): Promise<Side> =>
    keep(await Side.open(engineFor(kdc()), 'server', options));
  const theirServer = async (options: { bindings?: Uint8Array; mechanism?: 'spnego' } = {}): Promise<GssKrb5> =>
    keep(await GssKrb5.server({ kdc: kdc(), ...options }));

  interface TheirClient {
    readonly user?: string;
    readonly target?: string;
    readonly flags?: readonly GssKrb5Flag[];
    readonly bindings?: Uint8Array;
    readonly mechanism?: 'spnego';
    readonly kinit?: readonly string[];
  }
  async function theirClient({ user = 'alice', kinit = [], ...options }: TheirClient = {}): Promise<GssKrb5> {
    const ccache = await kdc().kinit(user, `pw-${user}`, kinit, `cc-${user}`);
    return keep(await GssKrb5.client({ kdc: kdc(), ccache, ...options }));
  }

  for (const enctype of Object.keys(ENCTYPES) as Enctype[]) {
    it(`${enctype}: our client, their server`, async () => {
      const client = await ourClient({ targetName: `svc-${enctype}/localhost` });
      const server = await theirServer();
      const { flags, initiator } = await exchange(client, server);
      assert.equal(initiator, `alice@${kdc().name}`);
      assert.ok(flags?.includes('mutual_authentication') && flags.includes('confidentiality'), String(flags));
      assert.ok(client.attributes & ISC_RET.MUTUAL_AUTH);
      assert.equal(await messageKeyType(client), ENCTYPES[enctype]);
      assert.deepEqual(await client.sessionKey(), await server.sessionKey());
      await talk(client, server);
    });

    it(`${enctype}: their client, our server`, async () => {
      const server = await ourServer();
      const client = await theirClient({ user: `u-${enctype}`, target: `svc-${enctype}@localhost` });
      const { flags } = await exchange(client, server);
      assert.ok(flags?.includes('mutual_authentication'), String(flags));
      assert.equal(await userName(server), `${kdc().name}\\u-${enctype}`);
      assert.equal(await messageKeyType(server), ENCTYPES[enctype]);
      assert.deepEqual(await client.sessionKey(), await server.sessionKey());
      const { user } = await server.sspi.querySecurityContextToken(server.context);
      assert.deepEqual([user.name, user.domain], [`u-${enctype}`, kdc().name]);
      await talk(server, client);
    });
  }

  describe('without mutual authentication', () => {
    it('our client', async () => {
      const client = await ourClient({ contextReq: CONFIDENTIALITY });
      const server = await theirServer();
      const { flags } = await exchange(client, server);
      assert.ok(!flags?.includes('mutual_authentication'));
      assert.equal(client.attributes & ISC_RET.MUTUAL_AUTH, 0);
      await talk(client, server);
    });

    it('their client', async () => {
      const client = await theirClient({ flags: ['confidentiality', 'integrity'] });
      const server = await ourServer();
      await exchange(client, server);
      assert.equal(server.attributes & ASC_RET.MUTUAL_AUTH, 0);
      await talk(server, client);
    });
  });

  describe('DCE style', () => {
    /** As remote procedure calls do it: the token apart from the data. GSS_Wrap of MIT in one piece is not what Windows makes. */
    async function talkInParts(ours: Side, theirs: GssKrb5): Promise<void> {
      for (const message of ['a', 'hello', 'x'.repeat(5000)]) {
        for (const qop of [0, SECQOP.WRAP_NO_ENCRYPT]) {
          const [token, data] = await ours.wrapParts(bytes(message), qop);
          assert.equal(text(await theirs.unwrapParts(token, data)), message);
          const made = await theirs.wrapParts(bytes(message), qop === 0);
          assert.equal(text(await ours.unwrapParts(made.header, made.data)), message);
        }
        await theirs.verify(bytes(message), await ours.mic(bytes(message)));
        await ours.verify(bytes(message), await theirs.mic(bytes(message)));
      }
    }

    for (const enctype of ['aes256-cts-hmac-sha1-96', 'arcfour-hmac']) {
      it(`our client, ${enctype}`, async () => {
        const contextReq = USUAL | ISC_REQ.USE_DCE_STYLE;
        const client = await ourClient({ contextReq, targetName: `svc-${enctype}/localhost` });
        const server = await theirServer();
        const { flags } = await exchange(client, server);
        assert.ok(flags?.includes('dce_style'), String(flags));
        assert.ok(client.attributes & ISC_RET.USED_DCE_STYLE);
        assert.deepEqual(await client.sessionKey(), await server.sessionKey());
        await talkInParts(client, server);
      });

      it(`their client, ${enctype}`, async () => {
        const flags = ['mutual_authentication', 'confidentiality', 'integrity', 'dce_style'] as const;
        const client = await theirClient({ flags, target: `svc-${enctype}@localhost` });
        const server = await ourServer();
        await exchange(client, server);
        assert.ok(server.attributes & ASC_RET.USED_DCE_STYLE);
        await talkInParts(server, client);
      });
    }
  });

  describe('sequence', () => {
    const contextReq = USUAL | REPLAY_DETECT | SEQUENCE_DETECT;

    it('numbers begin where both sides say', async () => {
      const client = await ourClient({ contextReq });
      const server = await theirServer();
      await exchange(client, server);
      await talk(client, server);
      const message = await server.wrap(bytes('once'));
      await client.unwrap(message);
      await assert.rejects(client.unwrap(message), failsWith('SEC_E_OUT_OF_SEQUENCE'));
      const own = await client.wrap(bytes('once'));
      await server.unwrap(own);
      await assert.rejects(server.unwrap(own), PeerRefusal);
    });

    it('of their client', async () => {
      const flags = ['mutual_authentication', 'confidentiality', 'integrity', 'out_of_sequence_detection'] as const;
      const client = await theirClient({ flags });
      const server = await ourServer();
      await exchange(client, server);
      const first = await client.wrap(bytes('one'));
      const second = await client.wrap(bytes('two'));
      await assert.rejects(server.unwrap(second), failsWith('SEC_E_OUT_OF_SEQUENCE'));
      await server.unwrap(first);
      await server.unwrap(second);
    });
  });

  describe('channel bindings', () => {
    const [one, other] = ['one', 'other'].map(name => bytes(`tls-server-end-point:${name}`)) as [
      Uint8Array,
      Uint8Array,
    ];

    it('equal ones, both directions', async () => {
      await exchange(await ourClient({ bindings: one }), await theirServer({ bindings: one }));
      await exchange(await theirClient({ bindings: one }), await ourServer({ bindings: one }));
    });

    it('unequal ones are refused on both sides', async () => {
      const client = await ourClient({ bindings: one });
      await assert.rejects(exchange(client, await theirServer({ bindings: other })), PeerRefusal);
      const server = await ourServer({ bindings: other });
      await assert.rejects(exchange(await theirClient({ bindings: one }), server), failsWith('SEC_E_BAD_BINDINGS'));
    });

    it('a client without any is refused, or let pass where the server says so', async () => {
      const strict = await ourServer({ bindings: one });
      await assert.rejects(exchange(await theirClient(), strict), failsWith('SEC_E_BAD_BINDINGS'));
      const { ALLOW_MISSING_BINDINGS, PROXY_BINDINGS } = ASC_REQ;
      await exchange(await theirClient(), await ourServer({ bindings: one, contextReq: ALLOW_MISSING_BINDINGS }));
      await exchange(await theirClient({ bindings: one }), await ourServer({ contextReq: PROXY_BINDINGS }));
      const demanding = await ourServer({ contextReq: PROXY_BINDINGS });
      await assert.rejects(exchange(await theirClient(), demanding), failsWith('SEC_E_BAD_BINDINGS'));
    });
  });

  describe('delegation', () => {
    it('our client delegates to a service that the KDC trusts', async () => {
      const client = await ourClient({ contextReq: USUAL | ISC_REQ.DELEGATE });
      const { flags } = await exchange(client, await theirServer());
      assert.ok(flags?.includes('delegate_to_peer'), String(flags));
      assert.ok(client.attributes & ISC_RET.DELEGATE);
    });

    it('and to no other', async () => {
      const targetName = 'svc-aes256-cts-hmac-sha1-96/localhost';
      const client = await ourClient({ contextReq: USUAL | ISC_REQ.DELEGATE, targetName });
      const { flags } = await exchange(client, await theirServer());
      assert.ok(!flags?.includes('delegate_to_peer'), String(flags));
      assert.equal(client.attributes & ISC_RET.DELEGATE, 0);
    });

    it('their client delegates to us: the tickets can be used', async () => {
      const flags = ['mutual_authentication', 'integrity', 'delegate_to_peer'] as const;
      const client = await theirClient({ flags, kinit: ['-f'] });
      const server = await ourServer();
      await exchange(client, server);
      assert.ok(server.attributes & ASC_RET.DELEGATE);
      const { ccache } = await server.sspi.queryContextAttributes(server.context, KERBEROS_ATTR.DELEGATED_CCACHE);
      const file = `${kdc().path}/delegated`;
      writeFileSync(file, ccache);
      const { code, stderr } = await kdc().run('kvno', ['-c', `FILE:${file}`, 'host/localhost']);
      assert.equal(code, 0, stderr);
      const onward = await ourClient({ authData: { kind: 'ccache', ccache } });
      const { initiator } = await exchange(onward, await theirServer());
      assert.equal(initiator, `alice@${kdc().name}`);
    });
  });

  describe('SPNEGO', () => {
    it('our client, their server', async () => {
      const client = await ourClient({ package: 'Negotiate' });
      const server = await theirServer({ mechanism: 'spnego' });
      await exchange(client, server);
      const { packageInfo } = await client.sspi.queryContextAttributes(client.context, SECPKG_ATTR.NEGOTIATION_INFO);
      assert.equal(packageInfo.name, 'Kerberos');
      await talk(client, server);
    });

    it('their client, our server', async () => {
      const server = await ourServer({ package: 'Negotiate' });
      const client = await theirClient({ mechanism: 'spnego' });
      await exchange(client, server);
      assert.equal(await userName(server), `${kdc().name}\\alice`);
      await talk(server, client);
    });

    it('their client, our server, without SPNEGO around it', async () => {
      const server = await ourServer({ package: 'Negotiate' });
      const client = await theirClient();
      await exchange(client, server);
      await talk(server, client);
    });
  });

  describe('refusals', () => {
    it('a replayed token', async () => {
      const sspi = engineFor(kdc());
      const { token } = await (await theirClient()).step();
      const [first, second] = [keep(await Side.open(sspi, 'server')), keep(await Side.open(sspi, 'server'))];
      await first.step(token);
      await assert.rejects(second.step(token), failsWith('SEC_E_LOGON_DENIED'));
    });

    it('a ticket for another service, and MIT understands our error', async () => {
      const server = await ourServer({ principal: 'host/localhost' });
      const client = await theirClient();
      const { token } = await client.step();
      const error = await server.step(token).then(
        () => assert.fail('it went through'),
        (reason: unknown) => reason as SspiError,
      );
      assert.equal(error.code, 'SEC_E_NO_KERB_KEY');
      await assert.rejects(client.step(error.token), PeerRefusal);
    });

    it('a clock that is off, on both sides', async () => {
      const late = { environment: { variables: kdc().environment, now: () => Date.now() + 3600_000 } };
      const server = keep(await Side.open(engineFor(kdc(), late), 'server'));
      const client = await theirClient();
      const { token } = await client.step();
      await assert.rejects(server.step(token), failsWith('SEC_E_TIME_SKEW'));
      const own = await ourClient();
      const refused = await keep(await Side.open(engineFor(kdc(), late), 'server'))
        .step((await own.step()).token)
        .catch((reason: SspiError) => reason);
      assert.ok(refused instanceof SspiError);
      await assert.rejects(own.step(refused.token), failsWith('SEC_E_TIME_SKEW'));
    });
  });
});
