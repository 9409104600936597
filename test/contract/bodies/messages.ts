import assert from 'node:assert/strict';
import type { Party } from '../../native/windows/handshake.js';
import type { Mechanism } from '../mechanisms.js';
import type { Pair } from '../pairs.js';
import { altered, open, openStream, seal, sign, verify } from '../protection.js';
import { connect, SEALED, SIGNED } from '../sides.js';

const TEXTS: readonly string[] = ['', 'a', 'sesame', 'çà et là', 'long '.repeat(20_000)];
const ALTERED = { code: 'SEC_E_MESSAGE_ALTERED' } as const;
const OUT_OF_SEQUENCE = { code: 'SEC_E_OUT_OF_SEQUENCE' } as const;

/** Messages that are signed and sealed by one side and read by the other. */
export function messageTests(pair: Pair, mechanism: Mechanism): void {
  async function sides(protection: keyof typeof TERMS = 'sealed'): Promise<[Party, Party]> {
    const { client, server } = await connect(pair, mechanism, ...TERMS[protection]);
    return [client, server];
  }

  pair.it('are sealed by the client and opened by the server', async () => {
    const [client, server] = await sides();
    for (const text of TEXTS) assert.equal(await open(server, await seal(client, text)), text);
  });

  pair.it('are sealed by the server and opened by the client', async () => {
    const [client, server] = await sides();
    for (const text of TEXTS) assert.equal(await open(client, await seal(server, text)), text);
  });

  pair.it('are opened from a stream', async () => {
    const [client, server] = await sides();
    for (const text of TEXTS) {
      assert.equal(await openStream(server, await seal(client, text)), text);
      assert.equal(await openStream(client, await seal(server, text)), text);
    }
  });

  pair.it('do not show what they hold', async () => {
    const [client] = await sides();
    const { data } = await seal(client, 'the word is sesame');
    assert.ok(!Buffer.from(data).includes('sesame'));
  });

  pair.it('are signed by the client and verified by the server', async () => {
    const [client, server] = await sides('signed');
    for (const text of TEXTS) await verify(server, await sign(client, text));
  });

  pair.it('are signed by the server and verified by the client', async () => {
    const [client, server] = await sides('signed');
    for (const text of TEXTS) await verify(client, await sign(server, text));
  });

  pair.it('go on for long in both directions, signed and sealed by turns', async () => {
    const [client, server] = await sides();
    for (let i = 0; i < 100; i++) {
      const [from, to] = i % 3 === 0 ? [server, client] : [client, server];
      if (i % 2 === 0) assert.equal(await open(to, await seal(from, `message ${i}`)), `message ${i}`);
      else await verify(to, await sign(from, `message ${i}`));
    }
  });

  pair.it('are refused when a bit of the data was turned', async () => {
    const [client, server] = await sides();
    await assert.rejects(open(server, altered(await seal(client, 'pay 1'), 'data')), ALTERED);
  });

  pair.it('are refused when a bit of the signature was turned', async () => {
    const [client, server] = await sides('signed');
    await assert.rejects(verify(server, altered(await sign(client, 'pay 1'), 'token')), ALTERED);
  });

  pair.it('are refused when one before them is missing', async () => {
    const [client, server] = await sides('signed');
    await sign(client, 'first');
    await assert.rejects(verify(server, await sign(client, 'second')), OUT_OF_SEQUENCE);
  });

  pair.it('are refused when they come again', async () => {
    const [client, server] = await sides('signed');
    const signed = await sign(client, 'pay 1');
    await verify(server, signed);
    await assert.rejects(verify(server, signed), OUT_OF_SEQUENCE);
  });

  pair.it('are refused when they are those of the other side', async () => {
    const [client] = await sides('signed');
    await assert.rejects(verify(client, await sign(client, 'pay 1')), ALTERED);
  });
}

const TERMS = {
  sealed: [{ contextReq: SEALED.client }, { contextReq: SEALED.server }],
  signed: [{ contextReq: SIGNED.client }, { contextReq: SIGNED.server }],
} as const;
Object.freeze(TERMS);
