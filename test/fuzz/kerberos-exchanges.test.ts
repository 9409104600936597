import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createEngine } from 'secur32/engine';
import { ISC_REQ, SECBUFFER, SspiError, tokenBuffer } from 'secur32/raw';
import { encodeAssertions } from '#dist/engine/kerberos/ap/ap-options.js';
import { encodeDelegation } from '#dist/engine/kerberos/ap/delegation.js';
import { encodeGssChecksum } from '#dist/engine/kerberos/ap/gss-checksum.js';
import { GSS_FLAG } from '#dist/engine/kerberos/ap/gss-flags.js';
import { encodeGssToken, GSS_TOKEN } from '#dist/engine/kerberos/ap/gss-token.js';
import { CHECKSUM_TYPE } from '#dist/engine/kerberos/constants/checksum-type.js';
import { KEY_USAGE } from '#dist/engine/kerberos/constants/key-usage.js';
import { encodeApRep } from '#dist/engine/kerberos/messages/ap-rep.js';
import { encodeApReq } from '#dist/engine/kerberos/messages/ap-req.js';
import { encodeAuthenticator } from '#dist/engine/kerberos/messages/authenticator.js';
import { encodeAuthorizationData } from '#dist/engine/kerberos/messages/authorization-data.js';
import { encodeEncApRepPart } from '#dist/engine/kerberos/messages/enc-ap-rep-part.js';
import { encodeEncTicketPart } from '#dist/engine/kerberos/messages/enc-ticket-part.js';
import { exportKey } from '#dist/engine/kerberos/messages/encryption-key.js';
import { encodeKrbError } from '#dist/engine/kerberos/messages/krb-error.js';
import { makeTicket } from '#dist/engine/kerberos/messages/ticket.js';
import { KERBEROS_ATTR } from '#dist/sspi/kerberos.js';
import { CLIENT, HTTP, Mint, NOW } from '../engine/kerberos/ap/mint.js';
import { clientInfo, inTicket, signPac } from '../engine/kerberos/pac/sample-pac.js';
import { Side } from '../interop/kerberos/side.js';
import { anyBytes, bounds, mutation } from './mutations.js';

const mint = new Mint();
const key = mint.key();
const HOUR = 3_600_000;
const MUTUAL = ISC_REQ.MUTUAL_AUTH | ISC_REQ.INTEGRITY | ISC_REQ.CONFIDENTIALITY;

/** The result; undefined for a refusal, which has a status of its own and never that of a fault of the engine. */
async function refusedOr<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    assert.ok(error instanceof SspiError, String(error));
    assert.notEqual(error.code, 'SEC_E_INTERNAL_ERROR', String(error.cause));
    return undefined;
  }
}

/** What is sealed in an AP-REQ: each part is what a peer that knows the keys may have written in its own way. */
interface Inside {
  readonly ticket: Uint8Array;
  readonly authenticator: Uint8Array;
}

const sessionKey = mint.kdc.newKey(key.type);
const pac = signPac([clientInfo('alice', NOW - HOUR)], key);
const forwarded = mint.ticket();

const ticketPart = (authorizationData = inTicket(pac)): Uint8Array =>
  encodeEncTicketPart({
    flags: 0,
    key: exportKey(sessionKey),
    crealm: CLIENT.realm,
    cname: CLIENT.name,
    transited: { type: 1, contents: new Uint8Array(0) },
    authtime: NOW - HOUR,
    endtime: NOW + HOUR,
    authorizationData,
  });

const gssChecksum = encodeGssChecksum({
  bindings: new Uint8Array(16).fill(3),
  flags: GSS_FLAG.MUTUAL | GSS_FLAG.DELEGATE,
  delegation: encodeDelegation(mint.kdc, forwarded, sessionKey),
});
const assertions = encodeAssertions({ sendsBindings: true, unverifiedTarget: false, targetName: 'HTTP/localhost' });

const authenticator = (bytes = gssChecksum, authorizationData = assertions): Uint8Array =>
  encodeAuthenticator({
    crealm: CLIENT.realm,
    cname: CLIENT.name,
    checksum: { type: CHECKSUM_TYPE.GSS, bytes },
    ctime: NOW,
    cusec: 5,
    subkey: exportKey(mint.kdc.newKey(key.type)),
    seqNumber: 7,
    authorizationData,
  });

const ifRelevant = (data: Uint8Array) => [{ type: 1, data }];

/** Seals both, so that the bytes reach what reads them. */
function sealed({ ticket: part, authenticator: plain }: Inside, apOptions = 0x2000_0000): Uint8Array {
  const etype = key.type.number;
  const encPart = { etype, kvno: 3, cipher: mint.kdc.encrypt(key, KEY_USAGE.TICKET, part) };
  const ticket = makeTicket({ realm: HTTP.realm, sname: HTTP.name, encPart });
  const cipher = mint.kdc.encrypt(sessionKey, KEY_USAGE.AP_REQ_AUTHENTICATOR, plain);
  const message = encodeApReq({ apOptions, ticket, authenticator: { etype, cipher } });
  return encodeGssToken(GSS_TOKEN.AP_REQ, message);
}

const good: Inside = { ticket: ticketPart(), authenticator: authenticator() };
/** As it stands in the authorization data, around the PAC. */
const pacEntry = encodeAuthorizationData([{ type: 128, data: pac }]);

describe('Fuzzing: exchanges of Kerberos', () => {
  // What is accepted once must not hide, as a replay, what would be accepted later.
  const sspi = mint.engine({ replayCache: { add: () => true } });

  async function accepting(
    check: (step: (token: Uint8Array) => ReturnType<Side['step']>, side: Side) => Promise<void>,
  ) {
    const side = await Side.open(sspi, 'server');
    await check(token => side.step(token), side);
    await side.close();
  }

  it('AcceptSecurityContext takes anything first, and lets nobody in for it', async () => {
    const framed = anyBytes.map(bytes => encodeGssToken(GSS_TOKEN.AP_REQ, bytes));
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyBytes, framed), bytes =>
        accepting(async step => {
          const leg = await refusedOr(step(bytes));
          // Nothing at all is a client that waits to be asked.
          assert.ok(!leg?.done);
        }),
      ),
      bounds(800),
    );
  });

  it('and of a token that was changed on its way nothing but what is not sealed: the client is the same', async () => {
    await fc.assert(
      fc.asyncProperty(mutation(sealed(good)), bytes =>
        accepting(async (step, side) => {
          const leg = await refusedOr(step(bytes));
          if (!leg?.done) return;
          const { user } = await sspi.querySecurityContextToken(side.context);
          assert.deepEqual(user, { name: 'alice', domain: CLIENT.realm });
        }),
      ),
      bounds(800),
    );
  });

  const SEALED: Readonly<Record<string, fc.Arbitrary<Inside>>> = {
    'the ticket': mutation(good.ticket).map(ticket => ({ ...good, ticket })),
    'the authenticator': mutation(good.authenticator).map(plain => ({ ...good, authenticator: plain })),
    'the PAC': mutation(pac).map(bytes => ({ ...good, ticket: ticketPart(inTicket(bytes)) })),
    'the authorization data around the PAC': mutation(pacEntry).map(data => ({
      ...good,
      ticket: ticketPart(ifRelevant(data)),
    })),
    'the checksum of GSS-API, with the tickets in it': mutation(gssChecksum).map(bytes => ({
      ...good,
      authenticator: authenticator(bytes),
    })),
    'what the client asserts': mutation(assertions[0]!.data).map(data => ({
      ...good,
      authenticator: authenticator(gssChecksum, ifRelevant(data)),
    })),
    'anything for a ticket': anyBytes.map(ticket => ({ ...good, ticket })),
    'anything for an authenticator': anyBytes.map(plain => ({ ...good, authenticator: plain })),
  };
  for (const [what, inside] of Object.entries(SEALED)) {
    it(`a peer that knows the keys changes ${what}: a logon or a refusal, and no fault`, async () => {
      await fc.assert(
        fc.asyncProperty(inside, parts =>
          accepting(async (step, side) => {
            const leg = await refusedOr(step(sealed(parts)));
            if (!leg?.done) return;
            const { user } = await sspi.querySecurityContextToken(side.context);
            assert.equal(typeof user.name, 'string');
            await refusedOr(sspi.queryContextAttributes(side.context, KERBEROS_ATTR.DELEGATED_CCACHE));
            await side.wrap(Uint8Array.of(1));
          }),
        ),
        bounds(500),
      );
    });
  }

  it('the untouched one is let in, or the others would prove nothing', () =>
    accepting(async (step, side) => {
      assert.ok((await step(sealed(good))).done);
      const { ccache } = await sspi.queryContextAttributes(side.context, KERBEROS_ATTR.DELEGATED_CCACHE);
      assert.ok(ccache.length > 100);
    }));

  describe('a client takes no answer but the one to its request', () => {
    const credentials = mint.ticket();
    const identity = { kind: 'ccache', ccache: mint.ccache(credentials) } as const;
    const client = (): Promise<Side> => Side.open(sspi, 'client', { authData: identity, contextReq: MUTUAL });

    async function answered(answers: fc.Arbitrary<Uint8Array>, runs: number): Promise<void> {
      await fc.assert(
        fc.asyncProperty(answers, async answer => {
          const ours = await client();
          await ours.step();
          assert.equal((await refusedOr(ours.step(answer)))?.done, undefined);
          await ours.close();
        }),
        bounds(runs),
      );
    }

    const frame = (id: number) => (bytes: Uint8Array) => encodeGssToken(id, bytes);
    const krbError = encodeKrbError({
      stime: NOW,
      susec: 0,
      errorCode: 37,
      realm: HTTP.realm,
      sname: HTTP.name,
      eText: 'text',
      eData: Uint8Array.of(0x30, 5, 0xa1, 3, 2, 1, 2),
    });

    it('anything', () => answered(fc.oneof(anyBytes, anyBytes.map(frame(GSS_TOKEN.AP_REP))), 400));
    it('an error', () => answered(mutation(krbError).map(frame(GSS_TOKEN.KRB_ERROR)), 400));
    it('an AP-REP that the service has sealed', () => {
      const subkey = exportKey(mint.kdc.newKey(key.type));
      const part = encodeEncApRepPart({ ctime: NOW, cusec: 0, subkey, seqNumber: 9 });
      const etype = credentials.sessionKey.type.number;
      const reply = (bytes: Uint8Array): Uint8Array =>
        encodeApRep({ encPart: { etype, cipher: mint.kdc.encrypt(credentials.sessionKey, KEY_USAGE.AP_REP, bytes) } });
      return answered(mutation(part).map(reply).map(frame(GSS_TOKEN.AP_REP)), 400);
    });
  });

  it('messages that were changed are refused, whoever reads them', async () => {
    for (const contextReq of [MUTUAL, ISC_REQ.INTEGRITY, MUTUAL | ISC_REQ.USE_DCE_STYLE]) {
      const authData = { kind: 'ccache', ccache: mint.ccache() } as const;
      await using ours = await Side.open(mint.engine(), 'client', { authData, contextReq });
      await using theirs = await Side.open(mint.engine(), 'server');
      let token = (await ours.step()).token;
      while (token) {
        token = (await theirs.step(token)).token;
        token = token && (await ours.step(token)).token;
      }
      const message = Uint8Array.from({ length: 40 }, (_, n) => n);
      const wrapped = await ours.wrap(message);
      const mic = await ours.mic(message);
      await fc.assert(
        fc.asyncProperty(fc.oneof(anyBytes, mutation(wrapped), mutation(mic)), async bytes => {
          fc.pre(!Buffer.from(bytes).equals(wrapped) && !Buffer.from(bytes).equals(mic));
          assert.equal(await refusedOr(theirs.unwrap(bytes)), undefined);
          assert.equal(await refusedOr(theirs.verify(message, bytes).then(() => true)), undefined);
          assert.equal(await refusedOr(theirs.unwrapParts(bytes, bytes)), undefined);
        }),
        bounds(300),
      );
    }
  });

  it('cookies of SASL that the peer has wrapped: a logon or a refusal', async () => {
    const authData = { kind: 'ccache', ccache: mint.ccache() } as const;
    const { credential } = await sspi.acquireCredentialsHandle({ package: 'Kerberos', credentialUse: 'inbound' });
    const cookies = fc.oneof(fc.uint8Array({ maxLength: 12 }), mutation(Uint8Array.of(4, 0, 0xff, 0xff, 0x61)));
    await fc.assert(
      fc.asyncProperty(cookies, async cookie => {
        const ours = await Side.open(sspi, 'client', { authData, contextReq: MUTUAL });
        const step = (
          data: Uint8Array,
          context?: Awaited<ReturnType<typeof sspi.saslAcceptSecurityContext>>['context'],
        ) => sspi.saslAcceptSecurityContext({ credential, context, input: [tokenBuffer(data)], contextReq: 0x2_0010 });
        const first = await step((await ours.step()).token!);
        await ours.step(first.output[0]!.data);
        const offer = await step(new Uint8Array(0), first.context);
        await ours.unwrap(offer.output.find(({ type }) => type === SECBUFFER.TOKEN)!.data);
        const last = await refusedOr(step(await ours.wrap(cookie, 0x8000_0001), first.context));
        if (last) assert.ok(cookie.length >= 4 && (cookie[0]! & 7) === cookie[0] && cookie[0] !== 0);
        await sspi.deleteSecurityContext(first.context);
        await ours.close();
      }),
      bounds(200),
    );
    await sspi.freeCredentialsHandle(credential);
  });

  it('anything is what a server with tickets alone may be called with (user to user)', async () => {
    const identity = { kind: 'ccache', ccache: mint.ccache() } as const;
    const calls = createEngine({ krb5Config: '/dev/null', environment: { now: () => NOW } });
    await fc.assert(
      fc.asyncProperty(anyBytes, async bytes => {
        const side = await Side.open(calls, 'server', { authData: identity });
        const leg = await refusedOr(side.step(encodeGssToken(GSS_TOKEN.TGT_REQUEST, bytes)));
        assert.ok(!leg?.done);
        await side.close();
      }),
      bounds(300),
    );
  });
});
