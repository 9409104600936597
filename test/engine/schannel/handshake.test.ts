import assert from 'node:assert/strict';
import { createEngine } from 'secur32/engine';
import { SEC_E, SEC_I, SP_PROT } from 'secur32/raw';
import { identity } from './certificates.js';
import { byteWise, converse, deliver, Side, type Split, whole } from './side.js';
import { randomSplit } from './splits.js';

const VERSIONS = {
  'TLS 1.2': SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER,
  'TLS 1.3': SP_PROT.TLS1_3_CLIENT | SP_PROT.TLS1_3_SERVER,
} as const;

const SPLITS: Readonly<Record<string, Split>> = {
  'flight by flight': whole,
  'byte by byte': byteWise,
  'in random pieces (seed 1)': randomSplit(1),
  'in random pieces (seed 2)': randomSplit(2),
};

describe('Schannel: the documented loops', () => {
  for (const [version, protocols] of Object.entries(VERSIONS)) {
    for (const [name, split] of Object.entries(SPLITS)) {
      it(`${version}, ${name}`, async () => {
        const sspi = createEngine();
        const client = await Side.acquire(sspi, 'client', identity([], { protocols }));
        const server = await Side.acquire(sspi, 'server', identity(['server'], { protocols }));
        await converse(client, server, split);
        assert.deepEqual([client.done, server.done], [true, true]);
        for (const [from, to] of [
          [client, server],
          [server, client],
        ] as const) {
          const text = Buffer.from(`${from.role} says hello `.repeat(50));
          await deliver(to, await from.encrypt(text), split);
          await deliver(to, await from.encrypt(text), split);
          assert.equal(to.received.toString(), text.toString().repeat(2));
        }
        assert.equal((await deliver(server, await client.shutDown(), split)).length, 0);
        assert.equal(server.expired, true);
        await deliver(client, await server.shutDown(), split);
        assert.equal(client.expired, true);
        await client.delete();
        await server.delete();
      });
    }
  }

  it('begins with SEC_I_CONTINUE_NEEDED on a client, and with SEC_E_INCOMPLETE_MESSAGE on a server that has nothing yet', async () => {
    const sspi = createEngine();
    const client = await Side.acquire(sspi, 'client', identity());
    const server = await Side.acquire(sspi, 'server', identity(['server']));
    assert.ok((await client.start()).length > 0);
    assert.equal((await server.take(new Uint8Array(0))).length, 0);
    assert.deepEqual([client.statuses, server.statuses], [[SEC_I.CONTINUE_NEEDED], [SEC_E.INCOMPLETE_MESSAGE]]);
  });
});
