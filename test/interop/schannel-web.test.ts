import assert from 'node:assert/strict';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import type { SchannelStream } from 'secur32';
import { identity } from '../engine/schannel/certificates.js';
import { Chromium } from '../peers/browser/chromium.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { runCommand } from '../peers/run/run-command.js';
import { CA, isResumed, serve, VERSIONS } from './schannel-ends.js';

describe('Schannel as a server, curl', () => {
  requirePeer('curl');

  for (const flags of [['--tlsv1.2', '--tls-max', '1.2'], ['--tlsv1.3']]) {
    it(`HTTP over a SchannelStream (${flags.join(' ')})`, async () => {
      const http = createHttpServer((request, response) => response.end(`hello ${request.url}`.repeat(10_000)));
      await using served = await serve(identity(['server']), { protocols: ['http/1.1'] }, handTo(http));
      const url = (path: string) => `https://localhost:${served.port}${path}`;
      const common = ['-sS', ...flags, '--resolve', `localhost:${served.port}:127.0.0.1`];
      const { code, stdout } = await runCommand('curl', [...common, '--cacert', CA, url('/a'), url('/b')]);
      assert.deepEqual([code, stdout.length], [0, 160_000]);
      assert.equal(served.streams.length, 1, 'both requests went over one connection');
      assert.equal((await runCommand('curl', [...common, url('/')])).code, 60);
    });
  }
});

/** A page whose script asks for more, and says over which protocol it came. */
const PAGE = `<!doctype html><title>secur32</title><p id=told>nothing yet</p><script type=module>
const answers = await Promise.all([1, 2, 3, 4].map(async n => {
  const body = new Uint8Array(300_000).fill(n);
  return (await fetch('/sum', { method: 'POST', body })).text();
}));
const [{ nextHopProtocol }] = performance.getEntriesByType('navigation');
document.getElementById('told').textContent = nextHopProtocol + ' ' + answers.join(' ');
</script>`;

const handTo =
  (server: Server | Http2Server) =>
  (stream: SchannelStream): void => {
    server.emit('connection', stream);
  };

/** What the page asks for. */
async function answer(path: string | undefined, body: AsyncIterable<Buffer>): Promise<string> {
  if (path !== '/sum') return PAGE;
  let sum = 0;
  for await (const chunk of body) for (const byte of chunk) sum += byte;
  return String(sum);
}

describe('Schannel as a server, Chromium', () => {
  requirePeer('chromium');
  const browser = usePeer(() => Chromium.start({ authorities: [CA] }));
  const stranger = usePeer(() => Chromium.start());
  const sums = '300000 600000 900000 1200000';
  const http = createHttpServer(async (request, response) => {
    response.setHeader('content-type', 'text/html').end(await answer(request.url, request));
  });
  const http2 = createHttp2Server(async (request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(await answer(request.url, request));
  });

  for (const { version, protocols, protocol } of VERSIONS) {
    for (const [name, server] of [
      ['http/1.1', http],
      ['h2', http2],
    ] as const) {
      it(`${version}: loads a page that sends and asks for more (${name})`, async () => {
        const options = { protocols: [name] };
        await using served = await serve(identity(['server'], { protocols }), options, handTo(server));
        const { body } = await browser().load(`https://localhost:${served.port}/`);
        assert.match(body, new RegExp(`<p id="told">${name} ${sums}</p>`));
        assert.deepEqual(
          [served.streams[0]?.facts.protocol, served.streams[0]?.facts.applicationProtocol],
          [protocol, name],
        );
      });
    }

    it(`${version}: a client certificate that is wished for, and not there`, async () => {
      const options = { clientCertificate: 'request' } as const;
      await using served = await serve(identity(['server'], { protocols }), options, handTo(http));
      const { body } = await browser().load(`https://localhost:${served.port}/`);
      assert.ok(body.includes(sums), body);
      assert.deepEqual([served.streams[0]?.authorized, served.streams[0]?.facts.peerCertificate], [false, undefined]);
    });
  }

  it('goes back to its session for more connections', async () => {
    const resumed: Promise<boolean>[] = [];
    await using served = await serve(identity(['server-rsa']), {}, stream => {
      resumed.push(isResumed(stream));
      handTo(http)(stream);
    });
    const { body } = await browser().load(`https://localhost:${served.port}/`);
    assert.ok(body.includes(sums), body);
    assert.ok((await Promise.all(resumed)).includes(true), 'four requests at once take several connections');
  });

  it('gets the certificate of the name that it asks for', async () => {
    await using served = await serve(identity(['server', 'other']), {}, handTo(http));
    for (const host of ['localhost', 'other.example', 'www.other.example']) {
      assert.ok((await browser().load(`https://${host}:${served.port}/`)).body.includes(sums), host);
    }
  });

  it('shows no page of a server that it does not believe, and tells the server', async () => {
    for (const [name, visitor, reason] of [
      ['server', stranger(), 'ERR_CERT_AUTHORITY_INVALID'],
      ['other', browser(), 'ERR_CERT_COMMON_NAME_INVALID'],
      ['expired', browser(), 'ERR_CERT_DATE_INVALID'],
    ] as const) {
      await using served = await serve(identity([name]), {}, handTo(http));
      assert.deepEqual(await visitor.load(`https://localhost:${served.port}/`), { body: '', error: reason });
      assert.ok(
        served.errors.some(({ code }) => code === 'SEC_E_CERT_UNKNOWN'),
        String(served.errors),
      );
    }
  });
});
