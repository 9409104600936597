import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NonceIssuer } from '#dist/engine/digest/nonce.js';
import { nodeEnvironment } from '#dist/engine/environment.js';

const KEY = new Uint8Array(32).fill(7);
const NOW = Date.UTC(2026, 10, 20, 12, 0, 0, 123);

function environment(sizes: number[] = []) {
  return nodeEnvironment({
    now: () => NOW,
    randomBytes: size => {
      sizes.push(size);
      return new Uint8Array(size).fill(sizes.length);
    },
  });
}

describe('NonceIssuer', () => {
  it('knows its own nonces and when it issued them', () => {
    const nonces = new NonceIssuer(environment(), KEY);
    assert.equal(nonces.for('http example.com').verify(nonces.for('http example.com').issue()), NOW);
  });

  it('knows those of another server with the same key, and not those of a server with another', () => {
    const nonce = new NonceIssuer(environment(), KEY).for('x').issue();
    assert.equal(new NonceIssuer(environment(), KEY).for('x').verify(nonce), NOW);
    assert.equal(new NonceIssuer(environment(), new Uint8Array(32).fill(8)).for('x').verify(nonce), undefined);
    assert.equal(new NonceIssuer(environment()).for('x').verify(nonce), undefined);
  });

  it('knows a nonce for its purpose only', () => {
    const nonces = new NonceIssuer(environment(), KEY);
    const nonce = nonces.for('realm a').issue();
    for (const purpose of ['realm b', 'realm ', 'realm a\0', ''])
      assert.equal(nonces.for(purpose).verify(nonce), undefined);
  });

  it('asks for 16 random bytes for each nonce, and for its key once, when it needs it', () => {
    const sizes: number[] = [];
    const nonces = new NonceIssuer(environment(sizes));
    assert.deepEqual(sizes, []);
    assert.notEqual(nonces.for('x').issue(), nonces.for('x').issue());
    assert.deepEqual(
      sizes.toSorted((a, b) => a - b),
      [16, 16, 32],
    );
  });

  it('keeps no hold of the key that it was given', () => {
    const key = Uint8Array.from(KEY);
    const nonces = new NonceIssuer(environment(), key);
    const nonce = nonces.for('x').issue();
    key.fill(0);
    assert.equal(nonces.for('x').verify(nonce), NOW);
    assert.throws(() => new NonceIssuer(environment(), new Uint8Array(31)), RangeError);
  });

  it('refuses a nonce with any one character changed, cut or added', () => {
    const nonces = new NonceIssuer(environment(), KEY);
    const nonce = nonces.for('x').issue();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ ';
    for (let at = 0; at < nonce.length; at++) {
      for (const character of alphabet) {
        if (character === nonce[at]) continue;
        const forged = nonce.slice(0, at) + character + nonce.slice(at + 1);
        assert.equal(nonces.for('x').verify(forged), undefined, forged);
      }
      assert.equal(nonces.for('x').verify(nonce.slice(0, at)), undefined);
    }
    for (const added of [`${nonce}=`, ` ${nonce}`, `${nonce}A`, nonce + nonce]) {
      assert.equal(nonces.for('x').verify(added), undefined);
    }
  });

  it('refuses any other text', () => {
    const nonces = new NonceIssuer(environment(), KEY);
    fc.assert(fc.property(fc.string({ maxLength: 80 }), text => nonces.for('x').verify(text) === undefined));
    const base64 = fc.uint8Array({ minLength: 39, maxLength: 39 }).map(bytes => Buffer.from(bytes).toString('base64'));
    fc.assert(fc.property(base64, text => nonces.for('x').verify(text) === undefined));
  });
});
