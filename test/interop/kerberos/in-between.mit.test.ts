import assert from 'node:assert/strict';
import { nodeEnvironment } from '#dist/engine/environment.js';
import { ETYPE } from '#dist/engine/kerberos/constants/etype.js';
import { MESSAGE_TYPE } from '#dist/engine/kerberos/constants/message-type.js';
import { NAME_TYPE } from '#dist/engine/kerberos/constants/name-type.js';
import { PA_TYPE } from '#dist/engine/kerberos/constants/pa-type.js';
import { login } from '#dist/engine/kerberos/kdc/as-exchange.js';
import { passwordKeys } from '#dist/engine/kerberos/kdc/client-keys.js';
import type { Credentials } from '#dist/engine/kerberos/kdc/credentials.js';
import { serviceTicket } from '#dist/engine/kerberos/kdc/service-ticket.js';
import type { KdcServices } from '#dist/engine/kerberos/kdc/services.js';
import { encodeEtypeInfo2 } from '#dist/engine/kerberos/messages/etype-info.js';
import { decodeKdcReq, encodeKdcReq } from '#dist/engine/kerberos/messages/kdc-req.js';
import { encodeKdcReqBody, type KdcReqBody } from '#dist/engine/kerberos/messages/kdc-req-body.js';
import { decodeKrbError, encodeKrbError, isKrbError } from '#dist/engine/kerberos/messages/krb-error.js';
import { decodeMethodData, encodeMethodData } from '#dist/engine/kerberos/messages/pa-data.js';
import { formatPrincipal } from '#dist/engine/kerberos/names/principal.js';
import { PackageError } from '#dist/engine/package-error.js';
import { SEC_E } from '#dist/sspi/status.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { principal, servicesFor } from './kdc-services.js';

/** Somebody on the way to the KDC, who may change requests and replies. */
interface InBetween {
  request?(message: Uint8Array, count: number): Uint8Array;
  reply?(message: Uint8Array, count: number): Uint8Array;
}

const AS_REP = 0x6b;
const TGS_REP = 0x6d;
const HTTP = { name: principal('HTTP/localhost@X', NAME_TYPE.SRV_INST).name };
const alice = { client: principal('alice@TEST.EXAMPLE'), keys: passwordKeys('pw-alice') };

const failsWith =
  (status: number, message = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PackageError, String(error));
    assert.equal(error.status.toString(16), status.toString(16), error.message);
    assert.match(error.message, message);
    return true;
  };

describe('Kerberos with somebody in between', () => {
  requirePeer('mit-kdc');
  const kdc = usePeer(() => MitKdc.start());

  /** Requests go to the KDC by UDP only, so that each message is seen once. */
  async function between(party: InBetween): Promise<KdcServices> {
    const { transport } = nodeEnvironment();
    let count = 0;
    return servicesFor(kdc(), {
      transport: {
        async udp(server, message, options) {
          const at = count++;
          const reply = await transport.udp(server, party.request?.(message, at) ?? message, options);
          return party.reply?.(reply, at) ?? reply;
        },
        tcp: () => Promise.reject(new Error('closed')),
        https: () => Promise.reject(new Error('closed')),
      },
    });
  }

  const changedBody = (message: Uint8Array, change: (body: KdcReqBody) => Partial<KdcReqBody>): Uint8Array => {
    const type = message[0] === 0x6a ? MESSAGE_TYPE.AS_REQ : MESSAGE_TYPE.TGS_REQ;
    const { padata, body } = decodeKdcReq(type, message);
    return encodeKdcReq({ type, padata, bodyEncoding: encodeKdcReqBody({ ...body, ...change(body) }) });
  };

  const same = (a: Credentials, b: Credentials): void => {
    assert.equal(formatPrincipal(a.client.name, a.client.realm), formatPrincipal(b.client.name, b.client.realm));
    assert.equal(formatPrincipal(a.server.name, a.server.realm), formatPrincipal(b.server.name, b.server.realm));
  };

  it('no bit of an AS-REP can be changed to anybody’s good', async () => {
    const honest = await login(await between({}), alice);
    // The iterations of the password are what takes time: with a key at hand a few hundred logons take a second.
    const key = await import('#dist/engine/kerberos/crypto/rfc3962/aes-sha1.js').then(({ AES256_SHA1 }) =>
      AES256_SHA1.stringToKey('pw-alice', new TextEncoder().encode('TEST.EXAMPLEalice')),
    );
    const keys = { encryptionTypes: () => [18], key: () => key.value.use(async bytes => key.type.key(bytes)) };
    let refused = 0;
    for (let bit = 3; bit < 8 * 700; bit += 29) {
      const party: InBetween = {
        reply(message) {
          if (message[0] !== AS_REP || bit >= message.length * 8) return message;
          const changed = Uint8Array.from(message);
          changed[bit >> 3]! ^= 1 << (bit & 7);
          return changed;
        },
      };
      try {
        same(await login(await between(party), { ...alice, keys }), honest);
      } catch (error) {
        assert.ok(error instanceof PackageError, String(error));
        refused += 1;
      }
    }
    assert.ok(refused > 50);
  });

  it('no bit of a TGS-REP can be changed to anybody’s good', async () => {
    const tgt = await login(await between({}), alice);
    const honest = await serviceTicket(await between({}), tgt, HTTP);
    for (let bit = 5; bit < 8 * 700; bit += 29) {
      const party: InBetween = {
        reply(message) {
          if (message[0] !== TGS_REP || bit >= message.length * 8) return message;
          const changed = Uint8Array.from(message);
          changed[bit >> 3]! ^= 1 << (bit & 7);
          return changed;
        },
      };
      try {
        same(await serviceTicket(await between(party), tgt, HTTP), honest);
      } catch (error) {
        assert.ok(error instanceof PackageError, String(error));
      }
    }
  });

  it('a reply to an earlier request is not taken', async () => {
    let first: Uint8Array | undefined;
    const party: InBetween = {
      reply(message) {
        if (message[0] !== AS_REP && message[0] !== TGS_REP) return message;
        const earlier = first;
        first ??= message;
        return earlier?.[0] === message[0] ? earlier : message;
      },
    };
    const services = await between(party);
    const tgt = await login(services, alice);
    await assert.rejects(login(services, alice), failsWith(SEC_E.MESSAGE_ALTERED, /another nonce/));
    first = undefined;
    const ticket = await serviceTicket(services, tgt, HTTP);
    assert.ok(ticket.endtime > 0);
    await assert.rejects(serviceTicket(services, tgt, HTTP), failsWith(SEC_E.MESSAGE_ALTERED));
  });

  it('a ticket for another service is not taken (Orpheus’ Lyre)', async () => {
    const sname = principal('host/localhost@X').name;
    const swapped = await between({ request: message => changedBody(message, () => ({ sname })) });
    await assert.rejects(
      login(swapped, alice),
      failsWith(SEC_E.MESSAGE_ALTERED, /for the service host|changed the request/),
    );
    const tgt = await login(await between({}), alice);
    await assert.rejects(serviceTicket(swapped, tgt, HTTP), failsWith(SEC_E.LOGON_DENIED, /BAD_INTEGRITY/));
  });

  it('a request whose encryption types were taken out is noticed', async () => {
    const downgrade = {
      request: (message: Uint8Array) => changedBody(message, () => ({ etypes: [ETYPE.AES128_SHA1] })),
    };
    await assert.rejects(
      login(await between(downgrade), alice),
      failsWith(SEC_E.MESSAGE_ALTERED, /changed the request/),
    );
  });

  describe('an offer of keys', () => {
    const offering = (entries: Parameters<typeof encodeEtypeInfo2>[0]): InBetween => ({
      reply(message) {
        if (!isKrbError(message)) return message;
        const error = decodeKrbError(message);
        const padata = decodeMethodData(error.eData!).map(item =>
          item.type === PA_TYPE.ETYPE_INFO2 ? { ...item, value: encodeEtypeInfo2(entries) } : item,
        );
        return encodeKrbError({ ...error, eData: encodeMethodData(padata) });
      },
    });

    it('with one iteration is refused', async () => {
      const party = offering([{ etype: 18, parameters: Uint8Array.of(0, 0, 0, 1) }]);
      await assert.rejects(login(await between(party), alice), failsWith(SEC_E.INVALID_TOKEN, /1 iterations only/));
    });

    it('with four billion iterations is refused', async () => {
      const party = offering([{ etype: 18, parameters: Uint8Array.of(0, 0, 0, 0) }]);
      await assert.rejects(login(await between(party), alice), failsWith(SEC_E.INVALID_TOKEN, /4294967296 iterations/));
    });

    it('of DES alone is refused', async () => {
      const party = offering([{ etype: 3 }, { etype: 1 }]);
      await assert.rejects(login(await between(party), alice), failsWith(SEC_E.KDC_UNKNOWN_ETYPE, /des-cbc-md5/));
    });

    it('of RC4 first does not make it RC4', async () => {
      const salt = new TextEncoder().encode('TEST.EXAMPLEalice');
      const party = offering([{ etype: 23 }, { etype: 18, salt }]);
      const { ticket } = await login(await between(party), alice);
      assert.ok(ticket);
      assert.match(kdc().log(), /rep=aes256-cts-hmac-sha1-96\(18\)/);
    });
  });

  it('FAST cannot be taken away', async () => {
    const armor = await login(await between({}), alice);
    const request = { client: principal('bob@TEST.EXAMPLE'), keys: passwordKeys('pw-bob'), armor };
    const withoutFast = (message: Uint8Array): Uint8Array => {
      const { body, bodyEncoding } = decodeKdcReq(MESSAGE_TYPE.AS_REQ, message);
      assert.ok(body);
      return encodeKdcReq({ type: MESSAGE_TYPE.AS_REQ, bodyEncoding });
    };
    await assert.rejects(
      login(await between({ request: withoutFast }), request),
      failsWith(SEC_E.UNSUPPORTED_PREAUTH, /without FAST/),
    );
    let bits = 0;
    for (let bit = 8 * 40; bit < 8 * 900; bit += 131) {
      const party: InBetween = {
        reply(message) {
          if (message[0] !== AS_REP || bit >= message.length * 8) return message;
          const changed = Uint8Array.from(message);
          changed[bit >> 3]! ^= 1 << (bit & 7);
          bits += 1;
          return changed;
        },
      };
      const before = bits;
      const outcome = await login(await between(party), request).catch((error: unknown) => error);
      if (bits > before && !(outcome instanceof PackageError))
        same(outcome as Credentials, { ...armor, client: request.client });
    }
    assert.ok(bits > 10);
  });
});
