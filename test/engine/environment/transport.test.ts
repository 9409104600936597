import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { NodeTransport } from '#dist/engine/environment/node-transport.js';
import { freePort } from '../../peers/run/port.js';

const transport = new NodeTransport();
const request = Uint8Array.of(1, 2, 3);
const options = { timeout: 10_000, maxLength: 1000 };
const SHORT = { ...options, timeout: 30 };

/** A server on a port of 127.0.0.1 that does what it is told with each connection. */
async function tcpServer(serve: (socket: Socket) => void): Promise<{ port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function udpServer(
  answer: (request: Buffer) => Uint8Array | undefined,
): Promise<{ port: number } & AsyncDisposable> {
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const reply = answer(message);
    if (reply) socket.send(reply, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

const at = (port: number, host = '127.0.0.1') => ({ host, port });

describe('transport of requests to Kerberos servers', () => {
  describe('by TCP', () => {
    it('frames the request, and takes the reply in pieces of any size', async () => {
      let received = Buffer.alloc(0);
      await using server = await tcpServer(socket => {
        socket.on('data', chunk => {
          received = Buffer.concat([received, chunk]);
          if (received.length < 7) return;
          for (const byte of [0, 0, 0, 2, 8, 9, 77]) socket.write(Uint8Array.of(byte));
        });
      });
      assert.deepEqual(await transport.tcp(at(server.port), request, options), Uint8Array.of(8, 9));
      assert.deepEqual([...received], [0, 0, 0, 3, 1, 2, 3]);
    });

    it('takes an empty reply', async () => {
      await using server = await tcpServer(socket => socket.end(Uint8Array.of(0, 0, 0, 0)));
      assert.deepEqual(await transport.tcp(at(server.port), request, options), new Uint8Array(0));
    });

    for (const [what, bytes, message] of [
      ['4 GiB', [0xff, 0xff, 0xff, 0xff], /4294967295 bytes is announced/],
      ['a length with the highest bit', [0x80, 0, 0, 1, 5], /2147483649 bytes/],
      ['one byte more than is wanted', [0, 0, 3, 0xe9], /1001 bytes/],
      ['half a length, and the end', [0, 0], /closed the connection/],
      ['half a reply, and the end', [0, 0, 0, 9, 1, 2], /closed the connection/],
      ['nothing, and the end', [], /closed the connection/],
    ] as const) {
      it(`refuses ${what}`, async () => {
        await using server = await tcpServer(socket => socket.end(Uint8Array.from(bytes)));
        await assert.rejects(transport.tcp(at(server.port), request, options), message);
      });
    }

    it('gives up on a server that is silent, and on one that never ends', async () => {
      await using silent = await tcpServer(() => undefined);
      await assert.rejects(transport.tcp(at(silent.port), request, SHORT), /no answer within 30 ms/);
      await using slow = await tcpServer(socket => socket.write(Uint8Array.of(0, 0, 0, 9, 1)));
      await assert.rejects(transport.tcp(at(slow.port), request, SHORT), /no answer within 30 ms/);
    });

    it('says when nobody is there, and when a name is none', async () => {
      await assert.rejects(transport.tcp(at(await freePort()), request, options), /ECONNREFUSED/);
      await assert.rejects(
        transport.tcp(at(88, 'no.such.host.invalid'), request, options),
        /TCP to no\.such\.host\.invalid:88/,
      );
    });

    it('closes the connection when it is done', async () => {
      const closed: Promise<unknown>[] = [];
      await using server = await tcpServer(socket => {
        closed.push(once(socket, 'close'));
        socket.resume();
        socket.write(Uint8Array.of(0, 0, 0, 1, 7));
      });
      await transport.tcp(at(server.port), request, options);
      await Promise.all(closed);
      assert.equal(closed.length, 1);
    });
  });

  describe('by UDP', () => {
    it('sends one datagram, and takes one', async () => {
      await using server = await udpServer(message => Uint8Array.of(...message, 4));
      assert.deepEqual(await transport.udp(at(server.port), request, options), Uint8Array.of(1, 2, 3, 4));
    });

    it('tries the next address of a name', async () => {
      await using server = await udpServer(message => message);
      assert.deepEqual(await transport.udp(at(server.port, 'localhost'), request, options), request);
    });

    it('refuses a reply that is too long', async () => {
      await using server = await udpServer(() => new Uint8Array(1001));
      await assert.rejects(transport.udp(at(server.port), request, options), /longer than 1000/);
    });

    it('gives up on a server that is silent, and on none', async () => {
      await using server = await udpServer(() => undefined);
      await assert.rejects(transport.udp(at(server.port), request, SHORT), /no answer within 30 ms/);
      await assert.rejects(transport.udp(at(await freePort()), request, options), /ECONNREFUSED/);
      await assert.rejects(transport.udp(at(88, 'no.such.host.invalid'), request, options), /no\.such\.host/);
    });
  });

  for (const protocol of ['udp', 'tcp'] as const) {
    it(`rejects with the reason of its signal (${protocol})`, async () => {
      const start = protocol === 'udp' ? () => udpServer(() => undefined) : () => tcpServer(() => undefined);
      await using server = await start();
      const controller = new AbortController();
      const reason = new Error('enough');
      const running = transport[protocol](at(server.port), request, { ...options, signal: controller.signal });
      controller.abort(reason);
      await assert.rejects(running, error => error === reason);
      const late = transport[protocol](at(server.port), request, { ...options, signal: controller.signal });
      await assert.rejects(late, error => error === reason);
    });
  }

  it('says when an HTTPS server is none', async () => {
    await using server = await tcpServer(socket => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    await assert.rejects(transport.https(`https://127.0.0.1:${server.port}/KdcProxy`, request, options), /https:/);
  });
});
