import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeHex, encodeHex } from '#dist/bytes/hex.js';
import { encodeLatin1 } from '#dist/bytes/text.js';
import { decodeApRep, encodeApRep } from '#dist/engine/kerberos/messages/ap-rep.js';
import { decodeAuthenticator, encodeAuthenticator } from '#dist/engine/kerberos/messages/authenticator.js';
import { decodeEncApRepPart, encodeEncApRepPart } from '#dist/engine/kerberos/messages/enc-ap-rep-part.js';
import { decodeKerbErrorData, extendedStatus } from '#dist/engine/kerberos/messages/kerb-error-data.js';
import { decodeKrbError, encodeKrbError } from '#dist/engine/kerberos/messages/krb-error.js';
import { decodeKrbSafe, encodeKrbSafe } from '#dist/engine/kerberos/messages/krb-safe.js';
import { decodePaEncTsEnc, encodePaEncTsEnc } from '#dist/engine/kerberos/messages/pa-enc-timestamp.js';
import { decodePaForUser, encodePaForUser } from '#dist/engine/kerberos/messages/pa-for-user.js';
import { decodePaPacRequest, encodePaPacRequest } from '#dist/engine/kerberos/messages/pa-pac.js';
import { samePrincipal } from '#dist/engine/kerberos/messages/principal-name.js';
import { decodeTicket, makeTicket } from '#dist/engine/kerberos/messages/ticket.js';
import { PackageError } from '#dist/engine/package-error.js';
import { SEC_E } from '#dist/sspi/status.js';
import { readVectors } from '../../../vectors/read-vectors.js';
import { CODECS } from './codecs.js';

const malformed = (error: unknown): boolean =>
  error instanceof PackageError && error.status === SEC_E.INVALID_TOKEN && /malformed/.test(error.message);

describe('Kerberos messages', () => {
  for (const { name, values, encode, decode } of CODECS) {
    describe(name, () => {
      it('comes back as it was', () => {
        fc.assert(
          fc.property(values, value => {
            const decoded = decode(encode(value as never));
            // Random records have no prototype; clones do.
            assert.deepEqual(structuredClone(decoded), structuredClone(value));
            assert.deepEqual(encode(decoded as never), encode(value as never));
          }),
          { numRuns: 60 },
        );
      });

      it('is refused when it ends early or goes on', () => {
        for (const value of fc.sample(values, { numRuns: 3, seed: 7 })) {
          const bytes = encode(value as never);
          for (let length = 0; length < bytes.length; length++) {
            assert.throws(() => decode(bytes.subarray(0, length)), malformed);
          }
          assert.throws(() => decode(Uint8Array.of(...bytes, 0)), malformed);
        }
      });

      it('is a message or malformed, whatever byte is changed', () => {
        fc.assert(
          fc.property(values, fc.nat(), fc.nat(255), (value, place, byte) => {
            const bytes = Uint8Array.from(encode(value as never));
            bytes[place % bytes.length] = byte;
            try {
              decode(bytes);
            } catch (error) {
              assert.ok(malformed(error), String(error));
            }
          }),
          { numRuns: 200 },
        );
      });
    });
  }

  describe('as MIT writes them', () => {
    type Name =
      | 'ticket'
      | 'apRep'
      | 'encApRepPart'
      | 'paEncTsEnc'
      | 'authenticator'
      | 'paForUser'
      | 'krbError'
      | 'krbSafe';
    const vectors = readVectors<Record<Name, string>>('kerberos-messages');
    const realm = 'ATHENA.MIT.EDU';
    const principal = { type: 1, components: ['hftsai', 'extra'] };
    const ctime = Date.UTC(1994, 5, 10, 6, 3, 17);
    const usec = 123456;
    const encPart = { etype: 0, kvno: 5, cipher: encodeLatin1('krbASN.1 test message') };

    const both = <T>(
      name: Name,
      value: T,
      encode: (value: T) => Uint8Array,
      decode: (bytes: Uint8Array) => T,
    ): void => {
      it(name, () => {
        assert.equal(encodeHex(encode(value)), vectors[name]);
        const decoded = decode(decodeHex(vectors[name]));
        assert.deepEqual(JSON.parse(JSON.stringify(decoded)), JSON.parse(JSON.stringify(value)));
      });
    };

    both('ticket', makeTicket({ realm, sname: principal, encPart }), ({ encoding }) => encoding, decodeTicket);
    both('apRep', { encPart }, encodeApRep, decodeApRep);
    both(
      'encApRepPart',
      { ctime, cusec: usec, subkey: { etype: 1, bytes: encodeLatin1('12345678') }, seqNumber: 17 },
      encodeEncApRepPart,
      decodeEncApRepPart,
    );
    both('paEncTsEnc', { timestamp: ctime, usec }, encodePaEncTsEnc, decodePaEncTsEnc);
    both(
      'authenticator',
      { crealm: realm, cname: principal, cusec: usec, ctime },
      encodeAuthenticator,
      decodeAuthenticator,
    );
    both(
      'paForUser',
      {
        userName: principal,
        userRealm: realm,
        checksum: { type: 1, bytes: encodeLatin1('1234') },
        authPackage: 'krb5data',
      },
      encodePaForUser,
      decodePaForUser,
    );
    const address = { type: 2, address: Uint8Array.of(18, 208, 0, 35) };
    const userData = encodeLatin1('krb5data');
    both(
      'krbSafe',
      {
        body: { userData, timestamp: ctime, usec, seqNumber: 17, senderAddress: address, recipientAddress: address },
        checksum: { type: 1, bytes: encodeLatin1('1234') },
      },
      encodeKrbSafe,
      decodeKrbSafe,
    );
    it('krbError', () => {
      const error = { stime: ctime, susec: usec, errorCode: 60, realm, sname: principal };
      const written = { ...error, cusec: usec };
      assert.equal(encodeHex(encodeKrbError(written)), vectors.krbError);
      assert.equal(decodeKrbError(decodeHex(vectors.krbError)).errorCode, 60);
    });
  });

  describe('leniently, where others are loose', () => {
    it('reads a sequence number of 2^32 - 1 that is written as -1', () => {
      const written = encodeHex(encodeEncApRepPart({ ctime: 0, cusec: 0, seqNumber: 5 }));
      const negative = written.replace(/a303020105$/, 'a3030201ff');
      assert.equal(decodeEncApRepPart(decodeHex(negative)).seqNumber, 0xffff_ffff);
    });

    it('reads KERB-ERROR-DATA with and without a list around it', () => {
      const bare = '3015a103020103a20e040c350000c00000000001000000';
      for (const hex of [bare, `3017${bare}`]) {
        assert.equal(extendedStatus(decodeKerbErrorData(decodeHex(hex))), 0xc000_0035);
      }
      assert.equal(extendedStatus([{ type: 3, value: new Uint8Array(11) }]), undefined);
    });

    it('reads the text of a KRB-ERROR in whatever character set it is', () => {
      const error = { stime: 0, susec: 0, errorCode: 60, realm: 'R', sname: { type: 2, components: ['s'] } };
      const text = encodeHex(encodeKrbError({ ...error, eText: 'ab' })).replace('1b026162', '1b02fffe');
      assert.equal(decodeKrbError(decodeHex(text)).eText, '\u00ff\u00fe');
    });
  });

  describe('strictly', () => {
    it('refuses another version and another type of message', () => {
      const { apRep } = readVectors<{ apRep: string }>('kerberos-messages');
      for (const changed of [apRep.replace('a003020105', 'a003020104'), apRep.replace('a10302010f', 'a10302010e')]) {
        assert.notEqual(changed, apRep);
        assert.throws(() => decodeApRep(decodeHex(changed)), malformed);
      }
    });

    it('refuses a million microseconds', () => {
      assert.throws(() => decodePaEncTsEnc(encodePaEncTsEnc({ timestamp: 0, usec: 1_000_000 })), malformed);
    });
  });

  it('asks for a PAC', () => {
    assert.equal(encodeHex(encodePaPacRequest()), '3005a0030101ff');
    assert.equal(decodePaPacRequest(decodeHex('3005a003010100')), false);
    assert.equal(decodePaPacRequest(encodePaPacRequest()), true);
  });

  it('compares names without their types', () => {
    const name = (type: number, ...components: string[]) => ({ type, components });
    assert.ok(samePrincipal(name(1, 'a', 'b'), name(2, 'a', 'b')));
    for (const other of [name(1, 'a'), name(1, 'a', 'B'), name(1, 'a', 'b', ''), name(1, 'a/b')]) {
      assert.ok(!samePrincipal(name(1, 'a', 'b'), other));
    }
  });
});
