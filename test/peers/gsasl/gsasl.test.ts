import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { CyrusDatabase } from '../cyrus/cyrus-database.js';
import { CyrusPeer, SSF } from '../cyrus/cyrus-peer.js';
import { requirePeer, usePeer } from '../require-peer.js';
import { GsaslImap } from './gsasl-imap.js';
import { GsaslStdio } from './gsasl-stdio.js';

describe('the gsasl peer', () => {
  requirePeer('gsasl', 'cyrus');
  const database = usePeer(() => CyrusDatabase.create());

  it('logs on to itself', async () => {
    await using client = await GsaslStdio.client();
    await using server = await GsaslStdio.server();
    assert.equal((await client.receive()).length, 0);
    client.send(await server.receive());
    server.send(await client.receive());
    client.send(await server.receive());
    server.send(await client.receive());
    assert.equal((await server.finish()).authenticated, true);
    assert.equal((await client.finish()).authenticated, true);
  });

  it('does not believe a server that knows another password', async () => {
    await using client = await GsaslStdio.client({ password: 'wrong' });
    await using server = await GsaslStdio.server();
    await client.receive();
    client.send(await server.receive());
    server.send(await client.receive());
    await assert.rejects(server.receive(), /Error authenticating user/);
  });

  it('protects what it sends to libsasl2 with auth-int', async () => {
    await using client = await GsaslStdio.client({ qop: 'qop-int' });
    await using server = await CyrusPeer.server({ database: database(), maxSsf: SSF.integrity });
    await client.receive();
    client.send((await server.start('DIGEST-MD5')).token!);
    client.send((await server.step(await client.receive())).token!);
    assert.equal((await server.step(await client.receive())).done, true);
    const frame = await client.protect('through the layer');
    assert.equal(Buffer.from(await server.decode(frame)).toString(), 'through the layer');
    assert.equal((await client.finish()).authenticated, true);
  });

  it('logs on over IMAP and talks through the layer', async () => {
    await using peer = await CyrusPeer.server({ database: database(), maxSsf: SSF.integrity });
    const server = createServer(socket => serveImap(socket, peer));
    try {
      await using session = await GsaslImap.login({ port: await listen(server), qop: 'qop-int' });
      session.send('a NOOP');
      assert.equal(await session.read(), 'a OK NOOP');
    } finally {
      server.close();
    }
  });

  it('says why it did not log on over IMAP', async () => {
    await using peer = await CyrusPeer.server({ database: database() });
    const server = createServer(socket => serveImap(socket, peer));
    try {
      const login = GsaslImap.login({ port: await listen(server), password: 'wrong' });
      await assert.rejects(login, /\. NO SASL_BADAUTH/);
    } finally {
      server.close();
    }
  });
});

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** As much of an IMAP server as gsasl needs, with libsasl2 behind it. */
async function serveImap(socket: Socket, peer: CyrusPeer): Promise<void> {
  socket.write('* OK [CAPABILITY IMAP4rev1 AUTH=DIGEST-MD5]\r\n');
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  await lines.next();
  socket.write('* CAPABILITY IMAP4rev1 AUTH=DIGEST-MD5\r\n. OK\r\n');
  await lines.next();
  try {
    let { token, done } = await peer.start('DIGEST-MD5');
    while (!done) {
      socket.write(`+ ${Buffer.from(token ?? '').toString('base64')}\r\n`);
      const { value } = await lines.next();
      ({ token, done } = await peer.step(Buffer.from(value, 'base64')));
    }
  } catch (error) {
    socket.end(`. NO ${(error as { status?: string }).status}\r\n`);
    return;
  }
  socket.removeAllListeners('data').on('data', async (frame: Buffer) => {
    const said = Buffer.from(await peer.decode(frame)).toString();
    const [tag, command] = said.trim().split(' ');
    socket.write(await peer.encode(Buffer.from(`${tag} OK ${command}\r\n`)));
  });
  socket.write('. OK\r\n');
}
