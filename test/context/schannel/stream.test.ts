import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer as createHttpServer, request } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { createServer as createTlsServer, connect as tlsConnect } from 'node:tls';
import {
  type CertificateIdentity,
  Credential,
  connectionBindings,
  type SchannelAcceptOptions,
  type SchannelConnectOptions,
  type SchannelStream,
  SspiError,
  schannelAccept,
  schannelConnect,
} from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { SECPKG_ATTR, SP_PROT } from 'secur32/raw';
import { identity, pem } from '../../engine/schannel/certificates.js';
import { memoryPair } from './memory-pair.js';

const sspi = createEngine({ accounts: memoryAccounts([{ user: 'alice', certificates: [pem('alice.pem')] }]) });

const VERSIONS = {
  'TLS 1.2': SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER,
  'TLS 1.3': SP_PROT.TLS1_3_CLIENT | SP_PROT.TLS1_3_SERVER,
} as const;

const open: (Server | Duplex)[] = [];

afterEach(() => {
  for (const each of open.splice(0)) {
    if (!('destroy' in each)) {
      each.close();
      continue;
    }
    // The test is over: what the other end makes of this is nobody's business.
    each.on('error', () => {});
    each.destroy();
  }
});

/** Two ends of a TCP connection. */
async function tcp(): Promise<[Socket, Socket]> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const [[accepted]] = await Promise.all([once(server, 'connection') as Promise<[Socket]>, once(client, 'connect')]);
  server.close();
  open.push(client, accepted);
  return [client, accepted];
}

interface Ends {
  readonly client?: Partial<SchannelConnectOptions>;
  readonly server?: Partial<SchannelAcceptOptions>;
  readonly clientIdentity?: CertificateIdentity;
  readonly serverIdentity?: CertificateIdentity;
}

async function streams(ends: Ends = {}, wires?: [Duplex, Duplex]): Promise<[SchannelStream, SchannelStream]> {
  const [a, b] = wires ?? (await tcp());
  const both = await Promise.all([
    schannelConnect(a, { serverName: 'localhost', identity: ends.clientIdentity ?? identity(), sspi, ...ends.client }),
    schannelAccept(b, { identity: ends.serverIdentity ?? identity(['server']), sspi, ...ends.server }),
  ]);
  open.unshift(...both);
  return both;
}

/** The other side of what a slow wire carries: pieces of at most `size` bytes. */
function slow(wire: Duplex, size: number): Duplex {
  const out = new Duplex({
    allowHalfOpen: true,
    read() {
      wire.resume();
    },
    write(chunk: Buffer, _encoding, callback) {
      for (let at = 0; at < chunk.length; at += size) wire.write(chunk.subarray(at, at + size));
      callback();
    },
    final(callback) {
      wire.end(callback);
    },
    destroy(error, callback) {
      wire.destroy();
      callback(error);
    },
  });
  wire.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at += size) out.push(chunk.subarray(at, at + size));
  });
  wire.on('end', () => out.push(null));
  wire.on('close', () => out.destroy());
  return out;
}

describe('SchannelStream', () => {
  for (const [version, protocols] of Object.entries(VERSIONS)) {
    const ends: Ends = {
      clientIdentity: identity([], { protocols }),
      serverIdentity: identity(['server'], { protocols }),
    };

    it(`${version}: carries bytes both ways, and ends in both`, async () => {
      const [client, server] = await streams(ends);
      assert.deepEqual([client.encrypted, client.authorized, server.authorized], [true, true, false]);
      assert.equal(client.facts.protocol, version.replace(' ', 'v'));
      server.pipe(server);
      client.end('hello');
      assert.equal(await text(client), 'hello');
    });

    it(`${version}: 4 MB through pieces of one byte to 1000, unchanged`, async () => {
      for (const [size, length] of [
        [1, 20_000],
        [1000, 4_000_000],
      ] as const) {
        const [a, b] = await tcp();
        const [client, server] = await streams(ends, [slow(a, size), slow(b, size)]);
        const data = Buffer.alloc(length);
        for (let n = 0; n < length; n++) data[n] = (n * 7 + (n >> 8)) & 0xff;
        server.pipe(server);
        client.end(data);
        const back = await buffer(client);
        assert.equal(createHash('sha256').update(back).digest('hex'), createHash('sha256').update(data).digest('hex'));
      }
    });
  }

  it('does not read more than its reader takes', async () => {
    const [a, b] = memoryPair();
    const [client, server] = await streams({}, [a, b]);
    const sent = client.write(Buffer.alloc(1_000_000));
    assert.equal(sent, false);
    for (let turn = 0; turn < 200; turn++) await new Promise(resolve => setImmediate(resolve));
    assert.ok(client.writableNeedDrain, 'the writer waits');
    assert.ok(server.readableLength <= 16384 + server.readableHighWaterMark, String(server.readableLength));
    server.resume();
    await once(client, 'drain');
  });

  it('stays half open where the connection does', async () => {
    const [client, server] = await streams();
    client.end('question');
    let question = '';
    server.setEncoding('utf8').on('data', chunk => {
      question += chunk;
    });
    await once(server, 'end');
    assert.equal(question, 'question');
    server.end('answer');
    assert.equal(await text(client), 'answer');
  });

  it('destroys itself where the connection ends without close_notify', async () => {
    const [a, b] = await tcp();
    const [client, server] = await streams({}, [a, b]);
    server.write('not all of');
    await once(client, 'readable');
    b.end();
    client.resume();
    const [error] = (await once(client, 'error')) as [SspiError];
    assert.deepEqual([error.code, error instanceof SspiError], ['SEC_E_INCOMPLETE_MESSAGE', true]);
    await assert.rejects(sspi.queryContextAttributes(client.context, 4), { code: 'SEC_E_INVALID_HANDLE' });
  });

  it('destroys itself for a record that was changed, and the peer hears an alert', async () => {
    const [a, b] = await tcp();
    const [client, server] = await streams({}, [a, b]);
    client.resume();
    server.resume();
    a.write(Buffer.concat([Buffer.from([23, 3, 3, 0, 40]), Buffer.alloc(40)]));
    const [[atServer], [atClient]] = (await Promise.all([once(server, 'error'), once(client, 'error')])) as [
      [SspiError],
      [SspiError],
    ];
    assert.deepEqual([atServer.code, atClient.code], ['SEC_E_MESSAGE_ALTERED', 'SEC_E_MESSAGE_ALTERED']);
    assert.match(atClient.message, /alert 20/);
  });

  it('refuses a server that is not the one meant; nobody has a stream then, and the connection is closed', async () => {
    const [a, b] = await tcp();
    const server = schannelAccept(b, { identity: identity(['other']), sspi });
    server.catch(() => {});
    await assert.rejects(schannelConnect(a, { serverName: 'localhost', identity: identity(), sspi }), {
      code: 'SEC_E_WRONG_PRINCIPAL',
    });
    await assert.rejects(server, { name: 'SspiError' });
    if (!a.destroyed) await once(a, 'close');
  });

  it('leaves a check by the caller to the caller', async () => {
    const [client] = await streams({
      serverIdentity: identity(['expired']),
      client: { validation: 'dangerouslyByCaller' },
    });
    assert.equal(client.authorized, false);
    assert.ok(client.facts.peerCertificate);
  });

  it('knows who a client is, and can insist on it', async () => {
    const [, server] = await streams({
      clientIdentity: identity(['alice']),
      server: { clientCertificate: 'require' },
    });
    assert.deepEqual([server.authorized, server.facts.identity?.name], [true, 'alice']);
    const [, nobody] = await streams({ server: { clientCertificate: 'request' } });
    assert.deepEqual(
      [nobody.authorized, nobody.facts.identity, nobody.facts.peerCertificate],
      [false, undefined, undefined],
    );
    const [a, b] = await tcp();
    const client = schannelConnect(a, { serverName: 'localhost', identity: identity(), sspi });
    const refused = schannelAccept(b, { identity: identity(['server']), sspi, clientCertificate: 'require' });
    await assert.rejects(refused, { code: 'SEC_E_CERT_UNKNOWN' });
    (await client).resume();
  });

  it('agrees on an application protocol', async () => {
    const [client, server] = await streams({
      client: { protocols: ['h2', 'http/1.1'] },
      server: { protocols: ['http/1.1'] },
    });
    assert.deepEqual([client.facts.applicationProtocol, server.facts.applicationProtocol], ['http/1.1', 'http/1.1']);
  });

  it('gives up a handshake that does not come to an end in time, or is aborted', async () => {
    const [a] = await tcp();
    const late = schannelConnect(a, { serverName: 'localhost', identity: identity(), sspi, handshakeTimeout: 0.05 });
    await assert.rejects(late, { code: 'SEC_E_CONTEXT_EXPIRED' });
    const [b] = await tcp();
    const signal = AbortSignal.timeout(20);
    await assert.rejects(schannelConnect(b, { serverName: 'localhost', identity: identity(), sspi, signal }), {
      name: 'TimeoutError',
    });
    const [c, d] = await tcp();
    d.end();
    await assert.rejects(schannelConnect(c, { serverName: 'localhost', identity: identity(), sspi }), {
      code: 'SEC_E_INCOMPLETE_MESSAGE',
    });
  });

  it('takes bytes that were read before', async () => {
    const [a, b] = await tcp();
    const connecting = schannelConnect(a, { serverName: 'localhost', identity: identity(), sspi });
    const [head] = (await once(b, 'data')) as [Buffer];
    b.pause();
    const server = await schannelAccept(b, { identity: identity(['server']), sspi, head });
    server.end('x');
    assert.equal(await text(await connecting), 'x');
  });

  it('refuses options that are none', async () => {
    const wire = new Duplex();
    await assert.rejects(schannelConnect(wire, {} as SchannelConnectOptions), { name: 'TypeError' });
    await assert.rejects(schannelAccept(wire, { clientCertificate: 'maybe' as 'none' }), TypeError);
    await assert.rejects(schannelAccept(wire, { credential: {} as Credential }), TypeError);
    await assert.rejects(schannelAccept(wire, { handshakeTimeout: 0 }), TypeError);
  });

  it('is a socket for https.Agent', async () => {
    const server = createHttpServer({ key: pem('server.key'), cert: pem('server.pem') }, (incoming, response) => {
      response.end(`you asked for ${incoming.url}`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    Object.assign(agent, {
      createConnection(_options: object, callback: (error: Error | null, stream?: Duplex) => void) {
        const options = { serverName: 'localhost', identity: identity(), sspi };
        const socket = connect(port, '127.0.0.1');
        schannelConnect(socket, options).then(
          stream => callback(null, stream),
          (error: Error) => callback(error),
        );
      },
    });
    for (const path of ['/one', '/two']) {
      const asked = request({ port, path, agent }).end();
      const [response] = (await once(asked, 'response')) as [AsyncIterable<Buffer>];
      assert.equal(await text(response), `you asked for ${path}`);
    }
    agent.destroy();
    server.close();
  });

  describe('with node:tls at the other end', () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      it(`${version}: as a client`, async () => {
        const server = createTlsServer(
          { key: pem('server.key'), cert: pem('server.pem'), minVersion: version, maxVersion: version },
          socket => socket.pipe(socket),
        ).listen(0, '127.0.0.1');
        open.push(server);
        await once(server, 'listening');
        const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
        const client = await schannelConnect(socket, { serverName: 'localhost', identity: identity(), sspi });
        assert.equal(client.facts.protocol, version);
        client.end(Buffer.alloc(100_000, 'x'));
        assert.equal((await buffer(client)).length, 100_000);
      });

      it(`${version}: as a server, and the bindings are those that node:tls has`, async () => {
        const [a, b] = await tcp();
        const ca = pem('ca.pem');
        const socket = tlsConnect({ socket: a, servername: 'localhost', ca, minVersion: version, maxVersion: version });
        const [server] = await Promise.all([
          schannelAccept(b, { identity: identity(['server']), sspi }),
          once(socket, 'secureConnect'),
        ]);
        for (const type of ['tls-server-end-point', 'tls-unique', 'tls-exporter'] as const) {
          if (type === 'tls-unique' && version === 'TLSv1.3') {
            await assert.rejects(connectionBindings(server, { type }), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
            await assert.rejects(connectionBindings(socket, { type, role: 'client' }), TypeError);
            continue;
          }
          assert.deepEqual(
            await connectionBindings(server, { type }),
            await connectionBindings(socket, { type, role: 'client' }),
          );
        }
        server.pipe(server);
        socket.end('hello');
        assert.equal(await text(socket), 'hello');
      });
    }
  });

  it('resumes sessions within one credential', async () => {
    await using clientCredential = await Credential.acquire({
      package: 'Schannel',
      use: 'outbound',
      identity: identity(),
      sspi,
    });
    await using serverCredential = await Credential.acquire({
      package: 'Schannel',
      use: 'inbound',
      identity: identity(['server']),
      sspi,
    });
    const reconnected: boolean[] = [];
    for (let n = 0; n < 2; n++) {
      const [client, server] = await streams({
        client: { credential: clientCredential },
        server: { credential: serverCredential },
      });
      reconnected.push((await sspi.queryContextAttributes(client.context, SECPKG_ATTR.SESSION_INFO)).reconnected);
      server.end('x');
      assert.equal(await text(client), 'x');
      client.end();
    }
    assert.deepEqual(reconnected, [false, true]);
  });
});
