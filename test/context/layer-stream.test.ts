import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Duplex, PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import type { Protection } from 'secur32';
import { SaslPair } from './sasl-pair.js';

/** Two ends of a TCP connection on loopback. Both may end one direction and go on with the other. */
async function socketPair(): Promise<{ client: Socket; server: Socket }> {
  const listener = createServer({ allowHalfOpen: true });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  const address = listener.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const accepted = once(listener, 'connection');
  const client = connect({ port: address.port, host: '127.0.0.1', allowHalfOpen: true });
  await once(client, 'connect');
  const [server] = (await accepted) as [Socket];
  listener.close();
  return { client, server };
}

interface Connection extends AsyncDisposable {
  readonly pair: SaslPair;
  readonly wires: { readonly client: Socket; readonly server: Socket };
  readonly client: Duplex;
  readonly server: Duplex;
}

async function connection(request: readonly Protection[] = ['confidentiality']): Promise<Connection> {
  const [pair, wires] = await Promise.all([SaslPair.established({ request }), socketPair()]);
  const client = pair.client.protect(wires.client);
  const server = pair.server.protect(wires.server);
  return {
    pair,
    wires,
    client,
    server,
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.destroy();
      await pair.close();
    },
  };
}

/** How a stream ends: its error, or undefined where it closes without. */
function closed(stream: Duplex): Promise<Error | undefined> {
  return new Promise(resolve => {
    let failure: Error | undefined;
    stream.on('error', error => {
      failure = error;
    });
    stream.on('close', () => resolve(failure));
  });
}

describe('protect(duplex)', () => {
  for (const request of [['integrity'], ['confidentiality']] as const) {
    it(`carries bytes both ways under ${request}`, async () => {
      await using link = await connection(request);
      const bytes = Buffer.alloc(1_000_000, 'protected');
      const seen: Buffer[] = [];
      link.wires.server.on('data', (chunk: Buffer) => seen.push(chunk));
      void pipeline(Readable.from([bytes.subarray(0, 1), bytes.subarray(1)]), link.client);
      void pipeline(Readable.from([bytes]), link.server);
      const [toServer, toClient] = await Promise.all([buffer(link.server), buffer(link.client)]);
      assert.ok(toServer.equals(bytes));
      assert.ok(toClient.equals(bytes));
      const frames = Buffer.concat(seen);
      assert.ok(frames.length > bytes.length);
      assert.equal(frames.includes('protectedprotected'), request[0] === 'integrity');
    });
  }

  it('is the connection itself without a layer', async () => {
    await using link = await connection([]);
    assert.equal(link.client, link.wires.client);
    link.client.end('in the clear');
    assert.equal(await text(link.server), 'in the clear');
  });

  it('takes bytes that were read already, once and first', async () => {
    for (const request of [['confidentiality'], []] as const) {
      await using pair = await SaslPair.established({ request });
      const wire = new PassThrough();
      const early = pair.client.wrap(Buffer.from('early '));
      wire.end(pair.client.wrap(Buffer.from('late')));
      const stream = pair.server.protect(wire, early);
      assert.equal(await text(stream), 'early late');
    }
  });

  it('takes a frame of which unwrap() has seen the beginning', async () => {
    await using pair = await SaslPair.established();
    const frame = pair.client.wrap(Buffer.from('in two parts'));
    assert.equal(pair.server.unwrap(frame.subarray(0, 9)).length, 0);
    const wire = new PassThrough();
    wire.end(frame.subarray(9));
    assert.equal(await text(pair.server.protect(wire)), 'in two parts');
  });

  it('lets one direction end before the other', async () => {
    await using link = await connection();
    link.client.end('question');
    assert.equal(await readAll(link.server), 'question');
    assert.equal(link.server.writable, true);
    link.server.end('answer');
    assert.equal(await readAll(link.client), 'answer');
    if (!link.client.closed) await once(link.client, 'close');
    if (!link.server.closed) await once(link.server, 'close');
    assert.deepEqual([link.wires.client.destroyed, link.wires.server.destroyed], [true, true]);
  });

  it('stops reading from the connection when nobody reads', async () => {
    await using pair = await SaslPair.established();
    const wire = new PassThrough();
    const stream = pair.server.protect(wire);
    const chunk = Buffer.alloc(1024, 'x');
    let sent = 0;
    stream.read(0);
    while (!wire.isPaused()) {
      wire.write(pair.client.wrap(chunk));
      sent += chunk.length;
      assert.ok(sent < 16 * 1024 * 1024, 'it never stops reading');
      await turn();
    }
    assert.ok(stream.readableLength <= stream.readableHighWaterMark + chunk.length, `${stream.readableLength} bytes`);
    wire.end();
    assert.equal((await buffer(stream)).length, sent, 'and goes on when somebody does');
  });

  it('stops taking bytes when the connection does not flow', async () => {
    await using pair = await SaslPair.established();
    const waiting: (() => void)[] = [];
    const wire = new Duplex({ highWaterMark: 1, read() {}, write: (_chunk, _encoding, done) => waiting.push(done) });
    const stream = pair.client.protect(wire);
    let taken = 0;
    for (let n = 0; n < 3; n++) stream.write(Buffer.from(`${n}`), () => taken++);
    await turn();
    assert.deepEqual([taken, waiting.length], [0, 1]);
    waiting.shift()?.();
    await turn();
    assert.deepEqual([taken, waiting.length], [1, 1], 'what has gathered goes as one');
    waiting.shift()?.();
    await turn();
    assert.deepEqual([taken, waiting.length], [3, 0]);
    stream.destroy();
  });

  it('ends both sides with the error of a bad frame, and the context with them', async () => {
    await using link = await connection();
    const failure = closed(link.server);
    link.server.resume();
    const frame = link.pair.client.wrap(Buffer.from('message'));
    frame[6]! ^= 1;
    link.wires.client.write(frame);
    const error = await failure;
    assert.equal((error as { code?: string } | undefined)?.code, 'SEC_E_MESSAGE_ALTERED');
    assert.equal(link.wires.server.destroyed, true);
    assert.equal(link.pair.server.established, false);
  });

  it('refuses a huge length at once', async () => {
    await using link = await connection();
    const failure = closed(link.server);
    link.server.resume();
    link.wires.client.write(Buffer.from('01000000', 'hex'));
    assert.equal(((await failure) as { code?: string } | undefined)?.code, 'SEC_E_INVALID_TOKEN');
  });

  it('tells an end inside a frame from an end', async () => {
    await using link = await connection();
    const failure = closed(link.server);
    link.server.resume();
    link.wires.client.end(link.pair.client.wrap(Buffer.from('cut off')).subarray(0, 10));
    assert.equal(((await failure) as { code?: string } | undefined)?.code, 'SEC_E_INCOMPLETE_MESSAGE');
  });

  it('passes a broken connection on', async () => {
    await using link = await connection();
    const failure = closed(link.server);
    link.server.resume();
    link.wires.server.destroy(new Error('the cable'));
    assert.equal((await failure)?.message, 'the cable');
    assert.equal(link.pair.server.established, false);
  });

  it('tells a connection that was cut off from one that has ended', async () => {
    await using link = await connection();
    const failure = closed(link.client);
    link.client.resume();
    link.wires.client.destroy();
    assert.equal(((await failure) as { code?: string } | undefined)?.code, 'ERR_STREAM_PREMATURE_CLOSE');
  });

  it('closes connection and context when it is destroyed', async () => {
    await using link = await connection();
    const done = closed(link.client);
    link.client.destroy();
    assert.equal(await done, undefined);
    assert.equal(link.wires.client.destroyed, true);
    assert.equal(link.pair.client.established, false);
    assert.throws(() => link.pair.client.wrap(Buffer.from('x')), { code: 'SEC_E_INVALID_HANDLE' });
  });

  it('fails a write after the connection has gone, and reads what came before', async () => {
    await using pair = await SaslPair.established();
    const wire = new PassThrough();
    const stream = pair.server.protect(wire);
    wire.end(pair.client.wrap(Buffer.from('last words')));
    await once(wire, 'finish');
    assert.equal(await readAll(stream), 'last words');
    await assert.rejects(
      new Promise<void>((resolve, reject) => {
        stream.on('error', () => {});
        stream.write('too late', error => (error ? reject(error) : resolve()));
      }),
      { code: /^ERR_STREAM_/ },
    );
  });

  it('shows a writer the error of a context that is closed', async () => {
    await using link = await connection();
    const failure = closed(link.client);
    await link.pair.client.close();
    link.client.write('x');
    assert.equal(((await failure) as { code?: string } | undefined)?.code, 'SEC_E_INVALID_HANDLE');
  });
});

/** Reads up to the end, and unlike the readers of node:stream leaves the other direction open. */
async function readAll(stream: Duplex): Promise<string> {
  let read = '';
  stream.on('data', (bytes: Buffer) => {
    read += bytes.toString();
  });
  await once(stream, 'end');
  return read;
}
