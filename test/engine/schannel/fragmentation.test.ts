import assert from 'node:assert/strict';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { ASC_REQ, SEC_E, SP_PROT } from 'secur32/raw';
import { identity, pem } from './certificates.js';
import { ASC_FLAGS, byteWise, converse, deliver, Side, type Split, whole } from './side.js';
import { aroundHeaders, inRecordsOf, randomSplit } from './splits.js';

const VERSIONS = {
  'TLS 1.2': SP_PROT.TLS1_2_CLIENT | SP_PROT.TLS1_2_SERVER,
  'TLS 1.3': SP_PROT.TLS1_3_CLIENT | SP_PROT.TLS1_3_SERVER,
} as const;

const SPLITS: Readonly<Record<string, Split>> = {
  'all at once': whole,
  'byte by byte': byteWise,
  'around the headers of records': aroundHeaders,
  'in random pieces (seed 3)': randomSplit(3),
  'in random pieces of many records (seed 4)': randomSplit(4, 3000),
};

const sspi = createEngine({ accounts: memoryAccounts([{ user: 'alice', certificates: [pem('alice.pem')] }]) });

/** Both sides, with everything that makes flights long. */
async function pair(protocols: number): Promise<[Side, Side]> {
  const options = { alpn: ['h2', 'imap'] };
  const client = await Side.acquire(sspi, 'client', identity(['alice'], { protocols }), options);
  const server = await Side.acquire(sspi, 'server', identity(['server-rsa'], { protocols }), {
    ...options,
    flags: ASC_FLAGS | ASC_REQ.MUTUAL_AUTH,
  });
  return [client, server];
}

const bytesOf = (text: string): Buffer => Buffer.from(text.repeat(1000));

/** Who is through says its piece at once, and it arrives with its last flight: what a side sends in one turn is one piece for the splitter. */
async function talkAtOnce(client: Side, server: Side, split: Split): Promise<void> {
  const said = new Set<Side>();
  const answer = async (side: Side, flight: Uint8Array): Promise<Uint8Array> => {
    if (!side.done || said.has(side)) return flight;
    said.add(side);
    const data = [await side.encrypt(bytesOf(side.role)), await side.encrypt(bytesOf('!'))];
    return Buffer.concat([flight, ...data]);
  };
  let toServer = await client.start();
  while (toServer.length > 0) {
    const toClient = await answer(server, await deliver(server, toServer, split));
    toServer = toClient.length > 0 ? await answer(client, await deliver(client, toClient, split)) : new Uint8Array(0);
  }
}

describe('Schannel: every fragmentation', () => {
  for (const [version, protocols] of Object.entries(VERSIONS)) {
    for (const [name, split] of Object.entries(SPLITS)) {
      it(`${version}, ${name}: data right behind Finished, of both sides; an end right behind data`, async () => {
        const [client, server] = await pair(protocols);
        await talkAtOnce(client, server, split);
        assert.equal(server.received.toString(), 'client'.repeat(1000) + '!'.repeat(1000));
        assert.equal(client.received.toString(), 'server'.repeat(1000) + '!'.repeat(1000));
        const last = await client.encrypt(Buffer.from('bye'));
        await deliver(server, Buffer.concat([last, await client.shutDown()]), split);
        assert.deepEqual([server.received.subarray(-3).toString(), server.expired], ['bye', true]);
      });
    }

    it(`${version}: a resumed handshake, byte by byte, with data right behind it`, async () => {
      const [client, server] = await pair(protocols);
      await talkAtOnce(client, server, whole);
      const [again, serverAgain] = [client.again(), server.again()];
      await talkAtOnce(again, serverAgain, byteWise);
      assert.equal(serverAgain.received.toString(), 'client'.repeat(1000) + '!'.repeat(1000));
      assert.equal(again.received.toString(), 'server'.repeat(1000) + '!'.repeat(1000));
      assert.deepEqual((await serverAgain.sspi.querySecurityContextToken(serverAgain.context!)).user?.name, 'alice');
    });

    it(`${version}: a hello in records of 1 to 200 bytes`, async () => {
      for (const size of [1, 2, 5, 200]) {
        const [client, server] = await pair(protocols);
        const hello = inRecordsOf(size, await client.start());
        let toClient = await deliver(server, hello, size === 5 ? byteWise : whole);
        while (toClient.length > 0) {
          const toServer = await client.take(toClient);
          toClient = toServer.length > 0 ? await server.take(toServer) : new Uint8Array(0);
        }
        assert.deepEqual([client.done, server.done], [true, true], `records of ${size}`);
      }
    });
  }

  it('TLS 1.2: a flight of the server with messages that share records, and are spread over them', async () => {
    for (const size of [3, 100, 16_384]) {
      const [client, server] = await pair(VERSIONS['TLS 1.2']);
      const flight = inRecordsOf(size, await server.take(await client.start()));
      const toServer = await client.take(flight);
      await client.take(await server.take(toServer));
      assert.deepEqual([client.done, server.done], [true, true], `records of ${size}`);
    }
  });

  it('an empty token changes nothing, wherever it comes', async () => {
    const nothing = new Uint8Array(0);
    for (const protocols of Object.values(VERSIONS)) {
      const [client, server] = await pair(protocols);
      await converse(client, server, function* (bytes) {
        yield nothing;
        yield bytes.subarray(0, 1);
        yield nothing;
        yield bytes.subarray(1);
        yield nothing;
      });
      assert.deepEqual([client.done, server.done], [true, true]);
      assert.equal((await client.decryptMessage(nothing)).status, SEC_E.INCOMPLETE_MESSAGE);
    }
  });
});
