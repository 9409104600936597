import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { memoryAccounts } from 'secur32/engine';
import { SECPKG_ATTR, SspiError } from 'secur32/raw';
import { parseChallenge } from '#dist/engine/digest/sasl/challenge.js';
import { cipherSuite } from '#dist/engine/digest/sasl/layer/ciphers.js';
import { ConfidentialityLayer } from '#dist/engine/digest/sasl/layer/confidentiality.js';
import { IntegrityLayer } from '#dist/engine/digest/sasl/layer/integrity.js';
import { buildResponse, parseResponse } from '#dist/engine/digest/sasl/response.js';
import { parseRspauth } from '#dist/engine/digest/sasl/rspauth.js';
import { SEC_E } from '#dist/sspi/status.js';
import { ASK, answered, logOn, REALM, Side } from '../engine/digest/sasl/side.js';
import { bytes } from '../engine/digest/sasl/vectors.js';

// fast-check prints the seed and the shortest case of a failure: `seed` and `path` in these parameters run it again.
const bounds = { numRuns: 2000, interruptAfterTimeLimit: 10_000 };

interface Seeds {
  readonly challenges: readonly string[];
  readonly responses: readonly string[];
  readonly proofs: readonly string[];
}

// Seen from build/test/fuzz.
const seeds: Seeds = JSON.parse(
  readFileSync(new URL('../../../test/fuzz/seeds/digest-md5.json', import.meta.url), 'utf8'),
);

const NAMES = ['username', 'realm', 'nonce', 'cnonce', 'nc', 'qop', 'digest-uri', 'response', 'maxbuf', 'charset'];
const PIECES = [
  ...NAMES,
  ...['cipher', 'authzid', 'algorithm', 'stale', 'rspauth', 'auth', 'auth-int', 'auth-conf', 'md5-sess', 'utf-8'],
  ...['=', '"', ',', ', ', '\\', '\\"', ' ', '\t', '\r\n', '\0', '/', 'imap/localhost', '00000001', '65536', '16'],
  ...['rc4', '3des', 'des', '\xff', '\xc3\xa4', '\xc3', '0123456789abcdef0123456789abcdef'],
];
const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary-ascii', maxLength: 4 }));
const soup = fc.array(piece, { maxLength: 50 }).map(pieces => pieces.join(''));

/** A message that was right, with some of it cut out, doubled or replaced. */
const changesOf = (text: string) =>
  fc
    .array(fc.tuple(fc.nat(text.length), fc.nat(20), piece), { minLength: 1, maxLength: 3 })
    .map(edits => edits.reduce((left, [at, length, put]) => left.slice(0, at) + put + left.slice(at + length), text));

const messages = (texts: readonly string[]) => fc.oneof(soup, ...texts.map(changesOf));

/** The result of a decoder, or undefined where it refuses in a way that it may. */
function decoded<T>(decode: () => T, allowed: readonly number[] = [SEC_E.INVALID_TOKEN]): T | undefined {
  try {
    return decode();
  } catch (error) {
    assert(allowed.includes((error as { status: number }).status), String(error));
    return undefined;
  }
}

/** The result of a leg, or undefined where it is refused; never a fault of the engine. */
async function refusedOr<T>(leg: Promise<T>): Promise<T | undefined> {
  try {
    return await leg;
  } catch (error) {
    assert.ok(error instanceof SspiError, String(error));
    assert.notEqual(error.code, 'SEC_E_INTERNAL_ERROR', String(error.cause));
    return undefined;
  }
}

describe('Fuzzing: the decoders of DIGEST-MD5', () => {
  it('take the seeds', () => {
    for (const text of seeds.challenges) parseChallenge(bytes(text));
    for (const text of seeds.responses) parseResponse(bytes(text));
    for (const text of seeds.proofs) assert(parseRspauth(bytes(text)));
  });

  it('challenge', () => {
    fc.assert(
      fc.property(messages(seeds.challenges), text => {
        const codes = [SEC_E.INVALID_TOKEN, SEC_E.ALGORITHM_MISMATCH];
        const challenge = decoded(() => parseChallenge(bytes(text)), codes);
        if (!challenge) return;
        assert.notEqual(challenge.nonce, '');
        assert(challenge.maxBuffer >= 17 && challenge.maxBuffer <= 0xff_ffff);
      }),
      bounds,
    );
  });

  it('response, which can be written and read again', () => {
    fc.assert(
      fc.property(messages(seeds.responses), text => {
        const response = decoded(() => parseResponse(bytes(text)));
        if (!response) return;
        const { cipher, qop } = response;
        if (cipher === '' || qop === '' || /[^a-z0-9-]/.test(qop + (cipher ?? ''))) return;
        const again = parseResponse(buildResponse({ ...response, qop: qop as never, cipher: cipher as never }));
        assert.deepEqual({ ...again, rawUsername: '' }, { ...response, rawUsername: '' });
      }),
      bounds,
    );
  });

  it('proof', () => {
    fc.assert(
      fc.property(messages(seeds.proofs), text => {
        const rspauth = decoded(() => parseRspauth(bytes(text)));
        if (rspauth) assert.equal(rspauth.length, 16);
      }),
      bounds,
    );
  });
});

describe('Fuzzing: DIGEST-MD5 through the function table', () => {
  it('the server takes any change of a response, and lets nobody in but alice', async () => {
    const text = await answered('auth-int', await Side.server(ASK['auth-int'].server));
    const edits = fc.array(fc.tuple(fc.nat(text.length), fc.nat(20), piece), { minLength: 1, maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(edits, async changes => {
        const server = await Side.server(ASK['auth-int'].server);
        const good = await answered('auth-int', server);
        const bad = changes.reduce((left, [at, cut, put]) => left.slice(0, at) + put + left.slice(at + cut), good);
        const leg = await refusedOr(server.step(bad));
        if (!leg) return;
        assert.equal(leg.status, 0);
        assert.equal((await server.query(SECPKG_ATTR.NAMES)).userName, `${REALM}\\alice`);
      }),
      { ...bounds, numRuns: 1000 },
    );
  });

  it('the server takes any first and any second message, and lets nobody in for it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.option(messages(seeds.responses)), messages(seeds.responses), async (first, second) => {
        const server = await Side.server();
        const begun = await refusedOr(server.step(first ?? undefined));
        if (begun) assert.equal(await refusedOr(server.step(second)), undefined);
      }),
      { ...bounds, numRuns: 1000 },
    );
  });

  it('the client takes any challenge and any proof, and trusts nobody for it', async () => {
    await fc.assert(
      fc.asyncProperty(messages(seeds.challenges), messages(seeds.proofs), async (challenge, proof) => {
        const client = await Side.client();
        const answer = await refusedOr(client.step(challenge));
        // An empty challenge is none yet: the next message is the challenge then.
        if (answer && answer.token.length > 0) assert.equal(await refusedOr(client.step(proof)), undefined);
      }),
      { ...bounds, numRuns: 1000 },
    );
  });

  it('every name and password is understood', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    const name = text.filter(user => !/[\p{Cc}\\@]/u.test(user));
    await fc.assert(
      fc.asyncProperty(name, text, name, async (user, password, realm) => {
        const server = { accounts: memoryAccounts([{ user, password }]), digest: { realms: [realm] } };
        const identity = { kind: 'password', user, password } as const;
        await logOn(await Side.server(server), await Side.client({ identity }));
        const stranger = await Side.server(server);
        const guess = await answered('auth', stranger, { identity: { ...identity, password: `${password}x` } });
        await assert.rejects(stranger.step(guess), { code: 'SEC_E_LOGON_DENIED' });
      }),
      { ...bounds, numRuns: 300 },
    );
  });
});

describe('Fuzzing: the layers of DIGEST-MD5', () => {
  for (const cipher of [undefined, 'rc4', '3des'] as const) {
    it(`${cipher ?? 'auth-int'} takes any protected buffer, and believes none`, () => {
      const layer = (role: 'client' | 'server') => {
        const parameters = { role, ha1: new Uint8Array(16), ownMaxBuffer: 65536, peerMaxBuffer: 65536 };
        return cipher ? new ConfidentialityLayer(parameters, cipherSuite(cipher)) : new IntegrityLayer(parameters);
      };
      const message = Buffer.from('Hello, SASL');
      const trailer = new Uint8Array(24);
      const length = layer('client').seal(message, trailer);
      const sealed = Buffer.concat([message, trailer.subarray(0, length)]);
      assert.equal(Buffer.from(layer('server').unseal(Uint8Array.from(sealed))).toString(), 'Hello, SASL');

      const edits = fc.array(fc.tuple(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 })), { minLength: 1 });
      const changed = edits
        .map(list => {
          const copy = Uint8Array.from(sealed);
          for (const [at, difference] of list) copy[at]! ^= difference;
          return copy;
        })
        .filter(copy => Buffer.compare(copy, sealed) !== 0);
      const codes: number[] = [SEC_E.INVALID_TOKEN, SEC_E.MESSAGE_ALTERED];
      fc.assert(
        fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), changed), buffer => {
          assert.throws(
            () => layer('server').unseal(buffer),
            (error: { status: number }) => codes.includes(error.status),
          );
        }),
        bounds,
      );
    });
  }
});
