import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeHex } from '#dist/bytes/hex.js';
import { ByteWriter } from '#dist/bytes/writer.js';
import { encryptionType } from '#dist/engine/kerberos/crypto/encryption-types.js';
import { type AuthorizationData, decodeAuthorizationData } from '#dist/engine/kerberos/messages/authorization-data.js';
import type { EncTicketPart } from '#dist/engine/kerberos/messages/enc-ticket-part.js';
import { decodeClientInfo } from '#dist/engine/kerberos/pac/client-info.js';
import { findPac } from '#dist/engine/kerberos/pac/find-pac.js';
import { decodeLogonInfo } from '#dist/engine/kerberos/pac/logon-info.js';
import { PAC_TYPE, Pac } from '#dist/engine/kerberos/pac/pac.js';
import { groupSids, type PacPolicy, readPacIdentity, userSid } from '#dist/engine/kerberos/pac/pac-identity.js';
import { signatureOf } from '#dist/engine/kerberos/pac/pac-signature.js';
import { decodeUpnDnsInfo } from '#dist/engine/kerberos/pac/upn-dns-info.js';
import { PackageError } from '#dist/engine/package-error.js';
import { SEC_E } from '#dist/sspi/status.js';
import { readVectors } from '../../../vectors/read-vectors.js';
import { buildPac, clientInfo, inTicket, type PacPart, signPac } from './sample-pac.js';

interface Sample {
  readonly authorizationData: string;
  readonly user: string;
  readonly fullName: string;
  readonly domain: string;
  readonly domainSid: string;
  readonly logonServer: string;
  readonly rid: number;
  readonly primaryGroup: number;
  readonly groups: number;
  readonly extraSids: number;
  readonly logonCount: number;
  readonly clientId: string;
}

const sample = readVectors<Sample>('kerberos-pac');
const sampleData = (): AuthorizationData => [{ type: 1, data: decodeHex(sample.authorizationData) }];
const samplePac = (): Pac => Pac.parse(findPac(sampleData())!);
const sampleLogonInfo = (): Uint8Array => Uint8Array.from(samplePac().find(PAC_TYPE.LOGON_INFO)!.data);

const AUTHTIME = 1_700_000_000_000;
const key = encryptionType(18)!.key(new Uint8Array(32).fill(5));

function ticket(authorizationData: AuthorizationData | undefined): EncTicketPart {
  return {
    flags: 0,
    key: { etype: 18, bytes: new Uint8Array(32) },
    crealm: 'TEST.EXAMPLE',
    cname: { type: 1, components: ['lzhu'] },
    transited: { type: 1, contents: new Uint8Array(0) },
    authtime: AUTHTIME,
    endtime: AUTHTIME + 1000,
    authorizationData,
  };
}

const CHECKSUM_TYPE_RSA_MD5 = 7;

/** A PAC whose server signature is of a type and a length that somebody chose. */
function signedWith(type: number, length: number): Uint8Array {
  const signature = (octets: number): Uint8Array =>
    new ByteWriter()
      .u32le(type >>> 0)
      .bytes(new Uint8Array(octets))
      .toBytes();
  const kdc = new ByteWriter().u32le(key.type.checksumType).bytes(new Uint8Array(key.type.checksumLength)).toBytes();
  return buildPac([
    ...goodParts(),
    { type: PAC_TYPE.SERVER_CHECKSUM, data: signature(length) },
    { type: PAC_TYPE.KDC_CHECKSUM, data: kdc },
  ]);
}

const logonPart = (): PacPart => ({ type: PAC_TYPE.LOGON_INFO, data: sampleLogonInfo() });
const goodParts = (): PacPart[] => [logonPart(), clientInfo('lzhu', AUTHTIME)];
const identity = (pac: Uint8Array, policy: PacPolicy = 'use', by = key) =>
  readPacIdentity(ticket(inTicket(pac)), by, policy);
const failsWith = (status: number) => (error: unknown) => error instanceof PackageError && error.status === status;
const refused = (call: () => unknown): void => assert.throws(call, failsWith(SEC_E.LOGON_DENIED));
const invalid = failsWith(SEC_E.INVALID_TOKEN);

describe('PAC', () => {
  describe('the sample of [MS-PAC] 3', () => {
    it('is found in the authorization data', () => {
      assert.deepEqual(
        samplePac().buffers.map(({ type }) => type),
        [1, 10, 6, 7],
      );
      assert.equal(decodeAuthorizationData(decodeHex(sample.authorizationData)).length, 1);
    });

    it('has the user, the groups and the SIDs', () => {
      const info = decodeLogonInfo(sampleLogonInfo());
      assert.deepEqual(
        [info.effectiveName, info.fullName, info.logonDomainName, info.logonServer, info.logonDomainId],
        [sample.user, sample.fullName, sample.domain, sample.logonServer, sample.domainSid],
      );
      assert.deepEqual(
        [info.userId, info.primaryGroupId, info.groups.length, info.extraSids.length, info.logonCount],
        [sample.rid, sample.primaryGroup, sample.groups, sample.extraSids, sample.logonCount],
      );
      assert.equal(info.logonScript, 'ntds2.bat');
      assert.equal(userSid(info), `${sample.domainSid}-${sample.rid}`);
      const groups = groupSids(info);
      assert.ok(groups.includes(`${sample.domainSid}-513`));
      assert.ok(groups.includes(info.extraSids[0]!.sid));
      assert.equal(new Set(groups).size, groups.length);
    });

    it('names its client and has signatures', () => {
      const { name, clientId } = decodeClientInfo(samplePac().find(PAC_TYPE.CLIENT_INFO)!.data);
      assert.deepEqual([name, clientId], [sample.user, BigInt(sample.clientId)]);
      assert.equal(signatureOf(samplePac(), PAC_TYPE.SERVER_CHECKSUM)!.type, -138);
    });

    it('counts resource groups, and the first extra SID where the user has no number', () => {
      const info = decodeLogonInfo(sampleLogonInfo());
      const more = { ...info, resourceGroupDomainSid: 'S-1-5-21-9', resourceGroups: [{ rid: 7, attributes: 7 }] };
      assert.ok(groupSids(more).includes('S-1-5-21-9-7'));
      const first = info.extraSids[0]!.sid;
      assert.equal(userSid({ ...info, userId: 0 }), first);
      assert.ok(!groupSids({ ...info, userId: 0 }).includes(first));
    });
  });

  describe('of a ticket', () => {
    for (const etype of [17, 18, 19, 20, 23]) {
      const own = encryptionType(etype)!.key(new Uint8Array(encryptionType(etype)!.keyLength).fill(1));
      it(`signed with ${own.type.name}`, () => {
        const found = identity(signPac(goodParts(), own), 'require', own);
        assert.equal(found?.accountName, sample.user);
        assert.equal(found?.domainName, sample.domain);
        assert.equal(found?.sid, `${sample.domainSid}-${sample.rid}`);
        const other = own.type.key(new Uint8Array(own.type.keyLength).fill(2));
        refused(() => identity(signPac(goodParts(), own), 'use', other));
      });
    }

    it('with one bit changed anywhere is refused, or no PAC at all', () => {
      const good = signPac(goodParts(), key);
      const kdc = signatureOf(Pac.parse(good), PAC_TYPE.KDC_CHECKSUM)!;
      for (let at = 0; at < good.length; at++) {
        if (at >= kdc.at && at < kdc.at + kdc.signature.length) continue;
        const bad = Uint8Array.from(good);
        bad[at]! ^= 1;
        assert.throws(
          () => identity(bad, 'require') ?? assert.fail(`byte ${at}`),
          error => failsWith(SEC_E.LOGON_DENIED)(error) || invalid(error),
          `byte ${at} does not count`,
        );
      }
    });

    const CASES: Readonly<Record<string, () => Uint8Array>> = {
      'without a signature': () => buildPac(goodParts()),
      'of another client': () => signPac([logonPart(), clientInfo('other', AUTHTIME)], key),
      'of another logon': () => signPac([logonPart(), clientInfo('lzhu', AUTHTIME + 1000)], key),
      'that does not say whose it is': () => signPac([logonPart()], key),
      'with a signature that needs no key': () => signedWith(CHECKSUM_TYPE_RSA_MD5, 16),
      'with a signature of a type that nobody knows': () => signedWith(4711, 16),
      'with a signature of another key type': () => signedWith(-138, 16),
      'with a signature that is cut short': () => signedWith(key.type.checksumType, 11),
      'with an empty signature': () => signedWith(key.type.checksumType, 0),
    };
    for (const [name, pac] of Object.entries(CASES)) {
      it(`${name} is refused by either policy`, () => {
        refused(() => identity(pac(), 'use'));
        refused(() => identity(pac(), 'require'));
      });
    }

    it('takes the name with its realm, as MIT writes it for other realms', () => {
      assert.ok(identity(signPac([clientInfo('lzhu@TEST.EXAMPLE', AUTHTIME)], key)));
    });

    it('that is absent or cannot be read: no SIDs, or no logon', () => {
      const unreadable = [undefined, inTicket(new Uint8Array(7)), [{ type: 1, data: Uint8Array.of(0x30) }]];
      for (const data of unreadable) {
        assert.equal(readPacIdentity(ticket(data), key, 'use'), undefined);
        assert.throws(() => readPacIdentity(ticket(data), key, 'require'), PackageError);
      }
      const brokenInfo = [{ type: PAC_TYPE.LOGON_INFO, data: new Uint8Array(9) }, clientInfo('lzhu', AUTHTIME)];
      assert.equal(identity(signPac(brokenInfo, key), 'use'), undefined);
      assert.throws(() => identity(signPac(brokenInfo, key), 'require'), invalid);
    });

    it('tells the UPN', () => {
      const upn = Buffer.from('alice@test.example', 'utf16le');
      const dns = Buffer.from('TEST.EXAMPLE', 'utf16le');
      const data = new ByteWriter()
        .u16le(upn.length)
        .u16le(16)
        .u16le(dns.length)
        .u16le(16 + upn.length)
        .u32le(1)
        .u32le(0)
        .bytes(upn)
        .bytes(dns)
        .toBytes();
      assert.equal(decodeUpnDnsInfo(data).isConstructed, true);
      const found = identity(signPac([{ type: PAC_TYPE.UPN_DNS_INFO, data }, ...goodParts()], key));
      assert.equal(found?.userPrincipalName, 'alice@test.example');
      assert.equal(found?.dnsDomainName, 'TEST.EXAMPLE');
    });
  });

  describe('malformed', () => {
    const table = (count: number, ...entries: [type: number, size: number, offset: bigint][]): Uint8Array => {
      const writer = new ByteWriter().u32le(count).u32le(0);
      for (const [type, size, offset] of entries) writer.u32le(type).u32le(size).u64le(offset);
      while (writer.length < 128) writer.u8(0);
      return writer.toBytes();
    };
    const CASES: Readonly<Record<string, Uint8Array>> = {
      'more parts than there are': table(0xffffffff),
      'a part behind the end': table(1, [1, 8, 128n]),
      'an offset of 2^32 and some': table(1, [1, 8, 0x1_0000_0000n]),
      'an offset of 2^64 - 8': table(1, [1, 8, 0xffff_ffff_ffff_fff8n]),
      'a size that wraps around': table(1, [1, 0xffff_ffff, 64n]),
      'an offset that is not aligned': table(1, [1, 8, 65n]),
      'a part in the table': table(1, [1, 8, 8n]),
      'parts that overlap': table(2, [1, 16, 64n], [10, 16, 72n]),
    };
    for (const [name, bytes] of Object.entries(CASES)) {
      it(name, () => assert.throws(() => Pac.parse(bytes), invalid));
    }

    it('no prefix of the sample passes', () => {
      const { bytes } = samplePac();
      for (let length = 0; length < bytes.length - 8; length++) {
        assert.throws(() => Pac.parse(bytes.subarray(0, length)), invalid, `${length} bytes`);
      }
      const info = sampleLogonInfo();
      const end = info.findLastIndex(byte => byte !== 0);
      for (let length = 0; length < end; length++) {
        assert.throws(() => decodeLogonInfo(info.subarray(0, length)), invalid, `${length} bytes`);
      }
    });

    it('never fails in another way', () => {
      const info = sampleLogonInfo();
      const decoders = [Pac.parse, decodeLogonInfo, decodeUpnDnsInfo, decodeClientInfo] as const;
      const seeds = [samplePac().bytes, info];
      const changes = fc.array(fc.tuple(fc.nat(1200), fc.nat(255)), { maxLength: 4 });
      fc.assert(
        fc.property(fc.constantFrom(...seeds), changes, (seed, edits) => {
          const bytes = Uint8Array.from(seed);
          for (const [at, value] of edits) bytes[at % bytes.length] = value;
          for (const decode of decoders) {
            try {
              decode(bytes);
            } catch (error) {
              assert.ok(invalid(error), String(error));
            }
          }
        }),
        { numRuns: 1000 },
      );
    });
  });
});
