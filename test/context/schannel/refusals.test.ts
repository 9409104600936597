import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type SchannelAcceptOptions, type SspiError, schannelAccept, schannelConnect } from 'secur32';
import { createEngine } from 'secur32/engine';
import { type CtxtHandle, type SecurityFunctionTable, SP_PROT, SspiError as StatusError } from 'secur32/raw';
import { identity } from '../../engine/schannel/certificates.js';

const engine = createEngine();

/** The engine, and the contexts of it that have been made and not deleted. */
function counted(): { sspi: SecurityFunctionTable; live: Set<CtxtHandle> } {
  const live = new Set<CtxtHandle>();
  const made = async <T extends { context: CtxtHandle }>(leg: Promise<T>): Promise<T> => {
    const result = await leg;
    live.add(result.context);
    return result;
  };
  const sspi: SecurityFunctionTable = {
    ...engine,
    initializeSecurityContext: call => made(engine.initializeSecurityContext(call)),
    acceptSecurityContext: call => made(engine.acceptSecurityContext(call)),
    async deleteSecurityContext(context) {
      live.delete(context);
      await engine.deleteSecurityContext(context);
    },
  };
  return { sspi, live };
}

/** A server whose one client is a plain socket: how the handshake ends, and what the client hears. */
async function accept(options: Partial<SchannelAcceptOptions>, say: (socket: Socket) => unknown) {
  const { sspi, live } = counted();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [wire] = await accepted;
  server.close();
  const heard = buffer(socket);
  const failed = schannelAccept(wire, { identity: identity(['server']), sspi, ...options }).then(
    () => assert.fail('the handshake came to an end'),
    (error: SspiError) => error,
  );
  await say(socket);
  const error = await failed;
  assert.ok(error instanceof StatusError, String(error));
  if (!wire.closed) await once(wire, 'close');
  const said = await heard;
  socket.destroy();
  assert.equal(live.size, 0, 'the context is deleted');
  return { code: error.code, said };
}

const HELLO = Buffer.from('1603010200010001fc0303', 'hex');

describe('schannelAccept: clients that do not come to an end', () => {
  it('silent from the start, in the middle of a record, and behind its header: the handshake ends in time', async () => {
    for (const bytes of [Buffer.alloc(0), HELLO.subarray(0, 3), HELLO]) {
      const { code, said } = await accept({ handshakeTimeout: 0.05 }, socket => socket.write(bytes));
      assert.deepEqual([code, said.length], ['SEC_E_CONTEXT_EXPIRED', 0]);
    }
  });

  it('one byte now and then does not make the time longer', async () => {
    let timer: NodeJS.Timeout | undefined;
    const { code } = await accept({ handshakeTimeout: 0.2 }, socket => {
      let at = 0;
      timer = setInterval(() => socket.writable && socket.write(HELLO.subarray(at, ++at)), 30);
      socket.on('error', () => {});
    });
    clearInterval(timer);
    assert.equal(code, 'SEC_E_CONTEXT_EXPIRED');
  });

  it('gone at any point of its hello', async () => {
    for (const length of [0, 1, 5, HELLO.length]) {
      const { code } = await accept({}, socket => socket.end(HELLO.subarray(0, length)));
      assert.equal(code, 'SEC_E_INCOMPLETE_MESSAGE');
    }
  });

  it('gone after it has heard the answer of the server', async () => {
    for (const protocols of [SP_PROT.TLS1_2_SERVER, SP_PROT.TLS1_3_SERVER]) {
      const hello = await helloOf(protocols << 1);
      const { code, said } = await accept({ identity: identity(['server'], { protocols }) }, async socket => {
        socket.end(hello);
      });
      assert.equal(code, 'SEC_E_INCOMPLETE_MESSAGE');
      assert.ok(said.length > 500, 'the flight of the server');
    }
  });
});

describe('schannelAccept: clients that speak something else', () => {
  for (const [what, bytes, code, alert] of [
    ['plain HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), 'SEC_E_INVALID_TOKEN', undefined],
    ['a proxy request', Buffer.from('CONNECT a:443 HTTP/1.1\r\n\r\n'), 'SEC_E_INVALID_TOKEN', undefined],
    ['SMB', Buffer.from('00000085ff534d4272', 'hex'), 'SEC_E_INVALID_TOKEN', undefined],
    ['a record that is too long', Buffer.from(`160301ffff${'00'.repeat(32)}`, 'hex'), 'SEC_E_INVALID_TOKEN', 22],
    ['data before a hello', Buffer.from('170303000548656c6c6f', 'hex'), 'SEC_E_ILLEGAL_MESSAGE', 10],
  ] as const) {
    it(`${what}: ${code}, the client hears of it where TLS has a word for it, and the connection ends`, async () => {
      const { code: got, said } = await accept({}, socket => socket.write(bytes));
      assert.equal(got, code);
      if (alert === undefined) assert.ok(said.length === 0 || said[0] === 21);
      else assert.deepEqual([...said], [21, 3, said[2], 0, 2, 2, alert]);
    });
  }
});

describe('schannelConnect: servers that speak something else', () => {
  it('a greeting of SMTP, a plain answer of HTTP, an end: a status, and no context', async () => {
    for (const [greeting, code] of [
      ['220 mail.example ESMTP\r\n', 'SEC_E_INVALID_TOKEN'],
      ['HTTP/1.1 400 Bad Request\r\n\r\n', 'SEC_E_INVALID_TOKEN'],
      ['', 'SEC_E_INCOMPLETE_MESSAGE'],
    ] as const) {
      const { sspi, live } = counted();
      const server = createServer(wire => wire.on('error', () => {}).end(greeting)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      const options = { serverName: 'localhost', identity: identity(), sspi };
      await assert.rejects(schannelConnect(socket, options), { code });
      server.close();
      assert.equal(live.size, 0);
    }
  });
});

/** What a client says first. */
async function helloOf(protocols: number): Promise<Uint8Array> {
  const call = { package: 'Schannel', credentialUse: 'outbound', authData: identity([], { protocols }) } as const;
  const { credential } = await engine.acquireCredentialsHandle(call);
  const leg = await engine.initializeSecurityContext({ credential, targetName: 'localhost', contextReq: 0 });
  await engine.deleteSecurityContext(leg.context);
  return leg.output[0]!.data;
}
