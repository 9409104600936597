import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SEC_E, SECBUFFER, SspiError } from 'secur32/raw';
import { parseAuthenticate } from '#dist/engine/ntlm/messages/authenticate.js';
import { AvPairs } from '#dist/engine/ntlm/messages/av-pairs.js';
import { parseChallenge } from '#dist/engine/ntlm/messages/challenge.js';
import { parseClientChallenge } from '#dist/engine/ntlm/messages/client-challenge.js';
import { parseNegotiate } from '#dist/engine/ntlm/messages/negotiate.js';
import { PackageError } from '#dist/engine/package-error.js';
import { forgeLogon } from '../engine/ntlm/forge.js';
import { bindingsOf, dataOf, logOn, outputToken, Sides, tokenOf } from '../engine/ntlm/logon.js';
import { unhex, vectors } from '../engine/ntlm/vectors.js';

// fast-check prints the seed and the shortest case of a failure: `seed` and `path` in these parameters run it again.
const bounds = { numRuns: 1500, interruptAfterTimeLimit: 10_000 };

const MESSAGES = [
  vectors.withMic.negotiate,
  vectors.withMic.challenge,
  vectors.withMic.authenticate,
  vectors.v1.authenticate,
].map(unhex);

/** Bytes behind the signature of a message, so that the generator gets beyond it. */
const headed = fc
  .tuple(fc.constantFrom(1, 2, 3), fc.uint8Array({ maxLength: 200 }))
  .map(([type, rest]) => Buffer.concat([Buffer.from('NTLMSSP\0'), Buffer.from([type, 0, 0, 0]), rest]));

/** A change: at a place, so many bytes out, these in. */
const edits = fc.array(
  fc.tuple(
    fc.nat(400),
    fc.nat(12),
    fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.constantFrom(
        Buffer.alloc(4),
        Buffer.alloc(4, 0xff),
        Buffer.from('ff7f', 'hex'),
        Buffer.from('00000080', 'hex'),
      ),
    ),
  ),
  { minLength: 1, maxLength: 4 },
);
type Edits = typeof edits extends fc.Arbitrary<infer T> ? T : never;

function apply(message: Uint8Array, changes: Edits): Uint8Array {
  let bytes = Buffer.from(message);
  for (const [at, out, put] of changes) {
    const place = at % (bytes.length + 1);
    bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + Math.min(out, put.length || out))]);
  }
  return bytes;
}

const mutated = fc.tuple(fc.constantFrom(...MESSAGES), edits).map(([message, changes]) => apply(message, changes));
const anything = fc.oneof(headed, mutated, fc.uint8Array({ maxLength: 300 }));

/** A decoder reads bytes, or says that they are none of its kind. */
function readsOrRefuses(parse: (bytes: Uint8Array) => unknown) {
  return (bytes: Uint8Array): void => {
    try {
      parse(bytes);
    } catch (error) {
      assert.ok(error instanceof PackageError, String(error));
      assert.equal(error.status, SEC_E.INVALID_TOKEN);
    }
  };
}

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

describe('Fuzzing: NTLM', () => {
  for (const [name, parse] of Object.entries({
    parseNegotiate,
    parseChallenge,
    parseAuthenticate: (bytes: Uint8Array) => parseAuthenticate(bytes).mic(),
    AvPairs: (bytes: Uint8Array) => AvPairs.parse(bytes),
    'AvPairs of a message': (bytes: Uint8Array) => AvPairs.parse(bytes.subarray(12)),
    parseClientChallenge,
    'parseClientChallenge with a head': (bytes: Uint8Array) =>
      parseClientChallenge(Buffer.concat([Buffer.from([1, 1]), bytes])),
  })) {
    it(name, () => fc.assert(fc.property(anything, readsOrRefuses(parse)), bounds));
  }

  it('AcceptSecurityContext takes any bytes first, and lets nobody in for them', async () => {
    const sides = new Sides();
    await fc.assert(
      fc.asyncProperty(anything, async token => {
        const leg = await refusedOr(() => sides.accept(token));
        assert.notEqual(leg?.status, 0);
        if (leg) await sides.serverSspi.deleteSecurityContext(leg.context);
      }),
      bounds,
    );
  });

  it('AcceptSecurityContext takes any change of an AUTHENTICATE, and lets nobody in for it', async () => {
    const sides = new Sides({ serverInput: [bindingsOf('x')], clientInput: [bindingsOf('x')] });
    await fc.assert(
      fc.asyncProperty(edits, async changes => {
        const begun = await sides.initialize();
        const offered = await sides.accept(outputToken(begun));
        const token = outputToken(await sides.initialize(outputToken(offered), begun.context));
        const changed = apply(token, changes);
        const leg = await refusedOr(() => sides.accept(changed, offered.context));
        if (leg) assert.deepEqual(Buffer.from(changed), Buffer.from(token));
        await sides.serverSspi.deleteSecurityContext(offered.context);
        await sides.clientSspi.deleteSecurityContext(begun.context);
      }),
      { ...bounds, numRuns: 800 },
    );
  });

  it('a client that knows the password gets no further with any AV pairs', async () => {
    await fc.assert(
      fc.asyncProperty(edits, async changes => {
        await refusedOr(() => forgeLogon({ avPairs: list => apply(list, changes) }));
      }),
      { ...bounds, numRuns: 500 },
    );
  });

  it('InitializeSecurityContext takes any change of a CHALLENGE', async () => {
    const sides = new Sides();
    await fc.assert(
      fc.asyncProperty(edits, async changes => {
        const begun = await sides.initialize();
        const offered = await sides.accept(outputToken(begun));
        await refusedOr(() => sides.initialize(apply(outputToken(offered), changes), begun.context));
        await sides.serverSspi.deleteSecurityContext(offered.context);
        await sides.clientSspi.deleteSecurityContext(begun.context);
      }),
      { ...bounds, numRuns: 800 },
    );
  });

  it('DecryptMessage and VerifySignature take no message but the peer’s', async () => {
    const { client, server } = await logOn();
    await fc.assert(
      fc.asyncProperty(edits, fc.string({ maxLength: 40 }), async (changes, text) => {
        const message = client.seal(text);
        const changed = apply(message, changes);
        if (Buffer.compare(changed, message) !== 0) {
          assert.equal(await refusedOr(() => server.open(changed)), undefined);
          const buffers = [tokenOf(changed.slice(0, 16)), { type: SECBUFFER.DATA, data: changed.slice(16) }];
          assert.equal(await refusedOr(() => server.sspi.verifySignatureSync(server.context, { buffers })), undefined);
          assert.equal(
            await refusedOr(() =>
              server.sspi.decryptMessageSync(server.context, { buffers: [...buffers, dataOf('')] }),
            ),
            undefined,
          );
        }
        assert.equal(server.open(message).text, text);
      }),
      bounds,
    );
  });
});
