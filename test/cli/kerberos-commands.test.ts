import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { MitKdc } from '../peers/krb5/mit-kdc.js';
import { PROJECT_ROOT } from '../peers/paths.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { type CliResult, runCli } from './run-cli.js';

const HOUR_BEHIND = '--import=data:text/javascript,const%20n=Date.now;Date.now=()=>n()-3600000';

describe('secur32 kinit, klist, kdestroy, keytab, spn', () => {
  requirePeer('mit-kdc');
  const kdc = usePeer(() => MitKdc.start());
  let files = 0;
  /** The name of a file that is not there yet. */
  const fresh = (name: string): string => join(kdc().path, `${name}-${++files}`);

  const secur32 = (args: readonly string[], input = '', variables: Record<string, string> = {}): Promise<CliResult> =>
    runCli(args, { ...kdc().environment, TZ: 'UTC', ...variables }, input);
  const kinit = async (cache: string, user = 'alice', ...args: string[]): Promise<CliResult> => {
    const result = await secur32(['kinit', user, '--cache', cache, ...args], `pw-${user}\n`);
    assert.equal(result.code, 0, result.stderr);
    return result;
  };
  const mit = async (command: string, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await kdc().run(command, args);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  describe('kinit', () => {
    it("writes a cache that MIT's klist reads, for the owner alone", async () => {
      const cache = fresh('cache');
      const { stdout } = await kinit(cache, 'alice', '--forwardable', '--lifetime', '2h', '--renewable', '1d');
      assert.match(stdout, /^✓ alice@TEST\.EXAMPLE is logged on for 2 h\n/);
      assert.match(stdout, /^ {2}renewable until {2}\d{4}-/m);
      const listed = await mit('klist', '-f', '-e', '-c', cache);
      assert.match(listed, /Default principal: alice@TEST\.EXAMPLE/);
      assert.match(listed, /krbtgt\/TEST\.EXAMPLE@TEST\.EXAMPLE\n\trenew until .*, Flags: FRIA\n\tEtype .*aes256-cts/);
      assert.equal(statSync(cache).mode & 0o777, 0o600);
      await mit('kvno', '-c', cache, 'HTTP/localhost');
      assert.deepEqual(
        readdirSync(kdc().path).filter(name => name.startsWith('.')),
        [],
      );
    });

    it('keeps a collection in a folder, as MIT does', async () => {
      const folder = fresh('collection');
      await kinit(`DIR:${folder}`);
      assert.match(await mit('klist', '-c', `DIR:${folder}`), /DIR::.*\/tkt\nDefault principal: alice/);
      await kinit(`DIR:${folder}`, 'bob');
      assert.match((await secur32(['klist', `DIR:${folder}`])).stdout, /^bob@TEST\.EXAMPLE/);
    });

    it('takes a keytab in place of a password, and its first principal in place of a name', async () => {
      const cache = fresh('cache');
      const { code, stdout } = await secur32(['kinit', '--keytab', kdc().keytab, '--cache', cache, '--json']);
      assert.equal(code, 0);
      const { principal, cache: name, flags } = JSON.parse(stdout) as Record<string, unknown>;
      assert.deepEqual(
        [principal, name, (flags as string[]).includes('INITIAL')],
        ['HTTP/localhost@TEST.EXAMPLE', cache, true],
      );
      const other = await secur32(['kinit', 'nobody', '--keytab', kdc().keytab, '--cache', cache]);
      assert.equal(other.code, 1);
      assert.match(other.stderr, /keytab has no key of nobody@TEST\.EXAMPLE\.\n {2}It has keys of HTTP\/localhost/);
    });

    it('takes a password out of a file, and a realm in lower case', async () => {
      const file = fresh('password');
      writeFileSync(file, 'pw-alice\n');
      const { code } = await secur32([
        'kinit',
        'alice@test.example',
        '--cache',
        fresh('cache'),
        '--password-file',
        file,
      ]);
      assert.equal(code, 0);
    });

    it('protects a logon with the tickets of another one', async () => {
      const [armor, cache] = [fresh('armor'), fresh('cache')];
      await kinit(armor, 'bob');
      await kinit(cache, 'alice', '--armor', armor);
      assert.match(await mit('klist', '-C', '-c', cache), /config: fast_avail\(krbtgt.*\) = yes/);
    });

    it('follows the clock of the KDC, and says that this one is off', async () => {
      const cache = fresh('cache');
      const { code, stdout } = await secur32(['kinit', 'alice', '--cache', cache], 'pw-alice\n', {
        NODE_OPTIONS: HOUR_BEHIND,
      });
      assert.equal(code, 0);
      assert.match(stdout, /^ {2}The clock here is (?:1 h|60 min|59 min) behind that of the KDC: set it \(NTP\)\.$/m);
      assert.match((await secur32(['klist', cache])).stdout, /The clock here was 1 h behind|The clock here was 59 min/);
      const config = fresh('strict');
      writeFileSync(config, '[libdefaults]\nkdc_timesync = 0\n');
      const refused = await secur32(['kinit', 'alice', '--cache', cache], 'pw-alice\n', {
        NODE_OPTIONS: HOUR_BEHIND,
        KRB5_CONFIG: `${config}:${kdc().config}`,
      });
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /SEC_E_TIME_SKEW/);
      assert.match(refused.stderr, /clock of the KDC is (?:3600|3599|3601) seconds ahead of this one/);
    });

    for (const { what, args, input = 'x\n', variables = {}, message, code = 1 } of [
      {
        what: 'a wrong password',
        args: ['alice'],
        message: /KDC_ERR_PREAUTH_FAILED.*\(SEC_E_LOGON_DENIED\)\n {2}The password/,
      },
      {
        what: 'an unknown user',
        args: ['nobody'],
        message: /C_PRINCIPAL_UNKNOWN.*\n {2}The KDC does not know the user/,
      },
      { what: 'no password', args: ['alice'], input: '', message: /no password in standard input/ },
      {
        what: 'a cache that is no file',
        args: ['alice', '--cache', 'KCM:0'],
        message: /kind KCM are no files.*\n {2}Use a file/,
      },
      {
        what: 'a cache in no folder',
        args: ['alice', '--cache', '/nowhere/cache'],
        input: 'pw-alice\n',
        message: /\/nowhere\/cache cannot be written/,
      },
      {
        what: 'no realm',
        args: ['alice'],
        variables: { KRB5_CONFIG: '/dev/null' },
        message: /realm of alice is not known.*\n {2}Write it behind/,
      },
      {
        what: 'a keytab that is not there',
        args: ['--keytab', '/nowhere/k'],
        message: /keytab \/nowhere\/k cannot be read/,
      },
      { what: 'two principals', args: ['a', 'b'], message: /one principal/, code: 2 },
      { what: 'a time that is none', args: ['a', '--lifetime', 'long'], message: /--lifetime takes a time/, code: 2 },
    ]) {
      it(`says what to do about ${what}`, async () => {
        const cache = args.includes('--cache') ? [] : ['--cache', fresh('cache')];
        const result = await secur32(['kinit', ...args, ...cache], input, variables);
        assert.equal(result.code, code);
        assert.match(result.stderr, message);
        assert.doesNotMatch(result.stderr, /^ +at /m);
      });
    }

    it('says which KDCs it has tried, each once', async () => {
      const config = fresh('config');
      writeFileSync(config, '[realms]\nNO.EXAMPLE = {\nkdc = 127.0.0.1:1\nkdc = nohost.invalid:88\n}\n');
      const { stderr } = await secur32(['kinit', 'alice@NO.EXAMPLE', '--cache', fresh('cache')], 'x\n', {
        KRB5_CONFIG: config,
      });
      assert.match(
        stderr,
        /^secur32: no KDC of NO\.EXAMPLE answers: 127\.0\.0\.1:1 \(connection refused\), nohost\.invalid:88 \([^()]*\) \(SEC_E_NO_AUTHENTICATING_AUTHORITY\)\n {2}Name its KDCs in krb5\.conf/,
      );
    });

    it('asks for the password on a terminal, and does not show it', async () => {
      const main = join(PROJECT_ROOT, 'dist/cli/main.js');
      const cache = fresh('cache');
      // `script` of util-linux runs a command on a terminal of its own.
      const child = spawn('script', ['-qec', `${process.execPath} ${main} kinit alice --cache ${cache}`, '/dev/null'], {
        env: { ...process.env, ...kdc().environment, NO_COLOR: '1' },
      });
      let seen = '';
      child.stdout.on('data', (chunk: Buffer) => {
        const hadAsked = seen.includes(': ');
        seen += chunk.toString();
        // A wrong letter is taken back.
        if (!hadAsked && seen.includes(': ')) child.stdin.write('pw-alicx\u007fe\r');
        if (seen.includes('flags')) child.stdin.end();
      });
      await once(child, 'close');
      assert.match(seen, /^Password of alice@TEST\.EXAMPLE: \r\n✓ alice@TEST\.EXAMPLE is logged on/);
      assert.ok(!seen.includes('pw-alic'));
      assert.ok(existsSync(cache));
    });

    it('ends at Ctrl-C while it asks', async () => {
      const main = join(PROJECT_ROOT, 'dist/cli/main.js');
      const cache = fresh('cache');
      const command = `${process.execPath} ${main} kinit alice --cache ${cache}; echo ended with $?`;
      const child = spawn('script', ['-qec', command, '/dev/null'], { env: { ...process.env, ...kdc().environment } });
      let seen = '';
      child.stdout.on('data', (chunk: Buffer) => {
        const hadAsked = seen.includes(': ');
        seen += chunk.toString();
        if (!hadAsked && seen.includes(': ')) child.stdin.end('pw\u0003');
      });
      await once(child, 'close');
      assert.match(seen, /ended with 130/);
      assert.ok(!existsSync(cache));
    });
  });

  describe('klist', () => {
    it("reads MIT's cache, the ticket of a service and its key version too", async () => {
      const cache = await kdc().kinit('bob', 'pw-bob', [], `mit-${++files}`);
      await mit('kvno', '-c', cache, 'host/localhost');
      const { code, stdout } = await secur32(['klist', cache]);
      assert.equal(code, 0);
      assert.match(stdout, /^bob@TEST\.EXAMPLE {2}\//);
      assert.match(stdout, /^ {2}host\/localhost@TEST\.EXAMPLE\n {4}until {8}\d{4}-.* left\n/m);
      assert.match(stdout, /^ {4}encryption {3}aes256-cts-hmac-sha1-96, kvno 2$/m);
      const json = JSON.parse((await secur32(['klist', cache, '--json'])).stdout) as {
        principal: string;
        tickets: { server: string; kvno: number; expired: boolean }[];
      };
      assert.deepEqual(
        json.tickets.map(({ server, kvno, expired }) => [server, kvno, expired]),
        [
          ['krbtgt/TEST.EXAMPLE@TEST.EXAMPLE', 1, false],
          ['host/localhost@TEST.EXAMPLE', 2, false],
        ],
      );
    });

    it('exits with 1 where no ticket is good any more, or there is no cache', async () => {
      const cache = fresh('cache');
      await kinit(cache, 'alice', '--lifetime', '60');
      const later = '--import=data:text/javascript,const%20n=Date.now;Date.now=()=>n()+600000';
      const { code, stdout } = await secur32(['klist', cache], '', { NODE_OPTIONS: later });
      assert.equal(code, 1);
      assert.match(stdout, /expired 9 min ago/);
      const none = await secur32(['klist', fresh('cache')]);
      assert.equal(none.code, 1);
      assert.match(none.stderr, /cannot be read.*\n {2}Get tickets with kinit/);
    });

    it('shows the keys of a keytab, and what is wrong with them', async () => {
      const { code, stdout } = await secur32(['klist', '--keytab']);
      assert.equal(code, 0);
      assert.match(stdout, /^ {2}HTTP\/localhost@TEST\.EXAMPLE\n {4}kvno 2 {4}aes256-cts-hmac-sha1-96 /m);
      assert.match(stdout, /rc4-hmac .*weak: used only where krb5\.conf allows it$/m);
      assert.ok(!/[0-9a-f]{32}/.test(stdout));
    });
  });

  it('follows no link to where a cache is, as others may put one into /tmp', async () => {
    const [cache, precious, other] = [fresh('cache'), fresh('precious'), fresh('other')];
    writeFileSync(precious, 'precious');
    symlinkSync(precious, cache);
    await kinit(cache);
    assert.equal(readFileSync(precious, 'utf8'), 'precious');
    assert.ok(lstatSync(cache).isFile());
    symlinkSync(precious, other);
    const { code } = await secur32(['kdestroy', '--cache', other]);
    assert.equal(code, 1);
    const second = fresh('second');
    linkSync(precious, second);
    assert.equal((await secur32(['kdestroy', '--cache', second])).code, 0);
    assert.equal(readFileSync(precious, 'utf8'), 'precious');
  });

  it('kdestroy takes a cache away', async () => {
    const cache = fresh('cache');
    await kinit(cache);
    assert.equal((await secur32(['kdestroy', '--cache', cache])).code, 0);
    assert.ok(!existsSync(cache));
    const again = await secur32(['kdestroy', '--cache', cache]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /cannot be destroyed.*\n {2}secur32 klist/);
  });

  describe('keytab', () => {
    it("makes keys that MIT's kinit logs on with, and the KDC takes", async () => {
      const keytab = fresh('keytab');
      const add = ['keytab', 'add', 'alice', '--kvno', '1', '--keytab', keytab, '--enctypes', 'aes256-cts,aes128-sha2'];
      const { code, stdout } = await secur32(add, 'pw-alice\n');
      assert.equal(code, 0);
      assert.match(
        stdout,
        /✓ alice@TEST\.EXAMPLE {2}kvno 1 {2}aes256-cts-hmac-sha1-96\n✓ .*aes128-cts-hmac-sha256-128\n/,
      );
      assert.equal(statSync(keytab).mode & 0o777, 0o600);
      await mit('kinit', '-k', '-t', keytab, '-c', fresh('cache'), 'alice');
      assert.match(await mit('klist', '-k', '-e', keytab), /1 alice@TEST\.EXAMPLE \(aes128-cts-hmac-sha256-128\)/);
    });

    it('asks the KDC for salt and version, and has the password checked', async () => {
      const keytab = fresh('keytab');
      await kdc().kadmin('addprinc -pw first odd', 'cpw -pw pw-odd odd', 'renprinc -force odd renamed');
      const add = ['keytab', 'add', 'renamed', '--account', 'renamed', '--keytab', keytab];
      const { code, stderr } = await secur32(add, 'pw-odd\n');
      assert.equal(code, 0, stderr);
      // Renamed, the account keeps the salt of its old name.
      await mit('kinit', '-k', '-t', keytab, '-c', fresh('cache'), 'renamed');
      assert.match(await mit('klist', '-k', keytab), /2 renamed@/);
      const wrong = await secur32(add, 'wrong\n');
      assert.equal(wrong.code, 1);
      assert.match(wrong.stderr, /PREAUTH_FAILED/);
    });

    it('keeps older keys, replaces the same one, follows links, and merges', async () => {
      const [keytab, link, both] = [fresh('keytab'), fresh('link'), fresh('both')];
      const add = (kvno: string, file: string): Promise<CliResult> =>
        secur32(['keytab', 'add', 'x', '--random', '--kvno', kvno, '--enctypes', 'aes256-cts', '--keytab', file]);
      await add('1', keytab);
      const first = readFileSync(keytab);
      symlinkSync(keytab, link);
      await add('1', link);
      assert.equal(readFileSync(keytab).length, first.length);
      assert.notDeepEqual(readFileSync(keytab), first);
      await add('2', link);
      const { code } = await secur32(['keytab', 'merge', keytab, kdc().keytab, '--keytab', both]);
      assert.equal(code, 0);
      const listed = await mit('klist', '-k', both);
      assert.match(listed, /1 x@[\s\S]*2 x@[\s\S]*2 HTTP\/localhost@/);
      const json = await secur32(['keytab', 'list', both, '--json']);
      assert.match(json.stdout, /"readableByOthers": false/);
    });

    for (const { args, message } of [
      { args: [], message: /list, add or merge/ },
      { args: ['remove'], message: /not "remove"/ },
      { args: ['add'], message: /wants a principal/ },
      { args: ['add', 'x'], message: /--kvno is missing/ },
      { args: ['add', 'x', '--kvno', 'two'], message: /--kvno takes a number/ },
      { args: ['add', 'x', '--kvno', '1', '--enctypes', 'des'], message: /no type that is known/ },
      { args: ['add', 'x', '--random', '--salt', 'y', '--kvno', '1'], message: /--random needs no password/ },
      { args: ['merge'], message: /wants the files/ },
    ]) {
      it(`calls this wrong: keytab ${args.join(' ')}`, async () => {
        const { code, stderr } = await secur32(['keytab', ...args]);
        assert.equal(code, 2);
        assert.match(stderr, message);
      });
    }

    it('leaves a keytab alone that it cannot read', async () => {
      const file = fresh('keytab');
      writeFileSync(file, 'no keytab');
      const { code, stderr } = await secur32(['keytab', 'add', 'x', '--random', '--kvno', '1', '--keytab', file]);
      assert.equal(code, 1);
      assert.match(stderr, /keytab is malformed/);
      assert.equal(readFileSync(file, 'utf8'), 'no keytab');
    });
  });

  describe('spn check', () => {
    const check = async (name: string, ...args: string[]): Promise<CliResult> => {
      const cache = fresh('cache');
      await kinit(cache);
      return secur32(['spn', 'check', name, '--cache', cache, ...args]);
    };

    it('is content with a keytab that opens the ticket', async () => {
      const { code, stdout } = await check('HTTP/localhost');
      assert.equal(code, 0);
      assert.match(
        stdout,
        /^✓ client {2}alice@TEST\.EXAMPLE\n✓ KDC {5}knows HTTP\/localhost@TEST\.EXAMPLE\n✓ ticket {2}aes256-cts-hmac-sha1-96, kvno 2, until .*\n✓ keytab {2}opens the ticket/,
      );
    });

    it('says which version the keytab has, and which the ticket, with a cached ticket and without', async () => {
      const [keytab, cache] = [fresh('keytab'), fresh('cache')];
      const service = 'HTTP/old.localhost';
      await kdc().kadmin(`addprinc -randkey ${service}`, `ktadd -k ${keytab} ${service}`);
      await kinit(cache);
      await mit('kvno', '-c', cache, service);
      await kdc().kadmin(`cpw -randkey ${service}`);
      const { code, stdout } = await secur32(['spn', 'check', service, '--cache', cache, '--keytab', keytab]);
      assert.equal(code, 1);
      assert.match(
        stdout,
        /^✗ keytab {2}the keytab has version 2 of the key .* encrypted with version 3\n {10}Make the keytab anew/m,
      );
    });

    it('says which encryption type the keytab lacks, and which names it has', async () => {
      const [keytab, other] = [fresh('keytab'), fresh('other')];
      const random = ['--random', '--kvno', '2', '--enctypes', 'aes128-cts', '--keytab'];
      await secur32(['keytab', 'add', 'HTTP/localhost', ...random, keytab]);
      assert.match(
        (await check('HTTP/localhost', '--keytab', keytab)).stdout,
        /no aes256-cts-hmac-sha1-96 key for HTTP\/localhost.*\n {10}Its keys are of aes128/,
      );
      await secur32(['keytab', 'add', 'HTTP/elsewhere', ...random, other]);
      assert.match(
        (await check('HTTP/localhost', '--keytab', other)).stdout,
        /✗ keytab {2}the keytab has no key that opens a ticket for HTTP\/localhost.*\n [\s\S]*The keytab has HTTP\/elsewhere/,
      );
    });

    for (const { name, hint } of [
      { name: 'HTTP/nowhere', hint: /Give the fully qualified name of the host\. The keytab has HTTP\/localhost/ },
      { name: 'HTTP/10.0.0.1', hint: /Services go by names, not by addresses/ },
      { name: 'HTTP/www.elsewhere.example', hint: /See which account has the name/ },
    ]) {
      it(`says what may be wrong with ${name}`, async () => {
        const { code, stdout } = await check(name, '--json');
        const { findings, known } = JSON.parse(stdout) as { findings: Record<string, string>[]; known: boolean };
        assert.deepEqual([code, known], [1, false]);
        const bad = findings.filter(({ verdict }) => verdict === 'bad');
        assert.equal(bad.length, 1);
        assert.match(bad[0]!['text']!, /S_PRINCIPAL_UNKNOWN/);
        assert.match(bad[0]!['hint']!, hint);
      });
    }

    it('goes by the keytab alone where there are no tickets, as in a container', async () => {
      const { code, stdout } = await secur32(['spn', 'check', 'host/localhost'], '', { KRB5CCNAME: fresh('cache') });
      assert.equal(code, 0);
      assert.match(stdout, /^✓ client {2}HTTP\/localhost@TEST\.EXAMPLE\n/);
    });
  });
});
