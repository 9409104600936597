import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { HmacMd5, hmacMd5 } from '#dist/engine/crypto/weak/hmac-md5.js';
import { MESSAGE_CAPACITY, message } from '#dist/engine/crypto/weak/md5-block.js';
import { readVectors } from '../../vectors/read-vectors.js';

interface Vector {
  readonly key: string;
  readonly data: string;
  readonly mac: string;
}

const { source, vectors } = readVectors<{ source: string; vectors: Vector[] }>('hmac-md5');

/** Lengths round a block, round where OpenSSL takes over, and round the end of the scratch memory. */
const LENGTHS = [
  ...Array.from({ length: 200 }, (_, i) => i),
  ...[1984, 2048, MESSAGE_CAPACITY - 64, MESSAGE_CAPACITY].flatMap(n => [n - 1, n, n + 1]),
  100_000,
];

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i + 1);

describe('HmacMd5', () => {
  vectors.forEach(({ key, data, mac }, i) => {
    it(`case ${i + 1} of ${source}`, () => {
      const keyed = new HmacMd5(fromHex(key));
      assert.equal(hex(keyed.mac(fromHex(data))), mac);
      assert.equal(hex(keyed.mac(fromHex(data))), mac, 'the second time');
      assert.equal(hex(hmacMd5(fromHex(key), fromHex(data))), mac);
    });
  });

  it('agrees with OpenSSL on any key and any parts', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 150 }),
        fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 5 }),
        (key, parts) => {
          assert.equal(hex(new HmacMd5(key).mac(...parts)), byOpenssl(key, parts));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('agrees with OpenSSL at every length where it does something else', () => {
    const keyed = new HmacMd5(KEY);
    for (const length of LENGTHS) {
      const data = Uint8Array.from({ length }, (_, i) => i * 31 + (i >> 8));
      const expected = byOpenssl(KEY, [data]);
      assert.equal(hex(keyed.mac(data)), expected, `${length} bytes`);
      assert.equal(hex(keyed.mac(data.subarray(0, 4), data.subarray(4))), expected, `${length} bytes in two parts`);
    }
  });

  it('keeps two keys apart', () => {
    const other = Uint8Array.from(KEY, byte => byte ^ 0xff);
    const [first, second] = [new HmacMd5(KEY), new HmacMd5(other)];
    const data = Buffer.from('data');
    assert.equal(hex(first.mac(data)), byOpenssl(KEY, [data]));
    assert.equal(hex(second.mac(data)), byOpenssl(other, [data]));
    assert.equal(hex(first.mac(data)), byOpenssl(KEY, [data]));
  });

  it('writes into a frame, even the one it reads', () => {
    const keyed = new HmacMd5(KEY);
    const frame = new Uint8Array(40).fill(7);
    const data = frame.subarray(0, 20);
    keyed.macInto(frame, 20, data);
    assert.equal(hex(frame.subarray(20, 36)), byOpenssl(KEY, [new Uint8Array(20).fill(7)]));
    assert.deepEqual(frame.subarray(36), new Uint8Array(4).fill(7));
    keyed.macInto(frame, 0, frame);
    assert.equal(frame.subarray(16, 20).join(), '7,7,7,7');
  });

  it('refuses a place that has no room', () => {
    const keyed = new HmacMd5(KEY);
    for (const at of [-1, 5, 20, Number.NaN]) {
      assert.throws(() => keyed.macInto(new Uint8Array(20), at, KEY), RangeError);
    }
  });

  it('copies the key, and leaves it alone', () => {
    for (const length of [16, 64, 65]) {
      const key = Uint8Array.from({ length }, (_, i) => i);
      const before = key.slice();
      const keyed = new HmacMd5(key);
      assert.deepEqual(key, before);
      key.fill(0);
      assert.equal(hex(keyed.mac(KEY)), byOpenssl(before, [KEY]));
    }
  });

  it('throws after it was wiped', () => {
    const keyed = new HmacMd5(KEY);
    keyed[Symbol.dispose]();
    keyed.wipe();
    assert.throws(() => keyed.mac(KEY), /wiped/);
    assert.throws(() => keyed.macInto(new Uint8Array(16), 0, KEY), /wiped/);
  });

  it('leaves nothing of key or message behind', () => {
    const keyed = new HmacMd5(KEY);
    for (const length of [0, 10, 64, 1000, 5000, 100_000]) {
      keyed.mac(new Uint8Array(length).fill(0x61));
      assert.ok(message.every(byte => byte === 0));
    }
  });
});

function byOpenssl(key: Uint8Array, parts: readonly Uint8Array[]): string {
  const hmac = createHmac('md5', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function fromHex(text: string): Uint8Array {
  return Buffer.from(text, 'hex');
}
