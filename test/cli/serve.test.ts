import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { Credential, SaslClient } from 'secur32';
import { createEngine } from 'secur32/engine';
import { ImapClient } from '#dist/cli/imap/client.js';
import { TemporaryFolder } from '../peers/run/folder.js';
import { RawImap } from './raw-imap.js';
import { CliServer, runCli } from './run-cli.js';

const sspi = createEngine();

async function logOn(port: number, user: string, password: string): Promise<string> {
  const identity = { kind: 'password', user, password } as const;
  await using credential = await Credential.acquire({ package: 'WDigest', use: 'outbound', identity, sspi });
  const names = { service: 'imap', host: 'localhost' };
  await using sasl = await SaslClient.create({ mechanism: 'DIGEST-MD5', credential, ...names });
  const client = await ImapClient.connect({ port });
  try {
    await client.authenticate('DIGEST-MD5', sasl);
    await client.command('LOGOUT');
    return sasl.layer;
  } finally {
    client.close();
  }
}

describe('secur32 serve', () => {
  it('serves, logs what happens, and stops cleanly on SIGINT', async function () {
    // A signal ends a process at once there.
    if (process.platform === 'win32') this.skip();
    await using server = await CliServer.start();
    assert.equal(await logOn(server.port, 'alice', 'open sesame'), 'confidentiality');
    const { event, user, layer } = await server.next();
    assert.deepEqual([event, layer], ['logon', 'confidentiality']);
    assert.match(String(user), /^alice@./);
    assert.equal((await server.next())['event'], 'closed');

    await assert.rejects(logOn(server.port, 'alice', 'open barley'), /NO \[AUTHENTICATIONFAILED\]/);
    const refused = await server.next();
    assert.deepEqual([refused['event'], refused['reason']], ['refused', 'SEC_E_LOGON_DENIED']);
    assert.equal((await server.next())['event'], 'closed');

    // An open connection does not keep it up.
    await using idle = await RawImap.connect(server.port);
    assert.match(idle.greeting, /^\* OK/);
    assert.equal(await server.stop('SIGINT'), 0);
    assert.equal((await server.next())['reason'], 'the server stops');
    assert.equal((await server.next())['event'], 'closed');
    assert.deepEqual(await server.next(), { event: 'stopped' });
  });

  it('says why the accounts cannot be asked', async () => {
    await using folder = new TemporaryFolder('accounts');
    const path = folder.write('accounts.json', '[{"user":"alice","password":"open sesame"}]');
    await using server = await CliServer.start(['serve', '--accounts', path]);
    folder.write('accounts.json', 'open sesame');
    await assert.rejects(logOn(server.port, 'alice', 'open sesame'));
    const { reason } = await server.next();
    assert.match(String(reason), /^SEC_E_NO_AUTHENTICATING_AUTHORITY: .*accounts\.json/);
    assert.doesNotMatch(String(reason), /sesame/);
  });

  it('tells of a client that leaves in the middle of a logon, once', async () => {
    await using server = await CliServer.start();
    const client = await RawImap.connect(server.port);
    await client.say('a1 AUTHENTICATE DIGEST-MD5');
    client.socket.end();
    const failed = await server.next();
    assert.deepEqual([failed['event'], failed['reason']], ['failed', 'the client left in the middle of the logon']);
    assert.equal((await server.next())['event'], 'closed');
  });

  for (const [how, args, variables] of [
    ['the option', (file: string) => ['serve', '--accounts', file], () => ({})],
    ['SECUR32_ACCOUNTS', () => ['serve'], (file: string) => ({ SECUR32_ACCOUNTS: file })],
  ] as const) {
    it(`takes its accounts from the file that ${how} names`, async () => {
      await using folder = new TemporaryFolder('accounts');
      const file = folder.write('accounts.json', '[{ "user": "carol", "password": "lighthouse" }]');
      await using server = await CliServer.start([...args(file)], variables(file));
      assert.equal(await logOn(server.port, 'carol', 'lighthouse'), 'confidentiality');
      await assert.rejects(logOn(server.port, 'alice', 'open sesame'), /NO \[AUTHENTICATIONFAILED\]/);
    });
  }

  it('says at once what is wrong with the file, and none of what is in it', async () => {
    await using folder = new TemporaryFolder('accounts');
    const file = folder.write('accounts.json', '[{ "user": "carol", "password": "lighthouse" ');
    const { code, stderr } = await runCli(['serve', '--provider', 'engine', '--accounts', file]);
    assert.equal(code, 1);
    assert.match(stderr, /accounts\.json: not valid JSON/);
    assert.ok(!stderr.includes('lighthouse'));
  });

  it('says that a port is taken', async () => {
    const other = createServer();
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const { code, stderr } = await runCli(['serve', '--provider', 'engine', '--port', String(port)]);
    other.close();
    assert.equal(code, 1);
    assert.match(stderr, /cannot listen.*EADDRINUSE/);
  });

  it('tells a person how to connect, and keeps control characters of names out of the terminal', async () => {
    const { textLog } = await import('#dist/cli/serve/server-log.js');
    const { openTerminal } = await import('#dist/cli/terminal.js');
    let text = '';
    const log = textLog(openTerminal({ write: chunk => (text += chunk) }, {}));
    const example = { user: 'alice', password: 'open sesame' };
    log.started({ provider: 'engine', port: 1143, profiles: ['DIGEST-MD5'], accounts: 'alice', example });
    assert.match(text, /gsasl --imap .*--connect=127\.0\.0\.1:1143 --mechanism=DIGEST-MD5/);
    log.happened({ event: 'logon', remote: '127.0.0.1:1', user: 'a\u001b[2J\nb\u202e', profile: 'X', layer: 'none' });
    assert.match(text, /a\uFFFD\[2J\uFFFDb\uFFFD logged on/);
  });
});
