import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Credential, schannelConnect } from 'secur32';
import { createEngine } from 'secur32/engine';
import { serveMail } from '../../examples/smtp-start-tls.js';
import { certificateFile, identity } from '../engine/schannel/certificates.js';
import { requirePeer } from '../peers/require-peer.js';
import { runCommand } from '../peers/run/run-command.js';

const sspi = createEngine();

async function serve() {
  const credential = await Credential.acquire({
    package: 'Schannel',
    use: 'inbound',
    identity: identity(['server']),
    sspi,
  });
  const mails: string[] = [];
  const failures: string[] = [];
  const server = createServer(wire => {
    wire.on('error', () => {});
    serveMail(wire, credential, mail => mails.push(mail)).catch((error: Error) => {
      failures.push(error.message);
      wire.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    mails,
    failures,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      await credential.close();
    },
  };
}

describe('examples: SMTP with STARTTLS', () => {
  describe('curl', () => {
    requirePeer('curl');

    it('sends mail by TLS, and does not to a server that it cannot trust', async () => {
      await using served = await serve();
      const folder = await mkdtemp(join(tmpdir(), 'secur32-smtp-'));
      try {
        const file = join(folder, 'mail');
        await writeFile(file, 'Subject: hello\r\n\r\n.hidden dot\r\n');
        const send = (...more: string[]) =>
          runCommand('curl', [
            ...['-sS', '--ssl-reqd', '--mail-from', 'a@localhost', '--mail-rcpt', 'b@localhost', '-T', file],
            ...['--resolve', `localhost:${served.port}:127.0.0.1`, ...more, `smtp://localhost:${served.port}`],
          ]);
        const { code, stderr } = await send('--cacert', certificateFile('ca.pem'));
        assert.equal(code, 0, stderr);
        assert.deepEqual(served.mails, ['Subject: hello\n\n.hidden dot']);
        assert.equal((await send()).code, 60);
        assert.equal(served.mails.length, 1);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });

  it('schannelConnect is the other end', async () => {
    await using served = await serve();
    const wire = connect({ port: served.port, host: '127.0.0.1', allowHalfOpen: true });
    for (const [command, answer] of [
      ['', '220 localhost'],
      ['MAIL FROM:<a@localhost>', '530 say STARTTLS first'],
      ['STARTTLS', '220 go ahead'],
    ] as const) {
      if (command) wire.write(`${command}\r\n`);
      const [said] = (await once(wire, 'data')) as [Buffer];
      assert.equal(said.toString(), `${answer}\r\n`);
    }
    wire.pause();
    const tls = await schannelConnect(wire, { serverName: 'localhost', identity: identity(), sspi });
    tls.write('EHLO me\r\nQUIT\r\n');
    assert.equal(await text(tls), '250 localhost\r\n221 bye\r\n');
    tls.end();
  });

  it('what stands behind STARTTLS in the clear is not taken', async () => {
    await using served = await serve();
    const wire = connect(served.port, '127.0.0.1');
    wire.write('STARTTLS\r\nMAIL FROM:<mallory@localhost>\r\n');
    await text(wire);
    assert.deepEqual([served.mails, served.failures], [[], ['there is something behind STARTTLS']]);
  });
});
