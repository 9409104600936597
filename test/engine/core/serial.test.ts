import assert from 'node:assert/strict';
import { Serial } from '#dist/sspi/serial.js';

const tick = () => new Promise<void>(resolve => setImmediate(resolve));

describe('Serial', () => {
  it('runs an idle call at once and stays idle when it was synchronous', () => {
    const serial = new Serial();
    assert.equal(
      serial.run(() => 7),
      7,
    );
    assert.equal(serial.idle, true);
  });

  it('runs calls in their order, one at a time, past one that fails', async () => {
    const serial = new Serial();
    const log: string[] = [];
    const call = (name: string) => async () => {
      log.push(`${name} begins`);
      await tick();
      log.push(`${name} ends`);
      if (name === 'b') throw new Error('b failed');
      return name;
    };
    const results = await Promise.allSettled([
      serial.run(call('a')),
      serial.run(call('b')),
      serial.run(() => log.push('c')),
    ]);
    assert.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c']);
    assert.deepEqual(
      results.map(result => result.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    await tick();
    assert.equal(serial.idle, true);
  });

  it('lets a synchronous throw through and goes on', () => {
    const serial = new Serial();
    assert.throws(() => serial.run(() => assert.fail('no')), /no/);
    assert.equal(
      serial.run(() => 1),
      1,
    );
  });
});
