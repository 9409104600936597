import assert from 'node:assert/strict';
import { MessageChannel } from 'node:worker_threads';
import { copyBytes, takeBytes } from '#dist/context/slab.js';

describe('Bytes for messages', () => {
  it('are zeroed, of the size asked for, and nobody else’s', () => {
    const pieces = [1, 100, 4096, 4097, 0, 7000, 4096, 4096, 4096, 4096].map(takeBytes);
    for (const [n, piece] of pieces.entries()) {
      assert.ok(piece.every(byte => byte === 0));
      piece.fill(n + 1);
    }
    for (const [n, piece] of pieces.entries()) assert.ok(piece.every(byte => byte === n + 1));
  });

  it('are copied', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const copy = copyBytes(bytes);
    bytes.fill(0);
    assert.deepEqual([...copy], [1, 2, 3]);
    assert.equal(copy.constructor, Uint8Array);
  });

  it('do not take those of others along to another thread', () => {
    const mine = takeBytes(10);
    const others = takeBytes(10).fill(1);
    assert.equal(mine.buffer, others.buffer);
    const { port1, port2 } = new MessageChannel();
    try {
      // Node.js 20 copies the bytes instead, later versions refuse.
      port1.postMessage(mine, [mine.buffer as ArrayBuffer]);
    } catch (error) {
      assert.equal((error as Error).name, 'DataCloneError');
    }
    port1.close();
    port2.close();
    assert.deepEqual([mine.length, others.length, others[0]], [10, 10, 1]);
  });
});
