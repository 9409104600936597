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
    assert.equal(nonces.verify(nonces.issue('http example.com'), 'http example.com'), NOW);
  });

  it('knows those of another server with the same key, and not those of a server with another', () => {
    const nonce = new NonceIssuer(environment(), KEY).issue('x');
    assert.equal(new NonceIssuer(environment(), KEY).verify(nonce, 'x'), NOW);
    assert.equal(new NonceIssuer(environment(), new Uint8Array(32).fill(8)).verify(nonce, 'x'), undefined);
    assert.equal(new NonceIssuer(environment()).verify(nonce, 'x'), undefined);
  });

  it('knows a nonce for its purpose only', () => {
    const nonces = new NonceIssuer(environment(), KEY);
    const nonce = nonces.issue('realm a');
    for (const purpose of ['realm b', 'realm ', 'realm a\0', ''])
      assert.equal(nonces.verify(nonce, purpose), undefined);
  });

  it('asks for 16 random bytes for each nonce, and for its key once, when it needs it', () => {
    const sizes: number[] = [];
    const nonces = new NonceIssuer(environment(sizes));
    assert.deepEqual(sizes, []);
    assert.notEqual(nonces.issue('x'), nonces.issue('x'));
    assert.deepEqual(
      sizes.toSorted((a, b) => a - b),
      [16, 16, 32],
    );
  });

  it('keeps no hold of the key that it was given', () => {
    const key = Uint8Array.from(KEY);
    const nonces = new NonceIssuer(environment(), key);
    const nonce = nonces.issue('x');
    key.fill(0);
    assert.equal(nonces.verify(nonce, 'x'), NOW);
    assert.throws(() => new NonceIssuer(environment(), new Uint8Array(31)), RangeError);
  });

  it('refuses a nonce with any one character changed, cut or added', () => {
    const nonces = new NonceIssuer(environment(), KEY);
    const nonce = nonces.issue('x');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_ ';
    for (let at = 0; at < nonce.length; at++) {
      for (const character of alphabet) {
        if (character === nonce[at]) continue;
        const forged = nonce.slice(0, at) + character + nonce.slice(at + 1);
        assert.equal(nonces.verify(forged, 'x'), undefined, forged);
      }
      assert.equal(nonces.verify(nonce.slice(0, at), 'x'), undefined);
    }
    for (const added of [`${nonce}=`, ` ${nonce}`, `${nonce}A`, nonce + nonce]) {
      assert.equal(nonces.verify(added, 'x'), undefined);
    }
  });

  it('refuses any other text', () => {
    const nonces = new NonceIssuer(environment(), KEY);
    fc.assert(fc.property(fc.string({ maxLength: 80 }), text => nonces.verify(text, 'x') === undefined));
    const base64 = fc.uint8Array({ minLength: 39, maxLength: 39 }).map(bytes => Buffer.from(bytes).toString('base64'));
    fc.assert(fc.property(base64, text => nonces.verify(text, 'x') === undefined));
  });
});
