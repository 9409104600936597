import assert from 'node:assert/strict';
import fc from 'fast-check';
import { concatBytes } from '#dist/bytes/concat.js';
import { ByteReader } from '#dist/bytes/reader.js';
import { ByteWriter } from '#dist/bytes/writer.js';
import type { ServiceRecord } from '#dist/engine/environment/resolver.js';
import type { Transport } from '#dist/engine/environment/transport.js';
import { nodeEnvironment } from '#dist/engine/environment.js';
import { Krb5Config } from '#dist/engine/kerberos/config/krb5-config.js';
import { readProfile } from '#dist/engine/kerberos/config/load-profile.js';
import { KEY_USAGE } from '#dist/engine/kerberos/constants/key-usage.js';
import { MESSAGE_TYPE } from '#dist/engine/kerberos/constants/message-type.js';
import { PA_TYPE } from '#dist/engine/kerberos/constants/pa-type.js';
import type { KerberosKey } from '#dist/engine/kerberos/crypto/encryption-type.js';
import { encryptionType } from '#dist/engine/kerberos/crypto/encryption-types.js';
import { login } from '#dist/engine/kerberos/kdc/as-exchange.js';
import { requestChange } from '#dist/engine/kerberos/kdc/change-password.js';
import { singleKey } from '#dist/engine/kerberos/kdc/client-keys.js';
import type { Credentials } from '#dist/engine/kerberos/kdc/credentials.js';
import { locateKdc } from '#dist/engine/kerberos/kdc/locate-kdc.js';
import { sendToKdc } from '#dist/engine/kerberos/kdc/send-to-kdc.js';
import { serviceTicket } from '#dist/engine/kerberos/kdc/service-ticket.js';
import { KdcServices } from '#dist/engine/kerberos/kdc/services.js';
import { encodeApRep } from '#dist/engine/kerberos/messages/ap-rep.js';
import { decodeApReq } from '#dist/engine/kerberos/messages/ap-req.js';
import { decodeAuthenticator } from '#dist/engine/kerberos/messages/authenticator.js';
import { encodeEncApRepPart } from '#dist/engine/kerberos/messages/enc-ap-rep-part.js';
import { encodeEncKdcRepPart } from '#dist/engine/kerberos/messages/enc-kdc-rep-part.js';
import { encodeEncKrbPrivPart } from '#dist/engine/kerberos/messages/enc-krb-priv-part.js';
import { exportKey, importKey } from '#dist/engine/kerberos/messages/encryption-key.js';
import { encodeEtypeInfo2 } from '#dist/engine/kerberos/messages/etype-info.js';
import { encodeKdcProxyMessage } from '#dist/engine/kerberos/messages/kdc-proxy-message.js';
import { encodeKdcRep } from '#dist/engine/kerberos/messages/kdc-rep.js';
import { decodeKdcReq } from '#dist/engine/kerberos/messages/kdc-req.js';
import { encodeKrbError } from '#dist/engine/kerberos/messages/krb-error.js';
import { encodeKrbPriv } from '#dist/engine/kerberos/messages/krb-priv.js';
import { encodeMethodData, findPaData } from '#dist/engine/kerberos/messages/pa-data.js';
import { makeTicket } from '#dist/engine/kerberos/messages/ticket.js';
import { PackageError } from '#dist/engine/package-error.js';
import { anyBytes, bounds, mutation } from './mutations.js';

const NOW = Date.UTC(2030, 0, 1);
const REALM = 'R.EXAMPLE';
const ALICE = { name: { type: 1, components: ['alice'] }, realm: REALM };
const TGS = { type: 2, components: ['krbtgt', REALM] };
const SERVICE = { type: 2, components: ['HTTP', 'www.example.com'] };
const clientKey = encryptionType(18)!.key(new Uint8Array(32).fill(9));
const sessionKey = encryptionType(18)!.key(new Uint8Array(32).fill(8));

interface Answers {
  readonly kdc?: (request: Uint8Array) => Uint8Array;
  readonly proxy?: () => Uint8Array;
  readonly records?: readonly ServiceRecord[];
}

async function servicesWith({ kdc, proxy, records = [] }: Answers): Promise<KdcServices> {
  const own = proxy ? 'https://proxy.example.com/KdcProxy' : 'kdc';
  const servers = kdc || proxy ? `kdc = ${own}\nkpasswd_server = kdc\n` : '';
  const text = new TextEncoder().encode(`[realms]\n${REALM} = {\n${servers}}\n`);
  const access = { variables: {}, readFile: async () => text, readDirectory: async () => [] };
  const config = new Krb5Config(await readProfile(['/c'], access));
  const direct: Transport['udp'] = async (_, request) => kdc!(request);
  const transport = { udp: direct, tcp: direct, https: async () => proxy!() };
  const resolver = { serviceRecords: async () => [...records] };
  return new KdcServices({ environment: nodeEnvironment({ now: () => NOW, transport, resolver }), config });
}

/** The result; undefined for a refusal with a status. Anything else fails the test. */
async function refusedOr<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    assert.ok(error instanceof PackageError, String(error));
    return undefined;
  }
}

const seal = (services: KdcServices, key: KerberosKey, usage: number, plain: Uint8Array) => ({
  etype: key.type.number,
  cipher: services.encrypt(key, usage, plain),
});

/** What a KDC answers to a request: the two parts that are made as it likes. */
interface Reply {
  readonly type: typeof MESSAGE_TYPE.AS_REP | typeof MESSAGE_TYPE.TGS_REP;
  readonly nonce: number;
  readonly sname: { readonly type: number; readonly components: string[] };
  readonly key: KerberosKey;
  readonly usage: number;
}

function reply(
  services: KdcServices,
  { key, nonce, sname, type, usage }: Reply,
  change: (part: Uint8Array) => Uint8Array,
) {
  const isAs = type === MESSAGE_TYPE.AS_REP;
  const part = encodeEncKdcRepPart(isAs ? MESSAGE_TYPE.ENC_AS_REP_PART : MESSAGE_TYPE.ENC_TGS_REP_PART, {
    key: exportKey(sessionKey),
    lastReq: [{ type: 0, time: NOW }],
    nonce,
    flags: 0x40e0_0000,
    authtime: NOW,
    endtime: NOW + 3_600_000,
    srealm: REALM,
    sname,
    encryptedPaData: [],
  });
  const encPart = seal(services, key, usage, change(part));
  const ticket = makeTicket({ realm: REALM, sname, encPart: { etype: 18, cipher: new Uint8Array(60) } });
  return encodeKdcRep({ type, crealm: REALM, cname: ALICE.name, ticket, encPart });
}

const same = (bytes: Uint8Array): Uint8Array => bytes;
/** For bytes that are known only when the request has come: some of theirs are turned over, and their end may be missing. */
const edits = mutation(new Uint8Array(250)).map(noise => (bytes: Uint8Array): Uint8Array => {
  const changed = Uint8Array.from(bytes);
  for (let at = 0; at < Math.min(changed.length, noise.length); at++) changed[at]! ^= noise[at]!;
  return noise.length < 250 ? changed.subarray(0, Math.max(0, changed.length - (250 - noise.length))) : changed;
});

const tgt: Credentials = {
  client: ALICE,
  server: { name: TGS, realm: REALM },
  ticket: makeTicket({ realm: REALM, sname: TGS, encPart: { etype: 18, cipher: new Uint8Array(60) } }),
  sessionKey,
  flags: 0,
  authtime: NOW,
  starttime: NOW,
  endtime: NOW + 3_600_000,
  clockOffset: 0,
};

describe('Fuzzing: KDCs', () => {
  describe('the answer to a logon', () => {
    const logOn = (services: KdcServices) => refusedOr(login(services, { client: ALICE, keys: singleKey(clientKey) }));

    /** A KDC with the client's key, whose answers are changed. */
    async function logOnWith(whole: (bytes: Uint8Array) => Uint8Array, inside: (bytes: Uint8Array) => Uint8Array) {
      const services: KdcServices = await servicesWith({
        kdc: request => {
          const { nonce } = decodeKdcReq(MESSAGE_TYPE.AS_REQ, request).body;
          const facts = { type: MESSAGE_TYPE.AS_REP, nonce, sname: TGS, key: clientKey, usage: KEY_USAGE.AS_REP };
          return whole(reply(services, facts, inside));
        },
      });
      return logOn(services);
    }

    it('is taken as it is', async () => {
      assert.equal((await logOnWith(same, same))?.client.realm, REALM);
    });

    it('may be anything', async () => {
      await fc.assert(
        fc.asyncProperty(anyBytes, async bytes => {
          assert.equal(await logOn(await servicesWith({ kdc: () => bytes })), undefined);
        }),
        bounds(300),
      );
    });

    it('may be changed on its way, or by a KDC itself', async () => {
      await fc.assert(
        fc.asyncProperty(edits, fc.boolean(), async (change, inside) => {
          const got = await logOnWith(inside ? same : change, inside ? change : same);
          if (got) assert.deepEqual([got.client.realm, got.server.realm], [REALM, REALM]);
        }),
        bounds(600),
      );
    });

    it('may be an error, with anything in its data, again and again', async () => {
      const methods = encodeMethodData([
        { type: PA_TYPE.ETYPE_INFO2, value: encodeEtypeInfo2([{ etype: 18, salt: new Uint8Array(3) }]) },
        { type: PA_TYPE.ENC_TIMESTAMP, value: new Uint8Array(0) },
        { type: PA_TYPE.FX_FAST, value: Uint8Array.of(0xa0, 2, 0x30, 0) },
      ]);
      const code = fc.oneof(fc.constantFrom(25, 24, 37, 68, 52, 90, 91, 60), fc.integer({ min: -5, max: 120 }));
      await fc.assert(
        fc.asyncProperty(
          code,
          fc.oneof(anyBytes, mutation(methods)),
          fc.option(fc.string()),
          async (errorCode, eData, crealm) => {
            let count = 0;
            const error = {
              stime: NOW,
              susec: 0,
              errorCode,
              realm: REALM,
              sname: TGS,
              eData,
              ...(crealm !== null && { crealm }),
            };
            const got = await logOn(
              await servicesWith({
                kdc: () => {
                  count += 1;
                  return encodeKrbError(error);
                },
              }),
            );
            assert.equal(got, undefined);
            assert.ok(count <= 12, String(count));
          },
        ),
        bounds(600),
      );
    });
  });

  it('the answer for a ticket may be changed on its way, or by a KDC itself', async () => {
    async function ticketWith(whole: (bytes: Uint8Array) => Uint8Array, inside: (bytes: Uint8Array) => Uint8Array) {
      const services: KdcServices = await servicesWith({
        kdc: request => {
          const { body, padata } = decodeKdcReq(MESSAGE_TYPE.TGS_REQ, request);
          const { authenticator } = decodeApReq(findPaData(padata, PA_TYPE.TGS_REQ)!);
          const { subkey } = decodeAuthenticator(
            sessionKey.decrypt(KEY_USAGE.TGS_REQ_AUTHENTICATOR, authenticator.cipher),
          );
          const key = importKey(subkey!);
          const facts = {
            type: MESSAGE_TYPE.TGS_REP,
            nonce: body.nonce,
            sname: SERVICE,
            key,
            usage: KEY_USAGE.TGS_REP_SUBKEY,
          };
          return whole(reply(services, facts, inside));
        },
      });
      return refusedOr(serviceTicket(services, tgt, { name: SERVICE, realm: REALM }));
    }
    assert.deepEqual((await ticketWith(same, same))?.server.name.components, SERVICE.components);
    await fc.assert(
      fc.asyncProperty(edits, fc.boolean(), async (change, inside) => {
        const got = await ticketWith(inside ? same : change, inside ? change : same);
        if (got) assert.deepEqual(got.server.name.components, SERVICE.components);
      }),
      bounds(600),
    );
    await fc.assert(
      fc.asyncProperty(anyBytes, async bytes => {
        const services = await servicesWith({ kdc: () => bytes });
        assert.equal(await refusedOr(serviceTicket(services, tgt, { name: SERVICE, realm: REALM })), undefined);
      }),
      bounds(200),
    );
  });

  it('the answer to a change of a password may be changed on its way, or by the server itself', async () => {
    type Change = (bytes: Uint8Array) => Uint8Array;
    /** RFC 3244 2: lengths, AP-REP, KRB-PRIV. */
    function passwordReply(
      services: KdcServices,
      request: Uint8Array,
      [result, apRepPart, privPart]: readonly Change[],
    ) {
      const reader = new ByteReader(request);
      reader.skip(4);
      const apReq = decodeApReq(reader.bytes(reader.u16be()));
      const plain = sessionKey.decrypt(KEY_USAGE.AP_REQ_AUTHENTICATOR, apReq.authenticator.cipher);
      const { ctime, cusec, subkey } = decodeAuthenticator(plain);
      const encApRep = apRepPart!(encodeEncApRepPart({ ctime, cusec }));
      const apRep = encodeApRep({ encPart: seal(services, sessionKey, KEY_USAGE.AP_REP, encApRep) });
      const senderAddress = { type: 2, address: new Uint8Array(4) };
      const userData = result!(Uint8Array.of(0, 0, 0x6f, 0x6b));
      const encPriv = privPart!(encodeEncKrbPrivPart({ userData, senderAddress }));
      const priv = encodeKrbPriv({ encPart: seal(services, importKey(subkey!), KEY_USAGE.KRB_PRIV, encPriv) });
      const head = new ByteWriter()
        .u16be(6 + apRep.length + priv.length)
        .u16be(1)
        .u16be(apRep.length);
      return concatBytes(head.toBytes(), apRep, priv);
    }
    async function changed(whole: Change, changes: readonly Change[]): Promise<boolean> {
      const services: KdcServices = await servicesWith({
        kdc: request => whole(passwordReply(services, request, changes)),
      });
      return (await refusedOr(requestChange(services, tgt, 'new').then(() => true))) ?? false;
    }
    assert.equal(await changed(same, [same, same, same]), true);
    await fc.assert(
      fc.asyncProperty(edits, fc.nat(3), async (change, place) => {
        const changes = [same, same, same].map((one, at) => (at === place ? change : one));
        await changed(place === 3 ? change : same, changes);
      }),
      bounds(500),
    );
    await fc.assert(
      fc.asyncProperty(anyBytes, async bytes => assert.equal(await changed(() => bytes, [same, same, same]), false)),
      bounds(200),
    );
  });

  it('a KDC proxy may say anything: there is no answer then, or one that looks like a KDC’s', async () => {
    const framed = encodeKdcProxyMessage({ kerbMessage: Uint8Array.of(0, 0, 0, 2, 0x6b, 0) });
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyBytes, mutation(framed)), async bytes => {
        const services = await servicesWith({ proxy: () => bytes });
        const got = await refusedOr(sendToKdc(services, REALM, new Uint8Array(10)));
        if (got) assert.ok([0x6b, 0x6d, 0x7e].includes(got[0]!) && got.length <= bytes.length);
      }),
      bounds(800),
    );
  });

  it('the DNS may name any servers: a few of them are tried', async () => {
    const number = fc.oneof(fc.nat(0xffff), fc.constantFrom(-1, 0, 65_536, Number.NaN));
    const record = fc.record({
      host: fc.oneof(fc.string(), fc.constantFrom('.', '', 'a.example')),
      port: number,
      priority: number,
      weight: number,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 40 }), async records => {
        const services = await servicesWith({ records });
        const found = await locateKdc(services, REALM, 'kerberos');
        assert.ok(found.length <= 16);
        for (const address of found) {
          assert.ok(address.kind === 'direct' && address.endpoint.host !== '' && address.endpoint.host !== '.');
        }
      }),
      bounds(400),
    );
  });
});
