import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { type ContextLeg, findBuffer, SEC_E, SECBUFFER, SspiError, tokenBuffer } from 'secur32/raw';
import { DerReader } from '#dist/bytes/der/der-reader.js';
import { isConstructed } from '#dist/bytes/der/tags.js';
import { MalformedBytesError } from '#dist/bytes/errors.js';
import { decodeHex } from '#dist/bytes/hex.js';
import { decodeNegotiationToken } from '#dist/engine/negotiate/messages/negotiation-token.js';
import { readVectors } from '../vectors/read-vectors.js';

// fast-check prints the seed and the shortest case of a failure: `seed` and `path` in these parameters run it again.
const bounds = { numRuns: 2000, interruptAfterTimeLimit: 10_000 };

const { exchanges } = readVectors<{ exchanges: readonly { readonly tokens: readonly string[] }[] }>('spnego');
const recorded = exchanges.flatMap(({ tokens }) => tokens.map(decodeHex));

/** Elements in DER that may mean anything, or nothing: what a generator of bytes alone hardly ever makes. */
const { element } = fc.letrec<{ element: Uint8Array; content: Uint8Array }>(tie => ({
  content: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.uint8Array({ maxLength: 20 }),
    fc.constantFrom(...['2b0601050502', '2b06010401823702020a', '0a0101', '4e544c4d5353500001000000'].map(decodeHex)),
    fc.array(tie('element'), { maxLength: 4 }).map(parts => Uint8Array.from(parts.flatMap(part => [...part]))),
  ),
  element: fc
    .tuple(
      fc.oneof(fc.constantFrom(0x30, 0x60, 0xa0, 0xa1, 0xa2, 0xa3, 0x04, 0x06, 0x0a), fc.nat(255)),
      tie('content'),
      // Now and then the length is another one, or in another form.
      fc.oneof({ weight: 8, arbitrary: fc.constant('right') }, fc.constantFrom('long', 'indefinite', 'more', 'less')),
    )
    .map(([tag, content, form]) => Uint8Array.from([tag, ...lengthOctets(content.length, form), ...content])),
}));

function lengthOctets(length: number, form: string): number[] {
  switch (form) {
    case 'long':
      return [0x82, length >> 8, length & 0xff];
    case 'indefinite':
      return [0x80];
    case 'more':
      return [Math.min(0x7f, length + 1)];
    case 'less':
      return [Math.max(0, Math.min(0x7f, length - 1))];
    default:
      return length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  }
}

/** A token with some of its bytes replaced, cut out or doubled. */
const mutation = (token: Uint8Array) =>
  fc
    .array(fc.tuple(fc.nat(token.length), fc.nat(4), fc.uint8Array({ maxLength: 4 })), { minLength: 1, maxLength: 3 })
    .map(edits =>
      edits.reduce(
        (bytes, [at, length, put]) => Uint8Array.from([...bytes.slice(0, at), ...put, ...bytes.slice(at + length)]),
        token,
      ),
    );

const anything = fc.oneof(fc.uint8Array({ maxLength: 300 }), element, ...recorded.map(token => mutation(token)));

/** Runs a call with anything: a refusal has a status of its own, and never that of a fault of the engine. */
async function refusedOr<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    assert.ok(error instanceof SspiError, String(error));
    assert.notEqual(error.code, 'SEC_E_INTERNAL_ERROR', String(error.cause));
    return undefined;
  }
}

const tokenOf = (leg: ContextLeg): Uint8Array => findBuffer(leg.output, SECBUFFER.TOKEN)?.data ?? new Uint8Array(0);

async function pair() {
  const sspi = createEngine({
    accounts: memoryAccounts([{ user: 'alice', password: 'secret' }]),
    negotiate: { packages: ['NTLM'] },
  });
  const authData = { kind: 'password', user: 'alice', password: 'secret' } as const;
  const acquire = { package: 'Negotiate' } as const;
  const inbound = (await sspi.acquireCredentialsHandle({ ...acquire, credentialUse: 'inbound' })).credential;
  const outbound = (await sspi.acquireCredentialsHandle({ ...acquire, credentialUse: 'outbound', authData }))
    .credential;
  return {
    sspi,
    accept: (token: Uint8Array, previous?: ContextLeg) =>
      sspi.acceptSecurityContext({
        credential: inbound,
        context: previous?.context,
        input: [tokenBuffer(token)],
        contextReq: 0,
      }),
    initialize: (token?: Uint8Array, previous?: ContextLeg) =>
      sspi.initializeSecurityContext({
        credential: outbound,
        context: previous?.context,
        targetName: 'HTTP/localhost',
        input: token ? [tokenBuffer(token)] : [],
        contextReq: 0x10,
      }),
  };
}

/** negState is under no signature: another one that leads to the same is no harm. */
function differInStateOnly(one: Uint8Array, other: Uint8Array): boolean {
  const [a, b] = [one, other].map(token => {
    try {
      const decoded = decodeNegotiationToken(token);
      return decoded.kind === 'resp' ? JSON.stringify({ ...decoded.resp, negState: undefined }) : token;
    } catch {
      return token;
    }
  });
  return a === b;
}

describe('Fuzzing: DER and SPNEGO', () => {
  it('DerReader walks through anything, or says that it is malformed', () => {
    const walk = (bytes: Uint8Array, depth: number): void => {
      const reader = new DerReader(bytes, depth);
      while (reader.remaining > 0) {
        const { tag, content } = reader.element();
        if (isConstructed(tag)) walk(content, depth + 1);
      }
    };
    fc.assert(
      fc.property(anything, bytes => {
        try {
          walk(bytes, 0);
        } catch (error) {
          assert.ok(error instanceof MalformedBytesError, String(error));
        }
      }),
      bounds,
    );
  });

  it('the decoder of tokens takes anything, or says that it is malformed', () => {
    fc.assert(
      fc.property(anything, bytes => {
        try {
          decodeNegotiationToken(bytes);
        } catch (error) {
          assert.ok(error instanceof MalformedBytesError, String(error));
        }
      }),
      bounds,
    );
  });

  it('AcceptSecurityContext takes anything first, and lets nobody in for it', async () => {
    const { sspi, accept } = await pair();
    await fc.assert(
      fc.asyncProperty(anything, async token => {
        const leg = await refusedOr(accept(token));
        assert.notEqual(leg?.status, SEC_E.OK);
        if (leg) await sspi.deleteSecurityContext(leg.context);
      }),
      bounds,
    );
  });

  it('InitializeSecurityContext takes anything first, as hints', async () => {
    const { sspi, initialize } = await pair();
    await fc.assert(
      fc.asyncProperty(anything, async token => {
        const leg = await refusedOr(initialize(token));
        if (leg) await sspi.deleteSecurityContext(leg.context);
      }),
      { ...bounds, numRuns: 500 },
    );
  });

  it('AcceptSecurityContext takes anything second, and lets nobody in for it', async () => {
    const { sspi, accept, initialize } = await pair();
    await fc.assert(
      fc.asyncProperty(anything, async token => {
        const c1 = await initialize();
        const s1 = await accept(tokenOf(c1));
        const s2 = await refusedOr(accept(token, s1));
        assert.notEqual(s2?.status, SEC_E.OK);
        for (const { context } of [c1, s1]) await sspi.deleteSecurityContext(context);
      }),
      { ...bounds, numRuns: 1000 },
    );
  });

  it('InitializeSecurityContext takes anything second, and is never content with it', async () => {
    const { sspi, accept, initialize } = await pair();
    await fc.assert(
      fc.asyncProperty(anything, async token => {
        const c1 = await initialize();
        const s1 = await accept(tokenOf(c1));
        const c2 = await refusedOr(initialize(token, c1));
        assert.notEqual(c2?.status, SEC_E.OK);
        for (const { context } of [c1, s1]) await sspi.deleteSecurityContext(context);
      }),
      { ...bounds, numRuns: 1000 },
    );
  });

  it('a logon in which one token is changed is refused', async () => {
    const { sspi, accept, initialize } = await pair();
    const change = fc.tuple(fc.nat(3), fc.nat(2000), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(change, async ([turn, at, bits]) => {
        const altered = (token: Uint8Array, of: number): Uint8Array => {
          if (of !== turn) return token;
          const copy = Uint8Array.from(token);
          copy[at % copy.length]! ^= bits;
          fc.pre(!differInStateOnly(token, copy));
          return copy;
        };
        const c1 = await initialize();
        const s1 = await refusedOr(accept(altered(tokenOf(c1), 0)));
        const c2 = s1 && (await refusedOr(initialize(altered(tokenOf(s1), 1), c1)));
        const s2 = c2 && (await refusedOr(accept(altered(tokenOf(c2), 2), s1)));
        const c3 = s2 && (await refusedOr(initialize(altered(tokenOf(s2), 3), c2)));
        // Every byte of NTLM's messages is under the MIC, and every mechanism under mechListMIC.
        assert.notEqual(c3?.status, SEC_E.OK, `turn ${turn}, byte ${at}, bits ${bits}`);
        for (const leg of [c1, s1]) if (leg) await sspi.deleteSecurityContext(leg.context);
      }),
      { ...bounds, numRuns: 600 },
    );
  });
});
