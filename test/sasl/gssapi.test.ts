import assert from 'node:assert/strict';
import { Credential, type Protection, SaslClient, SaslServer } from 'secur32';
import {
  ASC_REQ,
  type ContextLeg,
  type CredHandle,
  type CtxtHandle,
  ISC_REQ,
  SASL_AUTHZID_STATE,
  SASL_OPTION,
  type SaslContextOptions,
  SEC_E,
  SEC_I,
  SECBUFFER,
  SECQOP,
  SspiError,
  tokenBuffer,
} from 'secur32/raw';
import { Mint } from '../engine/kerberos/ap/mint.js';
import { Side } from '../interop/kerberos/side.js';

const mint = new Mint();
const NOTHING = new Uint8Array(0);
const CLIENT_ALL = ISC_REQ.CONFIDENTIALITY | ISC_REQ.INTEGRITY | ISC_REQ.MUTUAL_AUTH | ISC_REQ.SEQUENCE_DETECT;
const SERVER_ALL = ASC_REQ.CONFIDENTIALITY | ASC_REQ.INTEGRITY;
const NONE = 1;
const INTEGRITY = 2;
const CONFIDENTIALITY = 4;

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function credential(use: 'inbound' | 'outbound'): Promise<CredHandle> {
  const authData = use === 'outbound' ? ({ kind: 'ccache', ccache: mint.ccache() } as const) : undefined;
  const call = { package: 'Kerberos', credentialUse: use, ...(authData && { authData }) };
  const acquired = await sspi.acquireCredentialsHandle(call);
  open.push(() => sspi.freeCredentialsHandle(acquired.credential));
  return acquired.credential;
}
const sspi = mint.engine();

type Step = (token: Uint8Array | undefined) => Promise<ContextLeg>;
interface SaslSide {
  readonly step: Step;
  context(): CtxtHandle;
}

async function saslServer(contextReq: number = SERVER_ALL, options: SaslContextOptions = {}): Promise<SaslSide> {
  const handle = await credential('inbound');
  let context: CtxtHandle | undefined;
  return {
    context: () => context!,
    async step(token) {
      const input = [tokenBuffer(token ?? NOTHING)];
      const leg = await sspi.saslAcceptSecurityContext({ credential: handle, context, input, contextReq, options });
      context = leg.context;
      return leg;
    },
  };
}

async function saslClient(contextReq: number = CLIENT_ALL, options: SaslContextOptions = {}): Promise<SaslSide> {
  const handle = await credential('outbound');
  let context: CtxtHandle | undefined;
  return {
    context: () => context!,
    async step(token) {
      const call = { credential: handle, context, targetName: 'HTTP/localhost', contextReq, options };
      const leg = await sspi.saslInitializeSecurityContext({ ...call, ...(token && { input: [tokenBuffer(token)] }) });
      context = leg.context;
      return leg;
    },
  };
}

const tokenOf = (leg: ContextLeg): Uint8Array => leg.output[0]?.data ?? NOTHING;
const shape = (leg: ContextLeg): [status: number, hasToken: boolean] => [leg.status, tokenOf(leg).length > 0];

async function bare(role: 'client' | 'server', contextReq = 0): Promise<Side> {
  const authData = role === 'client' ? ({ kind: 'ccache', ccache: mint.ccache() } as const) : undefined;
  const side = await Side.open(sspi, role, { authData, contextReq });
  open.push(() => side.close());
  return side;
}

/** A client without SASL, as far as the server's cookie. */
async function atServersCookie(server: SaslSide): Promise<{ side: Side; cookie: Uint8Array }> {
  const side = await bare('client', CLIENT_ALL);
  const reply = await server.step((await side.step()).token);
  await side.step(tokenOf(reply));
  const offer = await server.step(NOTHING);
  return { side, cookie: (await side.unwrap(tokenOf(offer))).data };
}

const refusedWith = (code: string) => (error: unknown) => error instanceof SspiError && error.code === code;
const wrapCookie = (side: Side, ...bytes: number[]): Promise<Uint8Array> =>
  side.wrap(Uint8Array.from(bytes), SECQOP.WRAP_NO_ENCRYPT);

describe('SASL GSSAPI (RFC 4752)', () => {
  it('call by call, with mutual authentication: the round trip is suspended', async () => {
    const [client, server] = [await saslClient(), await saslServer()];
    const c1 = await client.step(undefined);
    const s1 = await server.step(tokenOf(c1));
    const c2 = await client.step(tokenOf(s1));
    const s2 = await server.step(tokenOf(c2));
    const c3 = await client.step(tokenOf(s2));
    const s3 = await server.step(tokenOf(c3));
    assert.deepEqual([c1, s1, c2, s2, c3, s3].map(shape), [
      [SEC_I.CONTINUE_NEEDED, true],
      [SEC_I.CONTINUE_NEEDED, true],
      [SEC_I.CONTINUE_NEEDED, false],
      [SEC_I.CONTINUE_NEEDED, true],
      [SEC_E.OK, true],
      [SEC_E.OK, false],
    ]);
  });

  it('call by call, without it: the cookie comes at once', async () => {
    const [client, server] = [await saslClient(0), await saslServer()];
    const c1 = await client.step(undefined);
    const s1 = await server.step(tokenOf(c1));
    const c2 = await client.step(tokenOf(s1));
    const s2 = await server.step(tokenOf(c2));
    assert.deepEqual([c1, s1, c2, s2].map(shape), [
      [SEC_I.CONTINUE_NEEDED, true],
      [SEC_I.CONTINUE_NEEDED, true],
      [SEC_E.OK, true],
      [SEC_E.OK, false],
    ]);
  });

  it('offers what it was asked for, and its size', async () => {
    for (const [contextReq, expected] of [
      [SERVER_ALL, [7, 0, 0xff, 0xff]],
      [ASC_REQ.INTEGRITY, [3, 0, 0xff, 0xff]],
      [0, [1, 0, 0, 0]],
    ] as const) {
      const { cookie } = await atServersCookie(await saslServer(contextReq));
      assert.deepEqual([...cookie], expected);
    }
  });

  it('says the size that it was told to, and no more than three bytes hold', async () => {
    for (const [recvSize, expected] of [
      [0x1000, [7, 0, 0x10, 0]],
      [0x7fff_ffff, [7, 0xff, 0xff, 0xff]],
    ] as const) {
      const { cookie } = await atServersCookie(await saslServer(SERVER_ALL, { recvSize }));
      assert.deepEqual([...cookie], expected);
    }
    const server = await saslServer();
    const { side } = await atServersCookie(server);
    await sspi.saslSetContextOption(server.context(), SASL_OPTION.SEND_SIZE, 100);
    await server.step(await wrapCookie(side, CONFIDENTIALITY, 0, 0x10, 0));
    assert.equal(await sspi.saslGetContextOption(server.context(), SASL_OPTION.SEND_SIZE), 100);
    assert.equal(await sspi.saslGetContextOption(server.context(), SASL_OPTION.RECV_SIZE), 0xffff);
  });

  it('and its client the size and the identity that it was told to, with the strongest layer alone', async () => {
    const client = await saslClient(CLIENT_ALL, { recvSize: 0x2000, authzString: Buffer.from('u:älice') });
    const side = await bare('server');
    const { token } = await side.step(tokenOf(await client.step(undefined)));
    await client.step(token);
    const { output } = await client.step(await wrapCookie(side, NONE | INTEGRITY | CONFIDENTIALITY, 0, 0xff, 0xff));
    const { data, qop } = await side.unwrap(output[0]!.data);
    assert.deepEqual(Buffer.from(data), Buffer.from([CONFIDENTIALITY, 0, 0x20, 0, ...Buffer.from('u:älice')]));
    // RFC 4752 3.1: signed, and not sealed.
    assert.equal(qop, SECQOP.WRAP_NO_ENCRYPT);
  });

  it('a buffer in which nothing has room is one that nothing is sent into', async () => {
    const server = await saslServer();
    const { side } = await atServersCookie(server);
    await server.step(await wrapCookie(side, CONFIDENTIALITY, 0, 0, 0));
    assert.equal(await sspi.saslGetContextOption(server.context(), SASL_OPTION.SEND_SIZE), 0);
  });

  for (const [request, layer] of [
    [[], 'none'],
    [['integrity'], 'integrity'],
    [['confidentiality'], 'confidentiality'],
  ] as readonly (readonly [readonly Protection[], string])[]) {
    it(`agrees on the layer ${layer}, and speaks through it`, async () => {
      const identity = { kind: 'ccache', ccache: mint.ccache() } as const;
      await using outbound = await Credential.acquire({ package: 'Kerberos', use: 'outbound', identity, sspi });
      await using inbound = await Credential.acquire({ package: 'Kerberos', use: 'inbound', sspi });
      const common = { mechanism: 'GSSAPI', service: 'HTTP', host: 'localhost' };
      await using client = await SaslClient.create({ ...common, credential: outbound, request });
      await using server = await SaslServer.create({ ...common, credential: inbound });
      let toClient: Uint8Array | undefined;
      for (;;) {
        const ours = await client.step(toClient);
        const theirs = await server.step(ours.token);
        if (theirs.done) break;
        toClient = theirs.token;
      }
      assert.deepEqual([client.layer, server.layer], [layer, layer]);
      const message = Buffer.from('hello '.repeat(30_000));
      assert.deepEqual(Buffer.from(server.unwrap(client.wrap(message))), message);
      assert.deepEqual(Buffer.from(client.unwrap(server.wrap(message))), message);
    });
  }

  describe('a server takes', () => {
    it('an authorization identity', async () => {
      const server = await saslServer();
      const { side } = await atServersCookie(server);
      const leg = await server.step(await wrapCookie(side, CONFIDENTIALITY, 0, 0xff, 0xff, ...Buffer.from('älice')));
      assert.equal(leg.status, SEC_E.OK);
      const authzString = await sspi.saslGetContextOption(server.context(), SASL_OPTION.AUTHZ_STRING);
      assert.equal(Buffer.from(authzString).toString(), 'älice');
    });

    it('several layers at once, as clients of Active Directory say: the strongest', async () => {
      for (const layers of [INTEGRITY | CONFIDENTIALITY, NONE | INTEGRITY | CONFIDENTIALITY, NONE | INTEGRITY]) {
        const server = await saslServer();
        const { side } = await atServersCookie(server);
        const leg = await server.step(await wrapCookie(side, layers, 0, 0xff, 0xff));
        const { CONFIDENTIALITY: sealed, INTEGRITY: signed } = ASC_REQ;
        const expected = layers & CONFIDENTIALITY ? sealed | signed : signed;
        assert.deepEqual([leg.status, leg.contextAttr & (sealed | signed)], [SEC_E.OK, expected]);
      }
    });

    it('a size where there is no layer, as gsasl says', async () => {
      const server = await saslServer();
      const { side } = await atServersCookie(server);
      const leg = await server.step(await wrapCookie(side, NONE, 1, 0, 0));
      assert.deepEqual([leg.status, leg.contextAttr & (ASC_REQ.CONFIDENTIALITY | ASC_REQ.INTEGRITY)], [SEC_E.OK, 0]);
    });

    it('a size, and keeps to it', async () => {
      const server = await saslServer();
      const { side } = await atServersCookie(server);
      await server.step(await wrapCookie(side, CONFIDENTIALITY, 0, 0x10, 0));
      const sendSize = await sspi.saslGetContextOption(server.context(), SASL_OPTION.SEND_SIZE);
      assert.ok(sendSize < 4096 && sendSize >= 4096 - 61, String(sendSize));
    });
  });

  describe('a server refuses', () => {
    const CASES: Readonly<Record<string, readonly number[]>> = {
      'no bytes': [],
      'three bytes': [NONE, 0, 0],
      'no layer at all': [0, 0, 0, 0],
      'an unknown layer': [8, 0, 0xff, 0xff],
      'an unknown layer beside all others': [15, 0, 0xff, 0xff],
      'a NUL in the authorization identity': [CONFIDENTIALITY, 0, 0xff, 0xff, 0x61, 0],
      'an authorization identity that is not UTF-8': [CONFIDENTIALITY, 0, 0xff, 0xff, 0xc3],
    };
    for (const [name, cookie] of Object.entries(CASES)) {
      it(name, async () => {
        const server = await saslServer();
        const { side } = await atServersCookie(server);
        await assert.rejects(server.step(await wrapCookie(side, ...cookie)), refusedWith('SEC_E_INVALID_TOKEN'));
      });
    }

    it('a layer that it did not offer', async () => {
      for (const layer of [CONFIDENTIALITY, INTEGRITY | CONFIDENTIALITY]) {
        const server = await saslServer(ASC_REQ.INTEGRITY);
        const { side } = await atServersCookie(server);
        await assert.rejects(
          server.step(await wrapCookie(side, layer, 0, 0xff, 0xff)),
          refusedWith('SEC_E_INVALID_TOKEN'),
        );
      }
    });

    it('an authorization identity where that is forbidden', async () => {
      const server = await saslServer(SERVER_ALL, { authzProcessing: SASL_AUTHZID_STATE.FORBIDDEN });
      const { side } = await atServersCookie(server);
      await assert.rejects(
        server.step(await wrapCookie(side, NONE, 0, 0, 0, 0x61)),
        refusedWith('SEC_E_ALGORITHM_MISMATCH'),
      );
    });

    it('a cookie that was changed, or that is none', async () => {
      for (const change of [
        (cookie: Uint8Array) => cookie.with(cookie.length - 1, cookie.at(-1)! ^ 1),
        () => Uint8Array.of(NONE, 0, 0, 0),
        () => NOTHING,
      ]) {
        const server = await saslServer();
        const { side } = await atServersCookie(server);
        await assert.rejects(server.step(change(await wrapCookie(side, NONE, 0, 0, 0))), SspiError);
      }
    });

    it('a token in the round trip that is suspended', async () => {
      const server = await saslServer();
      const side = await bare('client', CLIENT_ALL);
      await server.step((await side.step()).token);
      await assert.rejects(server.step(Uint8Array.of(1)), refusedWith('SEC_E_INVALID_TOKEN'));
    });
  });

  describe('a client refuses', () => {
    async function offered(cookie: readonly number[], contextReq = CLIENT_ALL): Promise<ContextLeg> {
      const client = await saslClient(contextReq);
      const side = await bare('server');
      const c1 = await client.step(undefined);
      const { token } = await side.step(tokenOf(c1));
      if (token) await client.step(token);
      return client.step(await wrapCookie(side, ...cookie));
    }

    for (const [name, cookie] of Object.entries({
      'three bytes': [7, 0, 0],
      'five bytes': [7, 0, 0xff, 0xff, 0],
    })) {
      it(name, () => assert.rejects(offered(cookie), refusedWith('SEC_E_INVALID_TOKEN')));
    }

    it('layers that it does not want, or does not know', async () => {
      for (const layers of [INTEGRITY | CONFIDENTIALITY, 8, 0]) {
        await assert.rejects(offered([layers, 0, 0xff, 0xff], 0), refusedWith('SEC_E_ALGORITHM_MISMATCH'));
      }
    });

    it('no size where there is no layer, as servers of Java and gsasl say one', async () => {
      assert.equal((await offered([NONE, 1, 0, 0], 0)).status, SEC_E.OK);
    });

    it('nothing of what is in order, and passes over bits that it does not know', async () => {
      const leg = await offered([0xff, 0, 0xff, 0xff]);
      assert.equal(leg.status, SEC_E.OK);
      assert.equal(leg.output.filter(({ type }) => type === SECBUFFER.TOKEN).length, 1);
    });
  });
});
