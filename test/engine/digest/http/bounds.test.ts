import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { createEngine } from 'secur32/engine';
import { HmacSha256 } from '#dist/engine/digest/hmac-sha256.js';
import { Generations } from '#dist/engine/digest/http/generations.js';
import { NonceCounter, NonceCounts } from '#dist/engine/digest/http/nonce-counts.js';
import { sameTarget } from '#dist/engine/digest/http/request-target.js';

describe('HTTP Digest: nonce counts', () => {
  it('are taken once each within the window, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 100 }), counts => {
        const counter = new NonceCounter(0);
        const taken = new Set<number>();
        let highest = 0;
        for (const count of counts) {
          const expected = !taken.has(count) && count > highest - 32;
          assert.equal(counter.take(count), expected);
          if (expected) taken.add(count);
          highest = Math.max(highest, expected ? count : 0);
        }
      }),
    );
  });

  it('go up to 2^32-1', () => {
    const counter = new NonceCounter(0);
    assert.equal(counter.take(0xffff_ffff), true);
    assert.equal(counter.take(0xffff_ffff), false);
    assert.equal(counter.take(0xffff_fffe), true);
    assert.equal(counter.take(1), false);
    assert.equal(counter.isNext(0x1_0000_0000), true);
  });

  it('of nonces that had to be forgotten are never taken again', () => {
    const counts = new NonceCounts(100);
    for (let i = 0; i < 1000; i++) assert.equal(counts.counter(`nonce ${i}`, i)!.take(1), true);
    assert.ok(counts.size <= 100);
    for (let i = 0; i < 1000; i++) {
      const counter = counts.counter(`nonce ${i}`, i);
      assert.equal(counter?.take(1) ?? false, false);
    }
    assert.equal(counts.counter('new', 1000)!.take(1), true);
  });
});

describe('Generations', () => {
  it('keep what is used, forget the rest and stay bounded', () => {
    const forgotten: number[] = [];
    const map = new Generations<number>(10, values => forgotten.push(...values));
    for (let i = 0; i < 100; i++) {
      map.set(`${i}`, i);
      assert.equal(map.get('0'), 0);
      assert.ok(map.size <= 10);
    }
    assert.equal(map.get('99'), 99);
    assert.equal(map.get('1'), undefined);
    assert.ok(forgotten.includes(1) && !forgotten.includes(0));
    map.delete('99');
    assert.equal(map.get('99'), undefined);
  });
});

describe('The request target', () => {
  const SAME = [
    ['/a', '/a'],
    ['http://example.com/a?b', '/a?b'],
    ['/a', 'HTTPS://example.com:8443/a'],
    ['http://example.com', '/'],
    ['http://example.com?x', '/?x'],
    ['*', '*'],
    ['example.com:443', 'example.com:443'],
  ] as const;
  for (const [one, other] of SAME) {
    it(`${one} is ${other}`, () => assert.equal(sameTarget(one, other), true));
  }
  const DIFFERENT = [
    ['/a', '/b'],
    ['/a', '/a?'],
    ['/a', '/A'],
    ['/a', '/%61'],
    ['ftp://example.com/a', '/a'],
    ['javascript://x/a', '/a'],
    ['://x/a', '/a'],
    ['/x?http://example.com/a', '/a'],
    ['http:/a', '/a'],
    ['', '/'],
  ] as const;
  for (const [one, other] of DIFFERENT) {
    it(`${one || 'nothing'} is not ${other}`, () => assert.equal(sameTarget(one, other), false));
  }
});

describe('HMAC-SHA256 of nonces', () => {
  it('is that of OpenSSL for any key, bytes and text', () => {
    const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
    fc.assert(
      fc.property(bytes(100), bytes(300), fc.string({ unit: 'grapheme', maxLength: 400 }), (key, message, text) => {
        const hmac = new HmacSha256(key, message.length, text);
        hmac.macHex();
        hmac.head.set(message);
        const expected = createHmac('sha256', key).update(message).update(text).digest('hex');
        assert.equal(hmac.macHex(), expected);
        assert.equal(hmac.macHex(), expected);
      }),
    );
  });
});

describe('HTTP Digest: options', () => {
  const BAD = [
    { httpAlgorithms: [] },
    { httpAlgorithms: ['SHA-1'] },
    { httpQop: [] },
    { httpQop: ['auth-conf'] },
    { nonceKey: new Uint8Array(31) },
  ];
  for (const digest of BAD) {
    it(`${JSON.stringify(digest).slice(0, 40)} is a RangeError`, () => {
      assert.throws(() => createEngine({ digest: digest as object }), RangeError);
    });
  }
});
