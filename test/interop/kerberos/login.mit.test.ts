import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { encodeCcache, parseCcache } from '#dist/engine/kerberos/ccache/ccache-file.js';
import { TICKET_FLAG } from '#dist/engine/kerberos/constants/flags.js';
import { NAME_TYPE } from '#dist/engine/kerberos/constants/name-type.js';
import { login } from '#dist/engine/kerberos/kdc/as-exchange.js';
import { keytabKeys, passwordKeys } from '#dist/engine/kerberos/kdc/client-keys.js';
import { fromCcacheCredential, toCcacheCredential } from '#dist/engine/kerberos/kdc/credentials.js';
import { Keytab } from '#dist/engine/kerberos/keytab/keytab.js';
import { formatPrincipal } from '#dist/engine/kerberos/names/principal.js';
import { PackageError } from '#dist/engine/package-error.js';
import { SEC_E } from '#dist/sspi/status.js';
import { ENCTYPES } from '../../peers/krb5/krb5-files.js';
import { MitKdc } from '../../peers/krb5/mit-kdc.js';
import { requirePeer, usePeer } from '../../peers/require-peer.js';
import { principal, servicesFor } from './kdc-services.js';

const failsWith =
  (status: number, hint = /./) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PackageError, String(error));
    assert.equal(error.status.toString(16), status.toString(16), error.message);
    assert.match(error.details.hint ?? 'none', hint);
    return true;
  };

describe('Kerberos logons at MIT krb5', () => {
  requirePeer('mit-kdc');
  const kdc = usePeer(() =>
    MitKdc.start({
      commands: [
        'addprinc -pw pw-nopreauth -requires_preauth nopreauth',
        'addprinc -pw pässwörd jürgen',
        'addprinc -pw pw-expired -pwexpire yesterday expired',
        'addprinc -pw pw-locked -allow_tix locked',
        'addprinc -randkey machine',
        'addprinc -randkey WELLKNOWN/ANONYMOUS',
      ],
    }),
  );
  const alice = { client: principal('alice@TEST.EXAMPLE'), keys: passwordKeys('pw-alice') };

  for (const [enctype, etype] of Object.entries(ENCTYPES)) {
    it(`by a password, with a key of ${enctype}`, async () => {
      const user = `u-${enctype}`;
      const credentials = await login(await servicesFor(kdc()), {
        client: principal(`${user}@TEST.EXAMPLE`),
        keys: passwordKeys(`pw-${user}`),
      });
      assert.equal(formatPrincipal(credentials.client.name, credentials.client.realm), `${user}@TEST.EXAMPLE`);
      assert.equal(
        formatPrincipal(credentials.server.name, credentials.server.realm),
        'krbtgt/TEST.EXAMPLE@TEST.EXAMPLE',
      );
      assert.ok(credentials.flags & TICKET_FLAG.PRE_AUTHENT);
      assert.match(kdc().log(), new RegExp(`etypes \\{rep=\\S+\\(${etype}\\)`));
    });
  }

  it('by TCP alone', async () => {
    const credentials = await login(
      await servicesFor(kdc(), { settings: '[libdefaults]\nudp_preference_limit = 0\n' }),
      alice,
    );
    assert.ok(credentials.endtime > Date.now());
  });

  it('of a user whose name and password are not ASCII', async () => {
    const keys = passwordKeys('pässwörd');
    const credentials = await login(await servicesFor(kdc()), { client: principal('jürgen@TEST.EXAMPLE'), keys });
    assert.deepEqual(credentials.client.name.components, ['jürgen']);
  });

  it('of an account that needs no pre-authentication', async () => {
    const client = principal('nopreauth@TEST.EXAMPLE');
    const services = await servicesFor(kdc());
    const credentials = await login(services, { client, keys: passwordKeys('pw-nopreauth') });
    assert.equal(credentials.flags & TICKET_FLAG.PRE_AUTHENT, 0);
    await assert.rejects(login(services, { client, keys: passwordKeys('wrong') }), failsWith(SEC_E.LOGON_DENIED));
  });

  it('by a keytab that kadmin wrote, and by one that we wrote', async () => {
    const file = `${kdc().path}/machine.keytab`;
    await kdc().kadmin(`ktadd -k ${file} machine`);
    const keytab = Keytab.parse(readFileSync(file));
    const client = principal('machine@TEST.EXAMPLE');
    const credentials = await login(await servicesFor(kdc()), { client, keys: keytabKeys(keytab) });
    assert.ok(credentials.flags & TICKET_FLAG.PRE_AUTHENT);

    const ours = `${kdc().path}/ours.keytab`;
    writeFileSync(ours, keytab.toBytes());
    assert.equal((await kdc().run('kinit', ['-k', '-t', ours, '-c', `FILE:${kdc().path}/m`, 'machine'])).code, 0);
    const list = async (name: string): Promise<string> => {
      const { stdout } = await kdc().run('klist', ['-k', '-e', '-K', '-t', name]);
      return stdout.split('\n').slice(1).join('\n');
    };
    assert.equal(await list(ours), await list(file));
  });

  it('with tickets that are as asked for', async () => {
    const options = { forwardable: true, proxiable: true, lifetime: 600, renewLifetime: 3600 };
    const credentials = await login(await servicesFor(kdc()), { ...alice, options });
    assert.ok(credentials.flags & TICKET_FLAG.FORWARDABLE);
    assert.ok(credentials.flags & TICKET_FLAG.PROXIABLE);
    assert.ok(credentials.flags & TICKET_FLAG.RENEWABLE);
    assert.equal(Math.round((credentials.endtime - credentials.starttime) / 10_000), 60);
    assert.equal(Math.round((credentials.renewTill! - credentials.starttime) / 10_000), 360);
  });

  it('by an enterprise name', async () => {
    await kdc().kadmin('add_principal -pw pw-ent carol\\@corp.example');
    const client = { ...principal('carol\\@corp.example@TEST.EXAMPLE', NAME_TYPE.ENTERPRISE) };
    const credentials = await login(await servicesFor(kdc()), { client, keys: passwordKeys('pw-ent') });
    assert.deepEqual(credentials.client.name.components, ['carol@corp.example']);
  });

  it('inside FAST, with the ticket of another as armor', async () => {
    const services = await servicesFor(kdc());
    const armor = await login(services, { client: principal('bob@TEST.EXAMPLE'), keys: passwordKeys('pw-bob') });
    const credentials = await login(services, { ...alice, armor });
    assert.equal(credentials.fast, true);
    assert.ok(credentials.flags & TICKET_FLAG.PRE_AUTHENT);
    await assert.rejects(
      login(services, { ...alice, keys: passwordKeys('wrong'), armor }),
      failsWith(SEC_E.LOGON_DENIED),
    );
  });

  it('with a cache that klist and kvno read, and one of kinit that we read', async () => {
    const credentials = await login(await servicesFor(kdc()), alice);
    const file = `${kdc().path}/ours`;
    const entry = toCcacheCredential(credentials);
    const config = [{ key: 'fast_avail', principal: 'krbtgt/TEST.EXAMPLE@TEST.EXAMPLE', value: Buffer.from('yes') }];
    writeFileSync(file, encodeCcache({ principal: credentials.client, credentials: [entry], config, kdcOffset: 0 }));
    const { stdout } = await kdc().run('klist', ['-c', `FILE:${file}`, '-e', '-f', '-C']);
    assert.match(stdout, /Default principal: alice@TEST\.EXAMPLE/);
    assert.match(stdout, /config: fast_avail\(krbtgt\/TEST\.EXAMPLE@TEST\.EXAMPLE\) = yes/);
    assert.match(stdout, /aes256-cts-hmac-sha1-96/);
    const kvno = await kdc().run('kvno', ['-c', `FILE:${file}`, 'HTTP/localhost']);
    assert.equal(kvno.code, 0, kvno.stderr);

    const theirs = parseCcache(readFileSync(file));
    assert.equal(theirs.credentials.length, 2);
    const service = fromCcacheCredential(theirs.credentials[1]!, theirs.kdcOffset);
    assert.deepEqual(service.server.name.components, ['HTTP', 'localhost']);
    assert.deepEqual(toCcacheCredential(service), theirs.credentials[1]);
    assert.ok(theirs.config.some(({ key }) => key === 'fast_avail'));
  });

  describe('with a clock that is off', () => {
    const ahead = (hours: number) => ({ now: () => Date.now() + hours * 3_600_000 });

    for (const hours of [2, -3]) {
      it(`by ${hours} hours: the KDC's time is taken`, async () => {
        const credentials = await login(await servicesFor(kdc(), ahead(hours)), alice);
        assert.equal(Math.round(credentials.clockOffset / 600_000), -hours * 6);
      });
    }

    it('by 2 hours, and the KDC is not to be believed', async () => {
      const services = await servicesFor(kdc(), { ...ahead(2), settings: '[libdefaults]\nkdc_timesync = 0\n' });
      await assert.rejects(login(services, alice), failsWith(SEC_E.TIME_SKEW, /7[12]\d\d seconds behind/));
    });
  });

  describe('is refused', () => {
    const cases: readonly [string, string, string, number, RegExp][] = [
      ['a wrong password', 'alice', 'wrong', SEC_E.LOGON_DENIED, /password/],
      ['nobody', 'nobody', 'pw', SEC_E.LOGON_DENIED, /does not know the user/],
      ['an expired password', 'expired', 'pw-expired', SEC_E.LOGON_DENIED, /expired/],
      ['a locked account', 'locked', 'pw-locked', SEC_E.LOGON_DENIED, /disabled, locked/],
    ];
    for (const [what, user, password, status, hint] of cases) {
      it(what, async () => {
        const client = principal(`${user}@TEST.EXAMPLE`);
        const services = await servicesFor(kdc());
        await assert.rejects(login(services, { client, keys: passwordKeys(password) }), failsWith(status, hint));
      });
    }

    it('a key of RC4 without a policy that allows it', async () => {
      const services = await servicesFor(kdc(), { settings: '[libdefaults]\nallow_rc4 = false\n' });
      const request = { client: principal('u-arcfour-hmac@TEST.EXAMPLE'), keys: passwordKeys('pw-u-arcfour-hmac') };
      await assert.rejects(login(services, request), failsWith(SEC_E.KDC_UNKNOWN_ETYPE, /none/));
    });

    it('a realm without a KDC', async () => {
      const services = await servicesFor(kdc());
      const request = { client: principal('alice@NOWHERE.EXAMPLE'), keys: passwordKeys('pw-alice') };
      await assert.rejects(login(services, request), failsWith(SEC_E.NO_AUTHENTICATING_AUTHORITY, /krb5\.conf/));
    });

    it('when its signal is aborted, with the reason', async () => {
      const reason = new Error('enough');
      const services = await servicesFor(kdc());
      await assert.rejects(login(services, { ...alice, signal: AbortSignal.abort(reason) }), error => error === reason);
    });
  });
});
