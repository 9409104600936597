import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { SecretBytes } from '#dist/engine/secret-bytes.js';

describe('SecretBytes', () => {
  const password = 'hunter2-hunter2!';
  const traces = [
    password,
    'hunter2',
    Buffer.from(password).toString('hex'),
    Buffer.from(password).toString('base64'),
    '104, 117',
    '68 75',
  ];

  const roads: Readonly<Record<string, (secret: SecretBytes) => string>> = {
    String,
    template: secret => `${secret}`,
    'JSON.stringify': secret => JSON.stringify({ secret }),
    inspect: secret => inspect(secret),
    'inspect with everything shown': secret =>
      inspect({ secret }, { showHidden: true, depth: Number.POSITIVE_INFINITY, customInspect: false }),
    'inspect of what holds it': secret => inspect([{ deep: { secret } }], { depth: 10 }),
    'format %s': secret => format('%s', secret),
    'format %o': secret => format('%o', secret),
    'format %O': secret => format('%O', secret),
    'format %j': secret => format('%j', secret),
    'an error': secret => inspect(new Error('failed', { cause: secret })),
    'own properties': secret => JSON.stringify([Reflect.ownKeys(secret), Object.entries(secret), { ...secret }]),
  };

  for (const [road, print] of Object.entries(roads)) {
    it(`does not show its content through ${road}`, () => {
      const printed = print(SecretBytes.fromUtf8(password));
      for (const trace of traces) assert.ok(!printed.includes(trace), `${printed} shows ${trace}`);
    });
  }

  it('prints as a word with its length', () => {
    const secret = SecretBytes.fromUtf8(password);
    assert.equal(String(secret), 'SecretBytes(16)');
    assert.equal(inspect(secret), 'SecretBytes(16)');
    assert.equal(inspect({ key: secret }), '{ key: SecretBytes(16) }');
    assert.equal(JSON.stringify({ key: secret }), '{"key":"SecretBytes(16)"}');
    secret.wipe();
    assert.equal(String(secret), 'SecretBytes(16)');
  });

  it('zeroes the bytes it owns', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const secret = SecretBytes.own(bytes);
    assert.equal(secret.wiped, false);
    secret.wipe();
    secret.wipe();
    assert.deepEqual(bytes, new Uint8Array(3));
    assert.equal(secret.wiped, true);
  });

  it('zeroes its copy, not the bytes it copied', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const secret = SecretBytes.copyOf(bytes);
    const inside = secret.use(lent => lent);
    assert.notEqual(inside.buffer, bytes.buffer);
    secret[Symbol.dispose]();
    assert.deepEqual(inside, new Uint8Array(3));
    assert.deepEqual(bytes, Uint8Array.of(1, 2, 3));
  });

  it('gives what the borrower returns, and lets its error through', () => {
    const secret = SecretBytes.copyOf(Uint8Array.of(5, 6));
    assert.equal(
      secret.use(bytes => bytes[1]),
      6,
    );
    assert.throws(
      () =>
        secret.use(() => {
          throw new RangeError('mine');
        }),
      RangeError,
    );
  });

  it('throws after it was wiped, without a word of the content', () => {
    const secret = SecretBytes.fromUtf8(password);
    const other = secret.clone();
    secret.wipe();
    const expected = { message: 'SecretBytes(16) was used after it was wiped' };
    assert.throws(() => secret.use(() => 0), expected);
    assert.throws(() => secret.clone(), expected);
    assert.throws(() => secret.equals(other), expected);
    assert.throws(() => other.equals(secret), expected);
    assert.equal(
      other.use(bytes => Buffer.from(bytes).toString()),
      password,
    );
  });

  it('compares content', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        const same = Buffer.compare(a, b) === 0;
        assert.equal(SecretBytes.copyOf(a).equals(b), same);
        assert.equal(SecretBytes.copyOf(a).equals(SecretBytes.copyOf(b)), same);
        assert.ok(SecretBytes.copyOf(a).equals(a));
      }),
    );
  });

  it('encodes text as UTF-8 or as UTF-16LE', () => {
    const read = (secret: SecretBytes): string => secret.use(bytes => Buffer.from(bytes).toString('hex'));
    assert.equal(read(SecretBytes.fromUtf8('é')), 'c3a9');
    assert.equal(read(SecretBytes.fromUtf16le('é')), 'e900');
    assert.equal(SecretBytes.fromUtf16le('abc').length, 6);
  });
});
