import assert from 'node:assert/strict';
import { ASC_REQ, ISC_REQ, SEC_E, SEC_I } from 'secur32/raw';
import { PackageError } from '#dist/engine/package-error.js';
import { Side } from './negotiation.js';
import { ToyPackage } from './toy-package.js';

const toy = (): ToyPackage => new ToyPackage({ name: 'A', oids: ['1.2.3.1'], tokens: 4, integrity: true });
const CLIENT = { contextReq: ISC_REQ.FRAGMENT_TO_FIT };
const SERVER = { contextReq: ASC_REQ.FRAGMENT_TO_FIT };

/** Hands a token over in pieces of `size` bytes; all but the last are answered with nothing but the wish for more. */
async function handOver(side: Side, token: Uint8Array, size: number): Promise<Uint8Array> {
  for (let at = 0; at + size < token.length; at += size) {
    assert.equal((await side.step(token.subarray(at, at + size))).length, 0);
    assert.equal(side.last!.status, SEC_I.CONTINUE_NEEDED);
    assert.deepEqual(side.last!.output, []);
  }
  return side.step(token.subarray(token.length - (token.length % size || size)));
}

async function refused(promise: Promise<unknown>): Promise<void> {
  await assert.rejects(
    promise,
    (error: unknown) => error instanceof PackageError && error.status === SEC_E.INVALID_TOKEN,
  );
}

describe('SPNEGO: tokens in pieces ([MS-SPNG] 3.1.5.4)', () => {
  for (const size of [1, 2, 3, 5, 7, 1000]) {
    it(`of ${size} bytes are put together on both sides`, async () => {
      const client = new Side('client', [toy()], CLIENT);
      const server = new Side('server', [toy()], SERVER);
      let token = await client.step();
      for (let turn = 0; !(client.done && server.done); turn++) {
        assert.ok(turn < 10);
        token = await handOver(turn % 2 === 0 ? server : client, token, size);
      }
      assert.ok(client.close() && server.close());
    });
  }

  it('are none where the caller does not expect them', async () => {
    const client = new Side('client', [toy()]);
    const server = new Side('server', [toy()]);
    await refused(server.step((await client.step()).subarray(0, 10)));
    assert.ok(client.close() && server.close());
  });

  it('need no end that the peer has announced as too far away', async () => {
    for (const header of ['60830100ff', '608400ffffff', '6080', '60ff', '61820100', 'a0820100', 'a18300ffff', '00']) {
      const server = new Side('server', [toy()], SERVER);
      await refused(server.step(Buffer.from(header, 'hex')));
      assert.ok(server.close());
    }
  });

  it('do not reach into the next token', async () => {
    const client = new Side('client', [toy()], CLIENT);
    const server = new Side('server', [toy()], SERVER);
    const token = await client.step();
    await server.step(token.subarray(0, 10));
    await refused(server.step(Buffer.concat([token.subarray(10), Buffer.from('x')])));
    assert.ok(client.close() && server.close());
  });

  it('are copied', async () => {
    const client = new Side('client', [toy()], CLIENT);
    const server = new Side('server', [toy()], SERVER);
    const token = await client.step();
    const room = Uint8Array.from(token.subarray(0, 10));
    await server.step(room);
    room.fill(0);
    assert.ok((await server.step(token.subarray(10))).length > 0);
    assert.ok(client.close() && server.close());
  });
});
