import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import {
  type CertificateIdentity,
  Credential,
  connectionBindings,
  type SchannelAcceptOptions,
  type SchannelConnectOptions,
  type SchannelStream,
  type SspiError,
  schannelAccept,
  schannelConnect,
} from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { SECPKG_ATTR, SP_PROT } from 'secur32/raw';
import { certificateFile, identity, pem } from '../engine/schannel/certificates.js';
import { requirePeer } from '../peers/require-peer.js';
import { LineProcess } from '../peers/run/line-process.js';
import { runCommand } from '../peers/run/run-command.js';
import { openClient, openServer } from '../peers/tls/openssl.js';

const sspi = createEngine({ accounts: memoryAccounts([{ user: 'alice', certificates: [pem('alice.pem')] }]) });
const CA = certificateFile('ca.pem');
const certificate = (name: string) => ['-cert', certificateFile(`${name}.pem`), '-key', certificateFile(`${name}.key`)];

interface Served {
  readonly port: number;
  readonly streams: SchannelStream[];
  readonly errors: SspiError[];
  close(): Promise<void>;
}

/** A server that answers each line with the line in upper case. */
async function serve(
  serverIdentity: CertificateIdentity,
  options: Partial<SchannelAcceptOptions> = {},
  greet: (stream: SchannelStream) => void = shout,
): Promise<Served> {
  const credential = await Credential.acquire({ package: 'Schannel', use: 'inbound', identity: serverIdentity, sspi });
  const streams: SchannelStream[] = [];
  const errors: SspiError[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer(socket => {
    sockets.add(socket);
    schannelAccept(socket, { credential, ...options }).then(
      stream => {
        streams.push(stream);
        stream.on('error', (error: SspiError) => errors.push(error));
        greet(stream);
      },
      (error: SspiError) => errors.push(error),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    streams,
    errors,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await credential.close();
    },
  };
}

function shout(stream: SchannelStream): void {
  linesOf(stream).on('line', line => stream.write(`${line.toUpperCase()}\n`));
}

/** Errors of the stream are its listeners' business. */
function linesOf(stream: SchannelStream): Interface {
  return createInterface({ input: stream }).on('error', () => {});
}

async function dial(port: number, options: Partial<SchannelConnectOptions> = {}): Promise<SchannelStream> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return schannelConnect(socket, { serverName: 'localhost', identity: identity(), sspi, ...options });
}

const VERSIONS = [
  ['TLS 1.2', '-tls1_2', 'TLSv1.2'],
  ['TLS 1.3', '-tls1_3', 'TLSv1.3'],
] as const;

describe('Schannel as a server, openssl s_client', () => {
  requirePeer('openssl');
  const strict = ['-CAfile', CA, '-verify_return_error', '-verify_hostname', 'localhost', '-servername', 'localhost'];

  for (const [version, flag, protocol] of VERSIONS) {
    for (const name of ['server', 'server-rsa'] as const) {
      it(`${version}, ${name}: data both ways, and an end`, async () => {
        const served = await serve(identity([name]));
        await using client = openClient(served.port, [...strict, flag]);
        client.write('hello');
        await client.readUntil(line => line.endsWith('HELLO'));
        assert.equal(served.streams[0]?.facts.protocol, protocol);
        client.write('Q');
        assert.equal(await client.exit, 0);
        await served.close();
      });
    }

    it(`${version}: resumes a session`, async () => {
      const served = await serve(identity(['server']));
      const { stdout } = await runCommand('openssl', [
        's_client',
        '-connect',
        `127.0.0.1:${served.port}`,
        ...strict,
        flag,
        ...(version === 'TLS 1.2' ? ['-reconnect'] : ['-sess_out', '/dev/stderr']),
      ]);
      if (version === 'TLS 1.2') assert.equal(stdout.match(/^Reused, TLSv1\.2/gm)?.length, 5);
      else assert.match(stdout, /New, TLSv1\.3/);
      await served.close();
    });

    it(`${version}: a client certificate, mapped to an account`, async () => {
      const served = await serve(identity(['server']), { clientCertificate: 'require' });
      await using client = openClient(served.port, [...strict, flag, ...certificate('alice')]);
      client.write('hello');
      await client.readUntil(line => line.endsWith('HELLO'));
      assert.equal(served.streams[0]?.facts.identity?.name, 'alice');
      await served.close();
    });

    it(`${version}: no client certificate where one is required`, async () => {
      const served = await serve(identity(['server']), { clientCertificate: 'require' });
      await using client = openClient(served.port, [...strict, flag]);
      await client.exit;
      assert.deepEqual(
        served.errors.map(({ code }) => code),
        ['SEC_E_CERT_UNKNOWN'],
      );
      await served.close();
    });
  }

  it('TLS 1.3: KeyUpdate, and one that asks for another', async () => {
    const served = await serve(identity(['server']));
    await using client = openClient(served.port, [...strict, '-tls1_3']);
    client.write('hello');
    await client.readUntil(line => line.endsWith('HELLO'));
    for (const command of ['k', 'K', 'K', 'k']) {
      client.write(command);
      // s_client looks at its input before it looks at what it receives.
      served.streams[0]?.write('and on\n');
      await client.readUntil(line => line.endsWith('and on'));
      client.write(`after ${command}`);
      await client.readUntil(line => line.endsWith(`AFTER ${command.toUpperCase()}`));
    }
    assert.deepEqual(served.errors, []);
    await served.close();
  });

  it('TLS 1.2: a client that renegotiates is refused', async () => {
    const served = await serve(identity(['server']));
    await using client = openClient(served.port, [...strict, '-tls1_2']);
    client.write('hello');
    await client.readUntil(line => line.endsWith('HELLO'));
    client.write('R');
    await client.exit;
    assert.equal(served.errors[0]?.code, 'SEC_E_ILLEGAL_MESSAGE');
    await served.close();
  });

  it('ALPN, and its mismatch', async () => {
    const served = await serve(identity(['server']), { protocols: ['h2', 'imap'] });
    await using client = openClient(served.port, [...strict, '-alpn', 'imap,h2']);
    await client.readUntil(line => line === 'ALPN protocol: h2');
    const { stderr } = await runCommand('openssl', [
      's_client',
      '-connect',
      `127.0.0.1:${served.port}`,
      '-alpn',
      'smtp',
    ]);
    assert.match(stderr, /no application protocol.*SSL alert number 120/);
    assert.equal(served.errors[0]?.code, 'SEC_E_APPLICATION_PROTOCOL_MISMATCH');
    await served.close();
  });

  it('SNI chooses among certificates', async () => {
    const served = await serve(identity(['server', 'other']));
    for (const name of ['localhost', 'other.example']) {
      await using client = openClient(served.port, [
        '-CAfile',
        CA,
        '-verify_return_error',
        '-verify_hostname',
        name,
        '-servername',
        name,
      ]);
      client.write('hello');
      await client.readUntil(line => line.endsWith('HELLO'));
    }
    await served.close();
  });

  it('versions that are not here: alert 70', async () => {
    const served = await serve(identity(['server'], { protocols: SP_PROT.TLS1_3_SERVER }));
    const { stderr } = await runCommand('openssl', ['s_client', '-connect', `127.0.0.1:${served.port}`, '-tls1_2']);
    assert.match(stderr, /SSL alert number 70/);
    assert.equal(served.errors[0]?.code, 'SEC_E_ALGORITHM_MISMATCH');
    await served.close();
  });

  it('keying material is what openssl exports', async () => {
    const served = await serve(identity(['server']));
    await using client = openClient(served.port, [
      ...strict,
      '-keymatexport',
      'EXPORTER-test',
      '-keymatexportlen',
      '32',
    ]);
    client.write('hello');
    const line = await client.readUntil(text => text.includes('Keying material: '));
    await client.readUntil(text => text.endsWith('HELLO'));
    const { context } = served.streams[0]!;
    const info = { label: 'EXPORTER-test', length: 32 };
    await sspi.setContextAttributes(context, SECPKG_ATTR.KEYING_MATERIAL_INFO, info);
    const { keyingMaterial } = await sspi.queryContextAttributes(context, SECPKG_ATTR.KEYING_MATERIAL);
    assert.equal(line.split(': ')[1], Buffer.from(keyingMaterial).toString('hex').toUpperCase());
    await served.close();
  });
});

describe('Schannel as a client, openssl s_server', () => {
  requirePeer('openssl');

  for (const [version, flag, protocol] of VERSIONS) {
    for (const name of ['server', 'server-rsa'] as const) {
      it(`${version}, ${name}: data both ways, and an end`, async () => {
        const { peer, port } = await openServer([...certificate(name), flag]);
        await using _ = peer;
        const stream = await dial(port);
        assert.equal(stream.facts.protocol, protocol);
        stream.write('from the client\n');
        await peer.readUntil(line => line === 'from the client');
        peer.write('from the server');
        const [chunk] = (await once(stream, 'data')) as [Buffer];
        assert.equal(chunk.toString(), 'from the server\n');
        // s_server leaves its close_notify in a buffer of its own.
        peer.write('Q');
        stream.resume();
        const [error] = (await once(stream, 'error')) as [SspiError];
        assert.equal(error.code, 'SEC_E_INCOMPLETE_MESSAGE');
      });
    }

    it(`${version}: a client certificate, required`, async () => {
      const { peer, port } = await openServer([...certificate('server'), flag, '-CAfile', CA, '-Verify', '1']);
      await using _ = peer;
      const stream = await dial(port, { identity: identity(['alice']) });
      stream.write('hello\n');
      await peer.readUntil(line => line === 'hello');
      stream.destroy();
    });

    it(`${version}: required, and there is none: the alert's status`, async () => {
      const { peer, port } = await openServer([...certificate('server'), flag, '-CAfile', CA, '-Verify', '1']);
      await using _ = peer;
      const failed = async (): Promise<void> => {
        const stream = await dial(port);
        stream.resume();
        // In TLS 1.3 the client's handshake is through before the server says that it minds.
        await once(stream, 'end');
      };
      await assert.rejects(failed(), { name: 'SspiError', code: 'SEC_E_ILLEGAL_MESSAGE' });
    });
  }

  it('a server that cannot be trusted hears unknown_ca in TLS 1.3', async () => {
    const { peer, port } = await openServer([...certificate('self-signed'), '-tls1_3']);
    await using _ = peer;
    await assert.rejects(dial(port), { code: 'SEC_E_UNTRUSTED_ROOT' });
    await peer.logs('SSL alert number 48');
  });

  it('TLS 1.3: KeyUpdate, and one that asks for another', async () => {
    const { peer, port } = await openServer([...certificate('server'), '-tls1_3']);
    await using _ = peer;
    const stream = await dial(port);
    const lines = linesOf(stream)[Symbol.asyncIterator]();
    for (const command of ['k', 'K', 'K']) {
      peer.write(command);
      // s_server looks at its input before it looks at what it receives.
      stream.write('and on\n');
      await peer.readUntil(line => line.endsWith('and on'));
      peer.write(`after ${command}`);
      assert.equal((await lines.next()).value, `after ${command}`);
      stream.write(`answer to ${command}\n`);
      await peer.readUntil(line => line.endsWith(`answer to ${command}`));
    }
    stream.destroy();
  });

  it('TLS 1.2: a server renegotiates', async () => {
    const { peer, port } = await openServer([...certificate('server'), '-tls1_2']);
    await using _ = peer;
    const stream = await dial(port);
    const lines = linesOf(stream)[Symbol.asyncIterator]();
    for (let n = 0; n < 2; n++) {
      const before = await connectionBindings(stream, { type: 'tls-unique' });
      peer.write('r');
      await peer.readUntil(line => line.includes('SSL_do_handshake -> 1'));
      peer.write(`after ${n}`);
      assert.equal((await lines.next()).value, `after ${n}`);
      stream.write(`answer ${n}\n`);
      await peer.readUntil(line => line.endsWith(`answer ${n}`));
      assert.notDeepEqual(await connectionBindings(stream, { type: 'tls-unique' }), before);
    }
    stream.destroy();
  });
});

describe('Schannel as a server, gnutls-cli', () => {
  requirePeer('gnutls');

  for (const [version, priority, protocol] of [
    ['TLS 1.2', 'NORMAL:-VERS-ALL:+VERS-TLS1.2', 'TLSv1.2'],
    ['TLS 1.3', 'NORMAL:-VERS-ALL:+VERS-TLS1.3', 'TLSv1.3'],
  ] as const) {
    const gnutls = (port: number, ...args: string[]) =>
      new LineProcess('gnutls-cli', [
        '-p',
        String(port),
        '--x509cafile',
        CA,
        '--priority',
        priority,
        ...args,
        'localhost',
      ]);

    it(`${version}: data both ways`, async () => {
      const served = await serve(identity(['server']));
      await using client = gnutls(served.port);
      await client.readUntil(line => line.includes('Handshake was completed'));
      client.write('hello');
      await client.readUntil(line => line.endsWith('HELLO'));
      assert.equal(served.streams[0]?.facts.protocol, protocol);
      client.endInput();
      assert.equal(await client.exit, 0);
      await served.close();
    });

    it(`${version}: a client certificate`, async () => {
      const served = await serve(identity(['server']), { clientCertificate: 'require' });
      const args = ['--x509certfile', certificateFile('alice.pem'), '--x509keyfile', certificateFile('alice.key')];
      await using client = gnutls(served.port, ...args);
      await client.readUntil(line => line.includes('Handshake was completed'));
      client.write('hello');
      await client.readUntil(line => line.endsWith('HELLO'));
      assert.equal(served.streams[0]?.facts.identity?.name, 'alice');
      await served.close();
    });

    it(`${version}: resumes a session`, async () => {
      const served = await serve(identity(['server']));
      await using client = gnutls(served.port, '--resume', '--waitresumption');
      client.endInput();
      await client.readUntil(line => line.includes('This is a resumed session'));
      await served.close();
    });
  }
});

describe('Schannel as a server, curl', () => {
  requirePeer('curl');

  for (const flags of [['--tlsv1.2', '--tls-max', '1.2'], ['--tlsv1.3']]) {
    it(`HTTP over a SchannelStream (${flags.join(' ')})`, async () => {
      const http = createHttpServer((request, response) => response.end(`hello ${request.url}`.repeat(10_000)));
      const served = await serve(identity(['server']), { protocols: ['http/1.1'] }, stream =>
        http.emit('connection', stream),
      );
      const url = (path: string) => `https://localhost:${served.port}${path}`;
      const resolve = ['--resolve', `localhost:${served.port}:127.0.0.1`];
      const { code, stdout } = await runCommand('curl', [
        '-sS',
        ...flags,
        '--cacert',
        CA,
        ...resolve,
        url('/a'),
        url('/b'),
      ]);
      assert.deepEqual([code, stdout.length], [0, 160_000]);
      assert.equal(served.streams.length, 1, 'both requests went over one connection');
      const untrusting = await runCommand('curl', ['-sS', ...flags, ...resolve, url('/')]);
      assert.equal(untrusting.code, 60);
      await served.close();
    });
  }
});
