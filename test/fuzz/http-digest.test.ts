import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { memoryAccounts } from 'secur32/engine';
import { SEC_E, SECPKG_ATTR, SspiError } from 'secur32/raw';
import { readAuthenticationInfo } from '#dist/engine/digest/http/authentication-info.js';
import { parseAuthorization } from '#dist/engine/digest/http/authorization.js';
import { parseChallenge } from '#dist/engine/digest/http/challenge.js';
import { ALICE, Client, requestBuffers, Server, signatureBuffers, textsOf } from '../engine/digest/http/http-pair.js';

// fast-check prints the seed and the shortest case of a failure: `seed` and `path` in these parameters run it again.
const bounds = { numRuns: 1500, interruptAfterTimeLimit: 10_000 };

type Seeds = Record<'challenges' | 'authorizations' | 'authenticationInfos', readonly string[]>;

// Seen from build/test/fuzz.
const seeds: Seeds = JSON.parse(
  readFileSync(new URL('../../../test/fuzz/seeds/http-digest.json', import.meta.url), 'utf8'),
);

/** What stands in digest messages, so that the generator gets beyond their first characters. */
const PIECES = [
  ...['username', 'username*', 'realm', 'nonce', 'uri', 'response', 'algorithm', 'qop', 'nc', 'cnonce', 'opaque'],
  ...['userhash', 'charset', 'stale', 'hashed-dirs', 'service-name', 'channel-binding', 'rspauth', 'nextnonce'],
  ...[
    '=',
    '"',
    ',',
    ', ',
    '\\',
    '\\"',
    ' ',
    '\t',
    '\r\n',
    '\0',
    "UTF-8''",
    '%',
    '%00',
    '+Upgraded+v1',
    'auth',
    'auth-int',
  ],
  ...['MD5', 'SHA-256', 'true', 'TRUE', '00000001', 'ffffffff', '\u00ff', '\u00c3\u00a4', '0123456789abcdef'],
];
const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary-ascii', maxLength: 4 }));
const soup = fc.array(piece, { maxLength: 40 }).map(pieces => pieces.join(''));

/** A message that was right, with some of it cut out, doubled or replaced. */
const mutation = (text: string) =>
  fc
    .array(fc.tuple(fc.nat(text.length), fc.nat(20), piece), { minLength: 1, maxLength: 3 })
    .map(edits => edits.reduce((left, [at, length, put]) => left.slice(0, at) + put + left.slice(at + length), text));

/** Runs a call with anything: a refusal has a status of its own, and never that of a fault of the engine. */
async function refusedOr<T>(call: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    assert.ok(error instanceof SspiError, String(error));
    assert.notEqual(error.code, 'SEC_E_INTERNAL_ERROR', String(error.cause));
    return undefined;
  }
}

describe('Fuzzing: the decoders of HTTP Digest', () => {
  const decoders = [
    ['challenges', parseChallenge],
    ['authorizations', parseAuthorization],
    ['authenticationInfos', readAuthenticationInfo],
  ] as const;
  for (const [name, decode] of decoders) {
    it(`${name}: the seeds are read, and any change of them is read or refused`, () => {
      for (const text of seeds[name]) assert.ok(decode(text));
      const texts = fc.oneof(soup, ...seeds[name].map(mutation));
      fc.assert(
        fc.property(texts, text => {
          try {
            decode(text);
          } catch (error) {
            assert.equal((error as { status?: number }).status, SEC_E.INVALID_TOKEN, String(error));
          }
        }),
        bounds,
      );
    });
  }
});

describe('Fuzzing: HTTP Digest', () => {
  it('AcceptSecurityContext takes any text, and lets nobody in for it', async () => {
    const server = await Server.create();
    await fc.assert(
      fc.asyncProperty(soup, async token => {
        const leg = await refusedOr(() => server.accept({ token }));
        assert.notEqual(leg?.status, 0);
      }),
      bounds,
    );
  });

  it('AcceptSecurityContext and what checks later requests take any change of an Authorization', async () => {
    const server = await Server.create();
    const client = await Client.create();
    const { context, output } = await client.initialize(await server.challenges());
    const logon = await server.accept({ token: textsOf(output)[0]! });
    const token = client.sign(context, { target: '/' });
    await fc.assert(
      fc.asyncProperty(mutation(token), async changed => {
        await refusedOr(() => server.accept({ token: changed }));
        await refusedOr(() => server.sspi.completeAuthToken(logon.context, requestBuffers({ token: changed })));
        await refusedOr(() =>
          server.sspi.verifySignature(logon.context, { buffers: signatureBuffers({ token: changed }) }),
        );
      }),
      bounds,
    );
    // Whatever was thrown at it, the session stands.
    await server.sspi.queryContextAttributes(logon.context, SECPKG_ATTR.NAMES);
  });

  it('InitializeSecurityContext takes any text and any change of a challenge', async () => {
    const [challenge = ''] = await (await Server.create()).challenges();
    const client = await Client.create();
    await fc.assert(
      fc.asyncProperty(fc.oneof(soup, mutation(challenge)), async text => {
        const leg = await refusedOr(() => client.initialize([text]));
        if (leg) await refusedOr(() => client.initialize([text], {}, 0, leg.context));
      }),
      bounds,
    );
  });

  it('every name and password that can be sent is understood', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    const name = text.filter(user => !/[\p{Cc}\\@]/u.test(user) && user === user.normalize('NFC'));
    await fc.assert(
      fc.asyncProperty(name, text, async (user, password) => {
        const server = await Server.create({ accounts: memoryAccounts([{ user, password }]) });
        const client = await Client.create({ user, password });
        const challenges = await server.challenges();
        for (const challenge of challenges) {
          const { status } = await server.accept({ token: await client.answer([challenge]) });
          assert.equal(status, 0);
        }
        const stranger = await Client.create({ ...ALICE, password: `${password}x` });
        await assert.rejects(server.accept({ token: await stranger.answer(challenges) }));
      }),
      { ...bounds, numRuns: 300 },
    );
  });
});
