import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeHex, encodeHex } from '#dist/bytes/hex.js';
import type { Ccache } from '#dist/engine/kerberos/ccache/ccache.js';
import { encodeCcache, parseCcache } from '#dist/engine/kerberos/ccache/ccache-file.js';
import { Keytab } from '#dist/engine/kerberos/keytab/keytab.js';
import { KeytabEntry } from '#dist/engine/kerberos/keytab/keytab-entry.js';
import { formatPrincipal, parsePrincipal } from '#dist/engine/kerberos/names/principal.js';
import { PackageError } from '#dist/engine/package-error.js';
import { SEC_E } from '#dist/sspi/status.js';
import { readVectors } from '../../../vectors/read-vectors.js';
import { name, octets, opt, text, typedList, uint32 } from '../messages/arbitraries.js';

const { keytab: KEYTAB, ccache: CCACHE } = readVectors<{ keytab: string; ccache: string }>('kerberos-files');
const failsWith =
  (status: number) =>
  (error: unknown): boolean =>
    error instanceof PackageError && error.status === status;
const noCredentials = failsWith(SEC_E.NO_CREDENTIALS);
const int16 = fc.integer({ min: -0x8000, max: 0x7fff });

describe('Kerberos keytab', () => {
  it('reads and writes the sample', () => {
    const keytab = Keytab.parse(decodeHex(KEYTAB));
    const [entry] = keytab.entries;
    assert.equal(keytab.entries.length, 1);
    assert.equal(formatPrincipal(entry!.principal, entry!.realm), 'HTTP/www.example.com@EXAMPLE.COM');
    assert.deepEqual([entry!.kvno, entry!.etype, entry!.timestamp], [3, 18, 0x65000000]);
    assert.equal(entry!.key?.type.number, 18);
    assert.equal(entry!.key, entry!.key);
    assert.equal(encodeHex(keytab.toBytes()), KEYTAB);
  });

  it('brings back random entries', () => {
    const fields = fc.record({
      realm: text,
      principal: name,
      timestamp: uint32,
      kvno: fc.integer({ min: 1, max: 0xffff_ffff }),
      etype: int16,
      keyBytes: octets,
    });
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 4 }), list => {
        const entries = list.map(entry => new KeytabEntry({ ...entry, keyBytes: Uint8Array.from(entry.keyBytes) }));
        const read = Keytab.parse(new Keytab(entries).toBytes()).entries.map(entry => ({
          realm: entry.realm,
          principal: entry.principal,
          timestamp: entry.timestamp,
          kvno: entry.kvno,
          etype: entry.etype,
          keyBytes: entry.value.use(bytes => Uint8Array.from(bytes)),
        }));
        assert.deepEqual(structuredClone(read), structuredClone(list));
      }),
    );
  });

  it('passes over holes, and stops at a zero', () => {
    const record = KEYTAB.slice(4);
    const holed = `0502fffffffc${'00'.repeat(4)}${record}00000000${record}`;
    assert.equal(Keytab.parse(decodeHex(holed)).entries.length, 1);
  });

  it('reads a key version of 8 bits, and version 1 in both byte orders', () => {
    const short = `0502000000530002${KEYTAB.slice(16, -8)}`;
    assert.equal(Keytab.parse(decodeHex(short)).entries[0]!.kvno, 3);
    const key = '000102030405060708090a0b0c0d0e0f';
    for (const version1 of [
      `0501280000000200${'0300522e45'}${'0600736572766572'}785634120717001000${key}`,
      `0501000000280002${'0003522e45'}${'0006736572766572'}123456780700170010${key}`,
    ]) {
      const [entry] = Keytab.parse(decodeHex(version1)).entries;
      assert.equal(formatPrincipal(entry!.principal, entry!.realm), 'server@R.E');
      assert.deepEqual([entry!.kvno, entry!.etype, entry!.timestamp], [7, 23, 0x12345678]);
    }
  });

  it('refuses every prefix but those that end between entries', () => {
    const bytes = decodeHex(`${KEYTAB}${KEYTAB.slice(4)}`);
    const whole = [2, KEYTAB.length / 2, bytes.length];
    for (let length = 0; length <= bytes.length; length++) {
      if (whole.includes(length))
        assert.equal(Keytab.parse(bytes.subarray(0, length)).entries.length, whole.indexOf(length));
      else assert.throws(() => Keytab.parse(bytes.subarray(0, length)), noCredentials);
    }
  });

  it('refuses lying lengths', () => {
    for (const hex of [
      '',
      '05',
      '0503',
      '0402',
      '05028000000000',
      '05027fffffff',
      '0502000000020000',
      '0502000000040001ffff',
    ]) {
      assert.throws(() => Keytab.parse(decodeHex(hex)), noCredentials, hex);
    }
  });

  it('finds keys: the newest first, and by the low bits of a version', () => {
    const entry = (kvno: number, etype: number, primary: string): KeytabEntry =>
      new KeytabEntry({
        realm: 'R',
        principal: { type: 1, components: [primary] },
        timestamp: 0,
        kvno,
        etype,
        keyBytes: new Uint8Array(etype === 18 ? 32 : 16),
      });
    const keytab = new Keytab([
      entry(1, 18, 'a'),
      entry(2, 18, 'a'),
      entry(2, 17, 'a'),
      entry(5, 18, 'b'),
      entry(1, 3, 'c'),
    ]);
    const found = (query: Parameters<Keytab['find']>[0]): string[] =>
      keytab.find(query).map(({ kvno, etype, principal }) => `${principal.components[0]}${kvno}/${etype}`);
    const a = { type: 2, components: ['a'] };
    assert.deepEqual(found({ principal: a, etype: 18 }), ['a2/18', 'a1/18']);
    assert.deepEqual(found({ principal: a, realm: 'R', etype: 18, kvno: 1 }), ['a1/18']);
    assert.deepEqual(found({ realm: 'S' }), []);
    assert.deepEqual(found({ kvno: 0x105 }), ['b5/18']);
    assert.deepEqual(found({ kvno: 0x1234_0002, etype: 17 }), ['a2/17']);
    assert.deepEqual(keytab.encryptionTypes(a), [18, 17]);
    assert.equal(keytab.entries[4]!.key, undefined);
  });
});

describe('Kerberos credential cache', () => {
  it('reads and writes the sample', () => {
    const ccache = parseCcache(decodeHex(CCACHE));
    assert.equal(formatPrincipal(ccache.principal.name, ccache.principal.realm), 'alice@EXAMPLE.COM');
    assert.equal(ccache.credentials.length, 1);
    const [credential] = ccache.credentials;
    assert.equal(formatPrincipal(credential!.server.name, credential!.server.realm), 'krbtgt/EXAMPLE.COM@EXAMPLE.COM');
    assert.deepEqual([credential!.authtime, credential!.flags], [0x65000000, 0x50e10000]);
    assert.equal(encodeHex(credential!.ticket), '6100');
    assert.equal(ccache.kdcOffset, 0);
    assert.equal(encodeHex(encodeCcache(ccache)), CCACHE);
  });

  const principal = fc.record({ name, realm: text.filter(realm => realm !== 'X-CACHECONF:') });
  const credential = fc.record({
    client: principal,
    server: principal,
    key: fc.record({ etype: int16, bytes: octets }),
    authtime: fc.nat(),
    starttime: uint32,
    endtime: uint32,
    renewTill: uint32,
    isUserToUser: fc.boolean(),
    flags: uint32,
    addresses: typedList('address').map(list => list.map(item => ({ ...item, type: (item.type << 16) >> 16 }))),
    authorizationData: typedList('data').map(list => list.map(item => ({ ...item, type: (item.type << 16) >> 16 }))),
    ticket: octets,
    secondTicket: octets,
  });
  const values: fc.Arbitrary<Ccache> = fc.record({
    principal,
    credentials: fc.array(credential, { maxLength: 3 }),
    config: fc.array(fc.record({ key: text, principal: opt(text), value: octets }), { maxLength: 2 }),
    kdcOffset: opt(fc.integer({ min: -1e15, max: 1e15 })),
  });

  it('brings back random caches', () => {
    fc.assert(
      fc.property(values, value => {
        assert.deepEqual(structuredClone(parseCcache(encodeCcache(value))), structuredClone(value));
      }),
    );
  });

  it('refuses every prefix but those that end between credentials', () => {
    const bytes = decodeHex(CCACHE);
    let complete = 0;
    for (let length = 0; length < bytes.length; length++) {
      try {
        assert.equal(parseCcache(bytes.subarray(0, length)).credentials.length, 0);
        complete += 1;
      } catch (error) {
        assert.ok(noCredentials(error), String(error));
      }
    }
    assert.equal(complete, 1);
  });

  it('refuses counts that nothing is behind', () => {
    const bytes = decodeHex(CCACHE);
    const hex = encodeHex(bytes);
    for (const lie of [
      hex.replace('0000000100000001', '00000001ffffffff'),
      hex.replace('0000000b45', 'ffffffff45'),
      hex.replace(/^0504000c/, '0504ffff'),
      hex.replace(/^0504/, '0502'),
      hex.replace(/^0504/, '0604'),
    ]) {
      assert.notEqual(lie, hex);
      assert.throws(() => parseCcache(decodeHex(lie)), noCredentials);
    }
  });

  it('is a cache or malformed, whatever byte is changed', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.nat(255), (value, place, byte) => {
        const bytes = Uint8Array.from(encodeCcache(value));
        bytes[place % bytes.length] = byte;
        try {
          parseCcache(bytes);
        } catch (error) {
          assert.ok(noCredentials(error), String(error));
        }
      }),
    );
  });
});

describe('Kerberos principal names', () => {
  const CASES: readonly [text: string, components: readonly string[], realm: string | undefined][] = [
    ['alice', ['alice'], undefined],
    ['alice@EXAMPLE.COM', ['alice'], 'EXAMPLE.COM'],
    ['HTTP/www.example.com@EXAMPLE.COM', ['HTTP', 'www.example.com'], 'EXAMPLE.COM'],
    ['MSSQLSvc/db.example.com:1433', ['MSSQLSvc', 'db.example.com:1433'], undefined],
    ['a\\/b/c\\@d@E\\@F', ['a/b', 'c@d'], 'E@F'],
    ['a\\n\\t\\b\\0\\\\', ['a\n\t\b\0\\'], undefined],
    ['a//b', ['a', '', 'b'], undefined],
    ['a@', ['a'], ''],
    ['a@R/S', ['a'], 'R/S'],
    ['', [''], undefined],
  ];
  for (const [text, components, realm] of CASES) {
    it(JSON.stringify(text), () => {
      assert.deepEqual(parsePrincipal(text), { name: { type: 1, components }, realm });
    });
  }

  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), opt(fc.string()), (components, realm) => {
        const name = { type: 1, components };
        assert.deepEqual(parsePrincipal(formatPrincipal(name, realm)), { name, realm });
      }),
    );
  });

  it('have one realm, and an end', () => {
    for (const text of ['a@b@c', 'a\\']) {
      assert.throws(() => parsePrincipal(text), failsWith(SEC_E.TARGET_UNKNOWN));
    }
  });
});
