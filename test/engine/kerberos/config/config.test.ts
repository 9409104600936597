import assert from 'node:assert/strict';
import { DEFAULT_ENCRYPTION_TYPES, parseEncryptionTypes } from '#dist/engine/kerberos/config/encryption-type-list.js';
import { Krb5Config } from '#dist/engine/kerberos/config/krb5-config.js';
import { type ConfigAccess, readProfile } from '#dist/engine/kerberos/config/load-profile.js';
import { parseBoolean, parseDuration } from '#dist/engine/kerberos/config/values.js';

/** Files by their names, as an environment reads them. */
function access(files: Readonly<Record<string, string>>, variables: Record<string, string> = {}): ConfigAccess {
  return {
    variables,
    async readFile(path) {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
      return new TextEncoder().encode(text);
    },
    async readDirectory(path) {
      return Object.keys(files).flatMap(name => (name.startsWith(`${path}/`) ? [name.slice(path.length + 1)] : []));
    },
  };
}

const config = async (text: string): Promise<Krb5Config> =>
  new Krb5Config(await readProfile(['/c'], access({ '/c': text })));

describe('krb5.conf', () => {
  it('has sections, values, sections within, comments, quotes', async () => {
    const { profile } = await config(`
# comment
; another
[libdefaults]
	default_realm = EXAMPLE.COM
  quoted = " a \\"b\\"\\t\\\\ "
  empty =
[realms]
  EXAMPLE.COM = {
    kdc = one.example.com
    kdc = two.example.com:8888
    v4 = {
      host = x
    }
  }
[libdefaults]
  later = yes
  default_realm = SECOND\r
`);
    assert.equal(profile.text('libdefaults', 'default_realm'), 'EXAMPLE.COM');
    assert.deepEqual(profile.texts('libdefaults', 'default_realm'), ['EXAMPLE.COM', 'SECOND']);
    assert.equal(profile.text('libdefaults', 'quoted'), ' a "b"\t\\ ');
    assert.equal(profile.text('libdefaults', 'empty'), '');
    assert.equal(profile.text('libdefaults', 'later'), 'yes');
    assert.deepEqual(profile.texts('realms', 'EXAMPLE.COM', 'kdc'), ['one.example.com', 'two.example.com:8888']);
    assert.equal(profile.text('realms', 'EXAMPLE.COM', 'v4', 'host'), 'x');
    assert.deepEqual(profile.sections('realms')[0]?.tags, ['EXAMPLE.COM']);
    assert.equal(profile.text('realms', 'EXAMPLE.COM'), undefined);
    assert.equal(profile.text('__proto__', 'constructor'), undefined);
  });

  it('takes nothing more where it is final', async () => {
    const files = {
      '/a': '[libdefaults]*\n a = 1\n[realms]\n R* = {\n kdc = x\n }\n',
      '/b': '[libdefaults]\n a = 2\n b = 3\n[realms]\n R = {\n kdc = y\n }\n S = {\n kdc = z\n }\n',
    };
    const profile = await readProfile(['/a', '/missing', '/b'], access(files));
    assert.deepEqual(profile.texts('libdefaults', 'a'), ['1']);
    assert.equal(profile.text('libdefaults', 'b'), undefined);
    assert.deepEqual(profile.texts('realms', 'R', 'kdc'), ['x']);
    assert.deepEqual(profile.texts('realms', 'S', 'kdc'), ['z']);
  });

  it('includes files and folders', async () => {
    const files = {
      '/c': 'includedir /d\ninclude /e\n[libdefaults]\n a = c\n',
      '/d/10-site': '[libdefaults]\n a = site\n',
      '/d/20.conf': '[libdefaults]\n a = conf\n',
      '/d/.hidden.conf': '[libdefaults]\n a = hidden\n',
      '/d/old.conf~': '[libdefaults]\n a = old\n',
      '/e': '[libdefaults]\n a = e\n',
    };
    const profile = await readProfile(['/c'], access(files));
    assert.deepEqual(profile.texts('libdefaults', 'a'), ['site', 'conf', 'e', 'c']);
  });

  it('comes from KRB5_CONFIG, or /etc/krb5.conf, or is empty', async () => {
    const realm = (name: string): string => `[libdefaults]\ndefault_realm = ${name}\n`;
    const files = { '/a': realm('A'), '/b': realm('B'), '/etc/krb5.conf': realm('ETC') };
    assert.equal(
      (await Krb5Config.load({ ...access(files, { KRB5_CONFIG: '/none:/b:/a' }), pathDelimiter: ':' })).defaultRealm,
      'B',
    );
    assert.equal((await Krb5Config.load(access(files))).defaultRealm, 'ETC');
    assert.equal((await Krb5Config.load(access({}))).defaultRealm, undefined);
  });

  it('has a drive in the names of its files where paths are separated by semicolons', async () => {
    const files = {
      'C:\\krb5.ini': '[libdefaults]\ndefault_realm = C\n',
      'D:/b': '[libdefaults]\ndefault_realm = D\n',
    };
    for (const [names, realm] of [
      ['C:\\krb5.ini', 'C'],
      ['E:\\none;D:/b;C:\\krb5.ini', 'D'],
    ] as const) {
      const { defaultRealm } = await Krb5Config.load({ ...access(files, { KRB5_CONFIG: names }), pathDelimiter: ';' });
      assert.equal(defaultRealm, realm);
    }
  });

  for (const [what, text, message] of [
    ['a value outside', 'a = b', /\/c, line 1: .*before the first/],
    ['a brace too many', '[a]\n}', /line 2: .*without a \{/],
    ['a brace too few', '[a]\nb = {\n', /not closed/],
    ['a section within', '[a]\nb = {\n[c]\n', /line 3: .*before a \{/],
    ['no bracket', '[a\n', /\] is missing/],
    ['no value', '[a]\nb\n', /neither/],
    ['no tag', '[a]\n= b\n', /tag is missing/],
    ['deep nesting', `[a]\n${'b = {\n'.repeat(20)}`, /nested/],
    ['a circle', 'include /c\n', /include each other/],
    ['a file that is not there', 'include /none\n', /no such file/],
  ] as const) {
    it(`refuses ${what}`, () => assert.rejects(config(text), message));
  }

  it('has defaults', async () => {
    const defaults = await config('');
    assert.equal(defaults.clockSkew, 300);
    assert.equal(defaults.ticketLifetime, 86_400);
    assert.equal(defaults.renewLifetime, 0);
    assert.equal(defaults.udpPreferenceLimit, 1465);
    assert.equal(defaults.dnsLookupKdc, true);
    assert.equal(defaults.allowRc4, false);
    assert.equal(defaults.kdcTimesync, true);
    assert.equal(defaults.forwardable, false);
    assert.deepEqual(defaults.encryptionTypes(), [18, 17, 20, 19, 23]);
    assert.deepEqual(defaults.servers('R', 'kdc'), []);
    assert.equal(defaults.pathBetween('A', 'B'), undefined);
  });

  it('has values', async () => {
    const set = await config(`[libdefaults]
      clockskew = 1m
      ticket_lifetime = 10h
      renew_lifetime = 7d
      udp_preference_limit = 0
      dns_lookup_kdc = no
      allow_weak_crypto = true
      kdc_timesync = 0
      forwardable = T
      permitted_enctypes = aes -aes128-cts
      default_tgs_enctypes = rc4, aes256-cts des-cbc-crc camellia
      [capaths]
      A = {
        B = M
        B = N
        C = .
      }`);
    assert.equal(set.clockSkew, 60);
    assert.equal(set.ticketLifetime, 36_000);
    assert.equal(set.renewLifetime, 604_800);
    assert.equal(set.udpPreferenceLimit, 0);
    assert.equal(set.dnsLookupKdc, false);
    assert.equal(set.allowRc4, true);
    assert.equal(set.kdcTimesync, false);
    assert.equal(set.forwardable, true);
    assert.deepEqual(set.encryptionTypes('tkt'), [18, 20, 19]);
    assert.deepEqual(set.encryptionTypes('tgs'), [23, 18]);
    assert.deepEqual(set.pathBetween('A', 'B'), ['M', 'N']);
    assert.deepEqual(set.pathBetween('A', 'C'), []);
  });

  it('finds the realm of a host', async () => {
    const set = await config(`[domain_realm]
      www.example.com = HOST
      .example.com = DOMAIN
      .deep.example.com = DEEP
      both.example = BOTH`);
    for (const [host, realm] of [
      ['www.example.com', 'HOST'],
      ['WWW.Example.COM.', 'HOST'],
      ['a.example.com', 'DOMAIN'],
      ['a.b.example.com', 'DOMAIN'],
      ['a.deep.example.com', 'DEEP'],
      ['deep.example.com', 'DOMAIN'],
      ['example.com', undefined],
      ['both.example', 'BOTH'],
      ['x.both.example', 'BOTH'],
      ['localhost', undefined],
    ] as const) {
      assert.equal(set.realmOfHost(host), realm, host);
    }
  });

  it('reads durations and booleans', () => {
    for (const [text, seconds] of [
      ['3600', 3600],
      ['1:30', 5400],
      ['1:30:05', 5405],
      ['1d2h3m4s', 93_784],
      ['1d 2h', 93_600],
      ['7D', 604_800],
      ['', undefined],
      ['1x', undefined],
      ['h', undefined],
      ['1h2', undefined],
    ] as const) {
      assert.equal(parseDuration(text), seconds, text);
    }
    assert.deepEqual(['yes', 'ON', '1', 'no', 'nil', '0', 'maybe'].map(parseBoolean), [
      true,
      true,
      true,
      false,
      false,
      false,
      undefined,
    ]);
  });

  it('reads lists of encryption types, and never DES', () => {
    assert.deepEqual(parseEncryptionTypes('DEFAULT'), DEFAULT_ENCRYPTION_TYPES);
    assert.deepEqual(parseEncryptionTypes('DEFAULT -rc4'), [18, 17, 20, 19]);
    assert.deepEqual(parseEncryptionTypes('des3 des des-cbc-md5 1 3'), []);
  });
});
