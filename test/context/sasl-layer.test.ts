import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Protection } from 'secur32';
import { SaslPair } from './sasl-pair.js';

const LAYERS = ['integrity', 'confidentiality'] as const;

function lengthOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

function frameLengths(bytes: Uint8Array): number[] {
  const lengths: number[] = [];
  for (let at = 0; at < bytes.length; at += 4 + lengths[lengths.length - 1]!) {
    lengths.push(lengthOf(bytes.subarray(at)));
  }
  return lengths;
}

/** Cuts bytes into pieces of the given sizes, one after the other, over and over. */
function pieces(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    cut.push(bytes.subarray(at, at + size));
    at += size;
  }
  return cut;
}

for (const layer of LAYERS) {
  describe(`The layer of ${layer}`, () => {
    const request = [layer];

    it('carries bytes both ways', async () => {
      await using pair = await SaslPair.established({ request });
      const { client, server } = pair;
      assert.equal(client.layer, layer);
      for (const text of ['first', 'second', '']) {
        assert.equal(Buffer.from(server.unwrap(client.wrap(Buffer.from(text)))).toString(), text);
        assert.equal(Buffer.from(client.unwrap(server.wrap(Buffer.from(text)))).toString(), text);
      }
    });

    it('carries any bytes in any split', async () => {
      await using pair = await SaslPair.established({ request, maxBufferSize: 64 }, { maxBufferSize: 90 });
      const { client, server } = pair;
      fc.assert(
        fc.property(
          fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 5 }),
          fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 10 }),
          (messages, sizes) => {
            const sent = Buffer.concat(messages);
            for (const [from, to] of [[client, server] as const, [server, client] as const]) {
              const wire = Buffer.concat(messages.map(message => from.wrap(message)));
              const received = pieces(wire, sizes).map(piece => to.unwrap(piece));
              assert.deepEqual(Buffer.concat(received), sent);
            }
          },
        ),
      );
    });

    it('cuts what it sends to the peer’s buffer, and takes no more than its own', async () => {
      await using pair = await SaslPair.established({ request, maxBufferSize: 1024 }, { maxBufferSize: 2048 });
      const { client, server } = pair;
      assert.equal(server.receiveSize, 2048);
      assert.equal(client.receiveSize, 1024);
      for (const [from, to] of [[client, server] as const, [server, client] as const]) {
        const bytes = Buffer.alloc(3 * from.sendSize + 1, 'x');
        const wire = from.wrap(bytes);
        const lengths = frameLengths(wire);
        assert.equal(lengths.length, 4);
        assert.ok(
          lengths.every(length => length <= to.receiveSize),
          `${lengths} of ${to.receiveSize}`,
        );
        assert.deepEqual(Buffer.from(to.unwrap(wire)), bytes);
      }
    });

    it('leaves the caller’s bytes as they are', async () => {
      await using pair = await SaslPair.established({ request });
      const plain = Buffer.from('mine');
      const wire = Uint8Array.from(pair.client.wrap(plain));
      assert.equal(plain.toString(), 'mine');
      const copy = Uint8Array.from(wire);
      pair.server.unwrap(wire);
      assert.deepEqual(wire, copy);
    });

    it('says nothing for nothing', async () => {
      await using pair = await SaslPair.established({ request });
      assert.equal(pair.client.wrap(new Uint8Array(0)).length, 0);
      assert.equal(pair.server.unwrap(new Uint8Array(0)).length, 0);
    });

    it('refuses every changed byte behind the length with SEC_E_MESSAGE_ALTERED or a code for its place', async () => {
      const codes = new Set<string>();
      const { length } = await wireOf(request, 'tamper');
      for (let at = 4; at < length; at++) {
        await using pair = await SaslPair.established({ request });
        const wire = Uint8Array.from(pair.client.wrap(Buffer.from('tamper')));
        wire[at]! ^= 0x01;
        assert.throws(
          () => pair.server.unwrap(wire),
          (error: { code: string }) => {
            codes.add(error.code);
            return true;
          },
          `byte ${at}`,
        );
        assert.equal(pair.server.established, false);
      }
      assert.ok(codes.has('SEC_E_MESSAGE_ALTERED'));
      for (const code of codes) {
        assert.ok(['SEC_E_MESSAGE_ALTERED', 'SEC_E_OUT_OF_SEQUENCE', 'SEC_E_INVALID_TOKEN'].includes(code), code);
      }
    });

    it('refuses messages again, out of order, and its own', async () => {
      const cases: ((pair: SaslPair) => Uint8Array)[] = [
        ({ client, server }) => {
          const wire = client.wrap(Buffer.from('once'));
          server.unwrap(wire);
          return wire;
        },
        ({ client }) => {
          client.wrap(Buffer.from('lost'));
          return client.wrap(Buffer.from('second'));
        },
        ({ server }) => server.wrap(Buffer.from('mirror')),
      ];
      for (const forge of cases) {
        await using pair = await SaslPair.established({ request });
        const wire = forge(pair);
        assert.throws(() => pair.server.unwrap(wire), { name: 'SspiError' });
        assert.throws(() => pair.server.unwrap(new Uint8Array(0)), { code: 'SEC_E_INVALID_HANDLE' });
      }
    });

    it('refuses bytes that nobody protected', async () => {
      await using pair = await SaslPair.established({ request });
      assert.throws(() => pair.server.unwrap(Buffer.from('a1 NOOP\r\n')), { code: 'SEC_E_INVALID_TOKEN' });
    });

    it('refuses a frame by its length alone', async () => {
      for (const length of [0, 0xffff + 1, 16 * 1024 * 1024, 0xffffffff]) {
        await using pair = await SaslPair.established({ request });
        const { server } = pair;
        const header = Buffer.alloc(4);
        header.writeUInt32BE(length);
        server.unwrap(header.subarray(0, 3));
        assert.throws(() => server.unwrap(header.subarray(3)), { code: 'SEC_E_INVALID_TOKEN' });
        assert.equal(server.established, false);
        assert.throws(() => server.wrap(Buffer.from('x')), { code: 'SEC_E_INVALID_HANDLE' });
      }
    });

    it('is over when the context is closed', async () => {
      await using pair = await SaslPair.established({ request });
      await pair.client.close();
      assert.throws(() => pair.client.wrap(Buffer.from('x')), { code: 'SEC_E_INVALID_HANDLE' });
      assert.equal(pair.client.layer, layer, 'what was agreed stays known');
    });

    it('takes bytes and nothing else, without harm', async () => {
      await using pair = await SaslPair.established({ request });
      assert.throws(() => pair.client.wrap('text' as never), TypeError);
      assert.throws(() => pair.client.unwrap('text' as never), TypeError);
      assert.equal(pair.client.established, true);
    });
  });
}

describe('No layer', () => {
  it('lets bytes through as they are', async () => {
    await using pair = await SaslPair.established({ request: [] });
    const bytes = Buffer.from('in the clear');
    assert.equal(pair.client.wrap(bytes), bytes);
    assert.equal(pair.server.unwrap(bytes), bytes);
    assert.deepEqual([pair.client.sendSize, pair.client.receiveSize], [0, 0]);
  });
});

describe('The smallest buffer there is', () => {
  it('still carries bytes, one by one', async () => {
    await using pair = await SaslPair.established({ request: ['integrity'] }, { maxBufferSize: 17 });
    assert.equal(pair.client.sendSize, 1);
    assert.equal(Buffer.from(pair.server.unwrap(pair.client.wrap(Buffer.from('abc')))).toString(), 'abc');
  });
});

async function wireOf(request: readonly Protection[], text: string): Promise<Uint8Array> {
  await using pair = await SaslPair.established({ request });
  return pair.client.wrap(Buffer.from(text));
}
