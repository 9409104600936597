import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { LineChannel } from '#dist/cli/imap/line-channel.js';

describe('lines of a connection', () => {
  it('that came together leave room for others between them', async () => {
    const wire = new PassThrough();
    const channel = new LineChannel(wire as unknown as Socket, 100);
    const lines = 50;
    wire.write('x\r\n'.repeat(lines));
    let turns = 0;
    let counter = setImmediate(function count() {
      turns += 1;
      counter = setImmediate(count);
    });
    try {
      for (let n = 0; n < lines; n += 1) assert.equal(await channel.readLine(), 'x');
    } finally {
      clearImmediate(counter);
    }
    assert.ok(turns >= lines - 1, `${turns} turns of the event loop`);
  });
});
