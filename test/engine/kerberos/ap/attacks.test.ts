import assert from 'node:assert/strict';
import type { EngineOptions, ReplayCache } from 'secur32/engine';
import { ASC_REQ, ISC_REQ, SspiError } from 'secur32/raw';
import { GSS_FLAG } from '#dist/engine/kerberos/ap/gss-flags.js';
import { decodeGssToken, encodeGssToken, GSS_TOKEN } from '#dist/engine/kerberos/ap/gss-token.js';
import { MemoryReplayCache } from '#dist/engine/kerberos/ap/replay-cache.js';
import { CHECKSUM_TYPE } from '#dist/engine/kerberos/constants/checksum-type.js';
import { KRB_ERROR } from '#dist/engine/kerberos/constants/error-code.js';
import { AP_OPTION, TICKET_FLAG } from '#dist/engine/kerberos/constants/flags.js';
import { KEY_USAGE } from '#dist/engine/kerberos/constants/key-usage.js';
import type { Credentials } from '#dist/engine/kerberos/kdc/credentials.js';
import { decodeApRep, encodeApRep } from '#dist/engine/kerberos/messages/ap-rep.js';
import { encodeEncApRepPart } from '#dist/engine/kerberos/messages/enc-ap-rep-part.js';
import { decodeKrbError, encodeKrbError } from '#dist/engine/kerberos/messages/krb-error.js';
import { Side, type SideOptions } from '../../../interop/kerberos/side.js';
import { clientInfo, inTicket, signPac } from '../pac/sample-pac.js';
import { apRequest, gssChecksum, type RequestArguments, refusal } from './by-hand.js';
import { CLIENT, HTTP, Mint, NOW } from './mint.js';

const mint = new Mint([18, 17, 23]);
const MINUTE = 60_000;
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function server(options: EngineOptions = {}, side: SideOptions = {}): Promise<Side> {
  const made = await Side.open(mint.engine(options), 'server', side);
  open.push(made);
  return made;
}

async function client(credentials: Credentials, side: SideOptions = {}, options: EngineOptions = {}): Promise<Side> {
  const authData = { kind: 'ccache', ccache: mint.ccache(credentials) } as const;
  const made = await Side.open(mint.engine(options), 'client', { authData, contextReq: MUTUAL, ...side });
  open.push(made);
  return made;
}

const MUTUAL = ISC_REQ.MUTUAL_AUTH | ISC_REQ.INTEGRITY;
const request = (...args: RequestArguments): Uint8Array => apRequest(mint, ...args);
const krbErrorOf = ({ token }: SspiError): number | undefined =>
  token && decodeKrbError(decodeGssToken(token).message).errorCode;

describe('Kerberos under attack', () => {
  it('is content with what is right', async () => {
    const [ours, theirs] = [await client(mint.ticket()), await server()];
    const answer = await theirs.step((await ours.step()).token);
    assert.ok(answer.done && (await ours.step(answer.token)).done);
    await ours.unwrap(await theirs.wrap(text('hello')));
    assert.ok((await (await server()).step(request())).done);
  });

  describe('tickets and authenticators', () => {
    const { INVALID, TRANSITED_POLICY_CHECKED } = TICKET_FLAG;
    const otherKey = mint.kdc.newKey(mint.key().type);
    const CASES: readonly (readonly [
      name: string,
      token: () => Uint8Array,
      code: string,
      krbError: number | undefined,
      engine?: EngineOptions,
    ])[] = [
      ['another key', () => request({ key: otherKey }), 'SEC_E_LOGON_DENIED', KRB_ERROR.KRB_AP_ERR_MODIFIED],
      ['another kvno', () => request({ key: otherKey, kvno: 4 }), 'SEC_E_NO_KERB_KEY', KRB_ERROR.KRB_AP_ERR_BADKEYVER],
      [
        'another service',
        () => request({ key: otherKey, sname: { ...HTTP, name: { type: 2, components: ['ldap', 'localhost'] } } }),
        'SEC_E_NO_KERB_KEY',
        KRB_ERROR.KRB_AP_ERR_NOT_US,
      ],
      [
        'an encryption type that the keytab lacks',
        () => request({ etype: 20, key: mint.kdc.newKey(mint.key().type) }),
        'SEC_E_NO_KERB_KEY',
        KRB_ERROR.KRB_AP_ERR_NOKEY,
      ],
      ['RC4', () => request({ etype: 23 }), 'SEC_E_KDC_UNKNOWN_ETYPE', KRB_ERROR.KDC_ERR_ETYPE_NOSUPP],
      [
        'a session key of RC4 in a ticket of AES',
        () => request({ sessionEtype: 23 }),
        'SEC_E_KDC_UNKNOWN_ETYPE',
        KRB_ERROR.KDC_ERR_ETYPE_NOSUPP,
      ],
      [
        'a subkey of RC4',
        () => request({}, { subkey: mint.kdc.newKey(mint.key(23).type) }),
        'SEC_E_KDC_UNKNOWN_ETYPE',
        KRB_ERROR.KDC_ERR_ETYPE_NOSUPP,
      ],
      [
        'expired',
        () => request({ part: { endtime: NOW - 6 * MINUTE } }),
        'SEC_E_CONTEXT_EXPIRED',
        KRB_ERROR.KRB_AP_ERR_TKT_EXPIRED,
      ],
      [
        'not yet valid',
        () => request({ part: { starttime: NOW + 6 * MINUTE } }),
        'SEC_E_LOGON_DENIED',
        KRB_ERROR.KRB_AP_ERR_TKT_NYV,
      ],
      [
        'marked invalid',
        () => request({ part: { flags: INVALID } }),
        'SEC_E_LOGON_DENIED',
        KRB_ERROR.KRB_AP_ERR_TKT_NYV,
      ],
      [
        'of another client than the authenticator',
        () => request({ part: { cname: { type: 1, components: ['bob'] } } }),
        'SEC_E_LOGON_DENIED',
        KRB_ERROR.KRB_AP_ERR_BADMATCH,
      ],
      [
        'of another realm than the authenticator',
        () => request({ part: { crealm: 'OTHER.EXAMPLE' } }),
        'SEC_E_LOGON_DENIED',
        KRB_ERROR.KRB_AP_ERR_BADMATCH,
      ],
      [
        'come through realms that nobody has checked',
        () => request({ part: { transited: { type: 1, contents: text('EVIL.EXAMPLE') } } }),
        'SEC_E_LOGON_DENIED',
        KRB_ERROR.KDC_ERR_PATH_NOT_ACCEPTED,
      ],
      [
        'the clock of the client ahead',
        () => request({}, {}, { ...mint.ticket(), clockOffset: 6 * MINUTE }),
        'SEC_E_TIME_SKEW',
        KRB_ERROR.KRB_AP_ERR_SKEW,
      ],
      [
        'the clock of the client behind',
        () => request({}, {}, { ...mint.ticket(), clockOffset: -6 * MINUTE }),
        'SEC_E_TIME_SKEW',
        KRB_ERROR.KRB_AP_ERR_SKEW,
      ],
      [
        'an authenticator for another purpose',
        () => request({}, { usage: KEY_USAGE.TGS_REQ_AUTHENTICATOR }),
        'SEC_E_LOGON_DENIED',
        KRB_ERROR.KRB_AP_ERR_MODIFIED,
      ],
      [
        'user to user',
        () => request({}, { apOptions: AP_OPTION.USE_SESSION_KEY }),
        'SEC_E_NO_TGT_REPLY',
        KRB_ERROR.KRB_AP_ERR_NO_TGT,
      ],
      [
        'a checksum that is not of GSS-API',
        () => request({}, { checksum: { type: 7, bytes: new Uint8Array(16) } }),
        'SEC_E_INVALID_TOKEN',
        undefined,
      ],
      [
        'a checksum that is cut short',
        () => request({}, { checksum: { type: CHECKSUM_TYPE.GSS, bytes: new Uint8Array(23) } }),
        'SEC_E_INVALID_TOKEN',
        undefined,
      ],
      [
        'a delegation that is cut short',
        () => {
          const bytes = Uint8Array.from([...gssChecksum(GSS_FLAG.DELEGATE).bytes, 1, 0, 255, 255]);
          return request({}, { checksum: { type: CHECKSUM_TYPE.GSS, bytes } });
        },
        'SEC_E_INVALID_TOKEN',
        undefined,
      ],
      [
        'a PAC of another key',
        () => {
          const pac = signPac([clientInfo('alice', NOW - 60 * MINUTE)], otherKey);
          return request({ part: { authorizationData: inTicket(pac) } });
        },
        'SEC_E_LOGON_DENIED',
        KRB_ERROR.KDC_ERR_POLICY,
      ],
      [
        'no PAC, where one is wanted',
        () => request(),
        'SEC_E_LOGON_DENIED',
        KRB_ERROR.KDC_ERR_POLICY,
        { kerberos: { pac: 'require' } },
      ],
      [
        'DCE style in a frame',
        () => request({}, { checksum: gssChecksum(GSS_FLAG.DCE_STYLE) }),
        'SEC_E_INVALID_TOKEN',
        undefined,
      ],
    ];
    for (const [name, token, code, krbError, engine] of CASES) {
      it(name, async () => {
        const error = await refusal((await server(engine)).step(token()));
        assert.equal(error.code, code, error.message);
        assert.equal(krbErrorOf(error), krbError);
      });
    }

    it('realms on the way pass where a KDC has checked them', async () => {
      const part = { flags: TRANSITED_POLICY_CHECKED, transited: { type: 1, contents: text('MID.EXAMPLE') } };
      assert.ok((await (await server()).step(request({ part }))).done);
    });

    it('RC4 passes where that is allowed', async () => {
      const options = { kerberos: { dangerouslyAllowRc4: true } };
      assert.ok((await (await server(options)).step(request({ etype: 23 }))).done);
    });

    it('without a checksum nothing is agreed on', async () => {
      const side = await server();
      await side.step(request({}, { checksum: undefined }));
      assert.equal(side.attributes & (ASC_REQ.INTEGRITY | ASC_REQ.CONFIDENTIALITY | ASC_REQ.MUTUAL_AUTH), 0);
    });
  });

  describe('replays', () => {
    it('are noticed in all contexts of an engine', async () => {
      const sspi = mint.engine();
      const token = request();
      const sides = [await Side.open(sspi, 'server'), await Side.open(sspi, 'server')] as const;
      open.push(...sides);
      await sides[0].step(token);
      const error = await refusal(sides[1].step(token));
      assert.equal(krbErrorOf(error), KRB_ERROR.KRB_AP_ERR_REPEAT);
    });

    it('are looked up where the owner says; a failure there refuses', async () => {
      const asked: string[] = [];
      const replayCache: ReplayCache = {
        async add(authenticator, expiry) {
          asked.push(authenticator);
          assert.ok(expiry.getTime() > NOW);
          return asked.length === 1;
        },
      };
      await (await server({ replayCache })).step(request());
      await refusal((await server({ replayCache })).step(request()));
      assert.match(asked.join(), /^[0-9a-f]{64},[0-9a-f]{64}$/);
      const broken: ReplayCache = { add: () => Promise.reject(new Error('no connection')) };
      await assert.rejects((await server({ replayCache: broken })).step(request()));
    });

    it('memory is bounded, in number and in time', () => {
      let now = 0;
      const cache = new MemoryReplayCache({ maximum: 100, now: () => now });
      for (let n = 0; n < 1000; n++) assert.ok(cache.add(String(n), new Date(1000)));
      assert.ok(cache.size <= 100);
      assert.equal(cache.add('999', new Date(1000)), false);
      for (now = 0; now < 20_000; now += 100) cache.add(`at ${now}`, new Date(now + 1000));
      assert.ok(cache.size <= 31, String(cache.size));
      for (let n = 0; n < 9; n++) assert.equal(cache.add(`at ${19_900 - n * 100}`, new Date(now)), false);
    });

    it('the cache takes no authenticator for another', () => {
      const cache = new MemoryReplayCache({ now: () => 0 });
      for (let n = 0; n < 20_000; n++) assert.ok(cache.add(`authenticator ${n}`, new Date(1000)));
      assert.equal(cache.size, 20_000);
      for (let n = 0; n < 20_000; n++) assert.equal(cache.add(`authenticator ${n}`, new Date(1000)), false);
    });
  });

  describe('on the way', () => {
    it('no byte of an AP-REQ can be changed, none left out', async () => {
      const token = request();
      // What is accepted once must not hide, as a replay, what would be accepted later.
      const side = mint.engine({ replayCache: { add: () => true } });
      const { credential } = await side.acquireCredentialsHandle({ package: 'Kerberos', credentialUse: 'inbound' });
      const tryIt = (data: Uint8Array) =>
        side.acceptSecurityContext({ credential, input: [{ type: 2, data }], contextReq: 0 });
      for (let length = 1; length < token.length; length++) await refusal(tryIt(token.subarray(0, length)));
      const { ticket } = mint.ticket();
      const snameAt = Buffer.from(token).indexOf('localhost');
      assert.ok(ticket && snameAt > 0);
      for (let at = 0; at < token.length; at++) {
        const changed = Uint8Array.from(token);
        changed[at]! ^= 1;
        const result = await tryIt(changed).catch((error: unknown) => error);
        if (result instanceof SspiError) {
          assert.notEqual(result.code, 'SEC_E_INTERNAL_ERROR', `byte ${at}: ${result.cause}`);
          continue;
        }
        // Realm, name, kvno and options stand outside of what is encrypted (RFC 4120 5.3): a change there finds the same key.
        assert.ok(at < snameAt + 40, `byte ${at} of ${token.length} does not count`);
      }
      await side.freeCredentialsHandle(credential);
    });

    const REPLIES: Readonly<Record<string, (reply: Uint8Array, credentials: Credentials) => Uint8Array>> = {
      'a byte of the AP-REP': reply => reply.with(reply.length - 1, reply.at(-1)! ^ 1),
      'an AP-REP under another key': (_, credentials) => {
        const other = mint.kdc.newKey(credentials.sessionKey.type);
        const part = encodeEncApRepPart({ ctime: NOW, cusec: 0 });
        const cipher = mint.kdc.encrypt(other, KEY_USAGE.AP_REP, part);
        return encodeGssToken(GSS_TOKEN.AP_REP, encodeApRep({ encPart: { etype: 18, cipher } }));
      },
      'an AP-REP to another AP-REQ': (_, { sessionKey }) => {
        const part = encodeEncApRepPart({ ctime: NOW - 1000, cusec: 5 });
        const cipher = mint.kdc.encrypt(sessionKey, KEY_USAGE.AP_REP, part);
        return encodeGssToken(GSS_TOKEN.AP_REP, encodeApRep({ encPart: { etype: 18, cipher } }));
      },
      'an AP-REP without its frame': reply => decodeGssToken(reply).message,
      'the AP-REQ itself': () => request(),
      nothing: () => new Uint8Array(0),
    };
    for (const [name, change] of Object.entries(REPLIES)) {
      it(`a client does not take ${name}`, async () => {
        const credentials = mint.ticket();
        const ours = await client(credentials);
        const reply = await (await server()).step((await ours.step()).token);
        assert.ok(reply.token && decodeApRep(decodeGssToken(reply.token).message));
        const error = await refusal(ours.step(change(reply.token, credentials)));
        assert.ok(['SEC_E_MUTUAL_AUTH_FAILED', 'SEC_E_INVALID_TOKEN'].includes(error.code), error.code);
      });
    }

    for (const [code, status] of [
      [KRB_ERROR.KRB_AP_ERR_MODIFIED, 'SEC_E_WRONG_PRINCIPAL'],
      [KRB_ERROR.KRB_AP_ERR_SKEW, 'SEC_E_TIME_SKEW'],
      [KRB_ERROR.KRB_AP_ERR_TKT_EXPIRED, 'SEC_E_CONTEXT_EXPIRED'],
      [KRB_ERROR.KRB_AP_ERR_REPEAT, 'SEC_E_LOGON_DENIED'],
      [12345, 'SEC_E_LOGON_DENIED'],
    ] as const) {
      it(`a client tells KRB-ERROR ${code}`, async () => {
        const ours = await client(mint.ticket());
        await ours.step();
        const message = { stime: NOW, susec: 0, errorCode: code, realm: HTTP.realm, sname: HTTP.name };
        const error = await refusal(ours.step(encodeGssToken(GSS_TOKEN.KRB_ERROR, encodeKrbError(message))));
        assert.equal(error.code, status);
      });
    }

    it('a client does not delegate to a service that is not trusted for it', async () => {
      const ours = await client(mint.ticket(), { contextReq: MUTUAL | ISC_REQ.DELEGATE });
      const theirs = await server();
      await theirs.step((await ours.step()).token);
      assert.equal(theirs.attributes & ASC_REQ.DELEGATE, 0);
    });

    it('a client that says that it sends bindings is not let pass without them', async () => {
      const bindings = text('tls-server-end-point:x');
      const bound = await server({}, { bindings, contextReq: ASC_REQ.ALLOW_MISSING_BINDINGS });
      const silent = await client(mint.ticket(), {});
      assert.ok((await bound.step((await silent.step()).token)).done);
      const aware = await client(mint.ticket(), { bindings: new Uint8Array(0) });
      const { token } = await aware.step();
      const again = await server({}, { bindings, contextReq: ASC_REQ.ALLOW_MISSING_BINDINGS });
      assert.equal((await refusal(again.step(token))).code, 'SEC_E_BAD_BINDINGS');
    });
  });

  it('has no client without a name for its target', async () => {
    for (const targetName of ['', 'HTTP/', '/localhost', 'a@b@c']) {
      const ours = await client(mint.ticket(), { targetName });
      assert.equal((await refusal(ours.step())).code, 'SEC_E_TARGET_UNKNOWN', targetName);
    }
  });

  it('knows its clients by name and realm', async () => {
    const side = await server();
    await side.step(request());
    const { user } = await side.sspi.querySecurityContextToken(side.context);
    assert.deepEqual(user, { name: CLIENT.name.components[0], domain: CLIENT.realm });
  });
});
