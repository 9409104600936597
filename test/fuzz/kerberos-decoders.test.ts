import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeHex } from '#dist/bytes/hex.js';
import { decodeAssertions } from '#dist/engine/kerberos/ap/ap-options.js';
import { decodeDelegation } from '#dist/engine/kerberos/ap/delegation.js';
import { decodeGssChecksum, encodeGssChecksum } from '#dist/engine/kerberos/ap/gss-checksum.js';
import { decodeGssToken, encodeGssToken, GSS_TOKEN, isGssToken } from '#dist/engine/kerberos/ap/gss-token.js';
import { encodeCcache, parseCcache } from '#dist/engine/kerberos/ccache/ccache-file.js';
import { Krb5Config } from '#dist/engine/kerberos/config/krb5-config.js';
import { readProfile } from '#dist/engine/kerberos/config/load-profile.js';
import { encryptionType } from '#dist/engine/kerberos/crypto/encryption-types.js';
import { parseServer } from '#dist/engine/kerberos/kdc/locate-kdc.js';
import { Keytab } from '#dist/engine/kerberos/keytab/keytab.js';
import { encodeAuthorizationData } from '#dist/engine/kerberos/messages/authorization-data.js';
import { decodePaPacRequest } from '#dist/engine/kerberos/messages/pa-pac.js';
import { decodeAsReqChecksum, encodeAsReqChecksum } from '#dist/engine/kerberos/messages/pa-req-enc-pa-rep.js';
import { formatPrincipal, parsePrincipal } from '#dist/engine/kerberos/names/principal.js';
import { decodeClientInfo } from '#dist/engine/kerberos/pac/client-info.js';
import { findPac } from '#dist/engine/kerberos/pac/find-pac.js';
import { decodeLogonInfo } from '#dist/engine/kerberos/pac/logon-info.js';
import { PAC_TYPE, Pac } from '#dist/engine/kerberos/pac/pac.js';
import { groupSids, userSid } from '#dist/engine/kerberos/pac/pac-identity.js';
import { signatureOf } from '#dist/engine/kerberos/pac/pac-signature.js';
import { decodeUpnDnsInfo } from '#dist/engine/kerberos/pac/upn-dns-info.js';
import { PackageError } from '#dist/engine/package-error.js';
import { chosenLayer, decodeCookie, encodeCookie } from '#dist/sasl/profiles/gssapi-cookie.js';
import { SaslFailure } from '#dist/sasl/sasl-failure.js';
import { SEC_E } from '#dist/sspi/status.js';
import { CODECS } from '../engine/kerberos/messages/codecs.js';
import { readVectors } from '../vectors/read-vectors.js';
import { anyBytes, bounds, mutation } from './mutations.js';

/** The result; undefined for a refusal with the status that malformed bytes have. Anything else fails the test. */
function readOr<T>(read: () => T, status: number = SEC_E.INVALID_TOKEN): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof PackageError && error.status === status, String(error));
    return undefined;
  }
}

describe('Fuzzing: decoders of Kerberos', () => {
  describe('messages, and what is in them', () => {
    for (const { name, values, encode, decode } of CODECS) {
      it(name, () => {
        const changed = values.chain(value => mutation(Uint8Array.from(encode(value as never))));
        fc.assert(
          fc.property(fc.oneof(anyBytes, { weight: 3, arbitrary: changed }), bytes => {
            const value = readOr(() => decode(bytes));
            // What was understood can be said again.
            if (value !== undefined) readOr(() => decode(encode(value as never)));
          }),
          bounds(400),
        );
      });
    }

    const SMALL: readonly (readonly [name: string, good: Uint8Array, decode: (bytes: Uint8Array) => unknown])[] = [
      ['PA-PAC-REQUEST', decodeHex('3005a0030101ff'), decodePaPacRequest],
      ['PA-REQ-ENC-PA-REP', encodeAsReqChecksum({ type: 16, bytes: new Uint8Array(12) }), decodeAsReqChecksum],
      ['the frame of GSS-API', encodeGssToken(GSS_TOKEN.AP_REQ, new Uint8Array(20)), decodeGssToken],
      [
        'the checksum of GSS-API',
        encodeGssChecksum({ bindings: new Uint8Array(16).fill(1), flags: 1, delegation: new Uint8Array(9) }),
        decodeGssChecksum,
      ],
      [
        'what a client asserts',
        encodeAuthorizationData([{ type: 143, data: Uint8Array.of(0, 0x40, 0, 0) }]),
        data => decodeAssertions([{ type: 1, data }]),
      ],
      [
        'a PAC in authorization data',
        encodeAuthorizationData([{ type: 128, data: new Uint8Array(8) }]),
        data => findPac([{ type: 1, data }]),
      ],
      [
        'tickets that are handed on',
        new Uint8Array(0),
        data => decodeDelegation(data, [encryptionType(18)!.key(new Uint8Array(32))]),
      ],
    ];
    for (const [name, good, decode] of SMALL) {
      it(name, () => {
        fc.assert(
          fc.property(fc.oneof(anyBytes, mutation(good)), bytes => {
            readOr(() => decode(bytes));
            isGssToken(bytes);
          }),
          bounds(1000),
        );
      });
    }
  });

  it('the PAC and the NDR in it', () => {
    const { authorizationData } = readVectors<{ authorizationData: string }>('kerberos-pac');
    const pac = Pac.parse(findPac([{ type: 1, data: decodeHex(authorizationData) }])!);
    const logonInfo = Uint8Array.from(pac.find(PAC_TYPE.LOGON_INFO)!.data);
    const clientInfo = Uint8Array.from(pac.find(PAC_TYPE.CLIENT_INFO)!.data);
    fc.assert(
      fc.property(fc.oneof(anyBytes, mutation(pac.bytes), mutation(logonInfo), mutation(clientInfo)), bytes => {
        const parsed = readOr(() => Pac.parse(bytes));
        for (const { data, offset } of parsed?.buffers ?? []) assert.ok(offset + data.length <= bytes.length);
        for (const type of [PAC_TYPE.SERVER_CHECKSUM, PAC_TYPE.KDC_CHECKSUM]) {
          if (parsed) readOr(() => signatureOf(parsed, type));
        }
        const info = readOr(() => decodeLogonInfo(bytes));
        // A SID has four bytes for each of its numbers, so that no list is longer than what it was read from.
        if (info) assert.ok(groupSids(info).length <= bytes.length && userSid(info) !== null);
        readOr(() => decodeClientInfo(bytes));
        readOr(() => decodeUpnDnsInfo(bytes));
      }),
      bounds(4000),
    );
  });

  it('keytabs and credential caches', () => {
    const { keytab, ccache } = readVectors<{ keytab: string; ccache: string }>('kerberos-files');
    const files = [keytab, `${keytab}${keytab.slice(4)}`, ccache].map(decodeHex);
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), ...files.map(mutation)), bytes => {
        const entries = readOr(() => Keytab.parse(Uint8Array.from(bytes)), SEC_E.NO_CREDENTIALS);
        if (entries) assert.ok(Keytab.parse(entries.toBytes()).entries.length === entries.entries.length);
        const cache = readOr(() => parseCcache(Uint8Array.from(bytes)), SEC_E.NO_CREDENTIALS);
        if (cache) assert.deepEqual(parseCcache(encodeCcache(cache)), cache);
      }),
      bounds(3000),
    );
  });

  it('krb5.conf: any text is one, or an Error says in which line it is none', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '[libdefaults]',
        '[realms]',
        ' = ',
        '{',
        '}',
        '\n',
        '\r\n',
        '*',
        '#',
        ';',
        '"',
        '\\',
        'include ',
        'includedir ',
        '/c',
        '/d',
      ),
      fc.constantFrom(
        'clockskew',
        'ticket_lifetime',
        '1d2h',
        '99999999999999999999',
        'kdc',
        'permitted_enctypes',
        '-aes',
        '__proto__',
        'constructor',
        '\0',
      ),
      fc.string({ maxLength: 5 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async pieces => {
        const text = new TextEncoder().encode(pieces.join(''));
        const access = { variables: {}, readFile: async () => text, readDirectory: async () => [] };
        try {
          const config = new Krb5Config(await readProfile(['/c'], access));
          for (const seconds of [
            config.clockSkew,
            config.ticketLifetime,
            config.renewLifetime,
            config.udpPreferenceLimit,
          ]) {
            assert.ok(Number.isFinite(seconds) && seconds >= 0, String(seconds));
          }
          assert.ok(config.encryptionTypes().every(type => type > 16));
          assert.equal({}.constructor, Object);
          for (const server of config.servers('R', 'kdc')) parseServer(server, 88);
        } catch (error) {
          assert.ok(error instanceof Error && error.constructor === Error, String(error));
          assert.match(error.message, /: /);
        }
      }),
      bounds(1500),
    );
  });

  it('names of principals and addresses of servers', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc
        .array(fc.constantFrom('a', '/', '@', '\\', ':', '[', ']', '::1', '0', '99999', '%', '.', '\0', '\n'), {
          maxLength: 12,
        })
        .map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(text, value => {
        const principal = readOr(() => parsePrincipal(value), SEC_E.TARGET_UNKNOWN);
        if (principal) assert.deepEqual(parsePrincipal(formatPrincipal(principal.name, principal.realm)), principal);
        const endpoint = parseServer(value, 88);
        if (endpoint) assert.ok(endpoint.port >= 1 && endpoint.port <= 0xffff && endpoint.host !== '');
      }),
      bounds(2000),
    );
  });

  it('the cookies of RFC 4752: a layer out of those that were offered, or none', () => {
    const authzString = new Uint8Array(3);
    const good = encodeCookie({ layers: 7, maxSize: 0xffff, authzString });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 12 }), mutation(good)), fc.nat(7), (bytes, offered) => {
        try {
          const { layers, maxSize } = decodeCookie(bytes);
          assert.ok(bytes.length >= 4 && maxSize <= 0xff_ffff);
          const layer = chosenLayer(layers, offered);
          if (layer !== undefined) assert.ok([1, 2, 4].includes(layer) && (layer & offered) !== 0);
        } catch (error) {
          assert.ok(error instanceof SaslFailure && error.status === SEC_E.INVALID_TOKEN, String(error));
          assert.ok(bytes.length < 4);
        }
      }),
      bounds(1000),
    );
  });
});
