import assert from 'node:assert/strict';
import { createEngine } from 'secur32/engine';
import { findBuffer, SEC_E, SEC_I, SECBUFFER, SP_PROT } from 'secur32/raw';
import { identity } from './certificates.js';
import { byteWise, converse, deliver, rejection, Side, type Split, whole } from './side.js';
import { randomSplit } from './splits.js';

const TLS12 = SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER;

async function connected(): Promise<[client: Side, server: Side]> {
  const sspi = createEngine();
  const client = await Side.acquire(sspi, 'client', identity([], { protocols: TLS12 }));
  const server = await Side.acquire(sspi, 'server', identity(['server'], { protocols: TLS12 }));
  await converse(client, server);
  return [client, server];
}

/** A server's wish for a renegotiation: its HelloRequest. */
async function ask(server: Side): Promise<Uint8Array> {
  const { status, output } = await server.leg(undefined);
  assert.equal(status, SEC_I.CONTINUE_NEEDED);
  return findBuffer(output, SECBUFFER.TOKEN)!.data;
}

describe('Schannel: a renegotiation of TLS 1.2 with messages on their way', () => {
  for (const [name, split] of [
    ['all at once', whole],
    ['byte by byte', byteWise],
    ['in random pieces (seed 5)', randomSplit(5)],
  ] as readonly (readonly [string, Split])[]) {
    it(`loses, delays and reorders nothing of either side (${name})`, async () => {
      const [client, server] = await connected();
      const before = await server.encrypt(Buffer.from('before, '));
      const request = await ask(server);
      // A server that has asked goes on until the client answers, and hears what the client has sent before it knew.
      const behind = [
        await server.encrypt(Buffer.from('behind, ')),
        await server.encrypt(Buffer.from('still behind, ')),
      ];
      const unaware = await client.encrypt(Buffer.from('unaware, '));
      await deliver(server, unaware, split);
      assert.equal(server.received.toString(), 'unaware, ');

      const hello = await deliver(client, Buffer.concat([before, request, ...behind]), split);
      let toClient = await deliver(server, hello, split);
      assert.equal(server.done, false);
      while (toClient.length > 0) {
        const toServer = await deliver(client, toClient, split);
        toClient = toServer.length > 0 ? await deliver(server, toServer, split) : new Uint8Array(0);
      }
      assert.deepEqual([client.done, server.done], [true, true]);
      assert.equal(client.received.toString(), 'before, behind, still behind, ');

      await deliver(client, await server.encrypt(Buffer.from('after')), split);
      await deliver(server, await client.encrypt(Buffer.from('after')), split);
      assert.equal(client.received.toString(), 'before, behind, still behind, after');
      assert.equal(server.received.toString(), 'unaware, after');
    });
  }

  it('gives the records back as EXTRA with the last leg, before what follows in the token', async () => {
    const [client, server] = await connected();
    const request = await ask(server);
    const behind = await server.encrypt(Buffer.from('behind'));
    const opened = await client.decryptMessage(request);
    assert.equal(opened.status, SEC_I.RENEGOTIATE);
    const hello = await client.leg(Buffer.concat([request, behind]));
    assert.deepEqual([hello.status, findBuffer(hello.input, SECBUFFER.EXTRA)], [SEC_I.CONTINUE_NEEDED, undefined]);
    const flight = await server.take(findBuffer(hello.output, SECBUFFER.TOKEN)!.data);
    const answer = await client.leg(flight);
    let last = answer;
    if (answer.status !== SEC_E.OK) {
      last = await client.leg(await server.take(findBuffer(answer.output, SECBUFFER.TOKEN)!.data));
    } else {
      await server.take(findBuffer(answer.output, SECBUFFER.TOKEN)!.data);
    }
    assert.equal(last.status, SEC_E.OK);
    const extra = findBuffer(last.input, SECBUFFER.EXTRA)!.data;
    assert.deepEqual(Buffer.from(extra), Buffer.from(behind));
    const message = await client.decryptMessage(extra);
    assert.equal(Buffer.from(findBuffer(message, SECBUFFER.DATA)!.data).toString(), 'behind');
  });

  it('does not keep more than it should for a peer that never ends its handshake', async () => {
    const [client, server] = await connected();
    const request = await ask(server);
    const flood = async (): Promise<void> => {
      await client.take(request);
      const data = Buffer.alloc(16_384);
      for (let n = 0; n < 300; n++) await client.take(await server.encrypt(data));
    };
    assert.equal((await rejection(flood())).code, 'SEC_E_ILLEGAL_MESSAGE');
    assert.equal((await rejection(client.leg(request))).code, 'SEC_E_INVALID_HANDLE');
  });
});
