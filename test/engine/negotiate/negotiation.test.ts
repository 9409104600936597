import assert from 'node:assert/strict';
import { ISC_REQ, SEC_E, SECPKG_ATTR, SECPKG_NEGOTIATION } from 'secur32/raw';
import { mechTypeList } from '#dist/engine/negotiate/messages/mech-type-list.js';
import {
  decodeNegotiationToken,
  encodeNegTokenInit,
  encodeNegTokenResp,
} from '#dist/engine/negotiate/messages/negotiation-token.js';
import { PackageError } from '#dist/engine/package-error.js';
import { NO_INTEGRITY, negotiate, Side, type SideOptions, type Transcript } from './negotiation.js';
import { type ToyOptions, ToyPackage } from './toy-package.js';

const A = '1.2.3.1';
const B = '1.2.3.2';
const A_OLD = '1.2.4.1';

type Spec = Partial<ToyOptions> & { readonly name: string };

const toy = (spec: Spec): ToyPackage =>
  new ToyPackage({ oids: [spec.name === 'A' ? A : B], tokens: 3, integrity: true, ...spec });

/** The two sides over packages of their own, made alike. */
function sides(client: readonly Spec[], server: readonly Spec[], options: SideOptions = {}): [Side, Side] {
  return [new Side('client', client.map(toy), options), new Side('server', server.map(toy))];
}

/** One line for each token: what it is, without the bytes of signatures. */
function lines({ decoded }: Transcript): string[] {
  return decoded.map(token => {
    if (token.kind === 'init') {
      const { mechTypes, mechToken, negHints } = token.init;
      const parts = ['init', mechTypes.oids.map(shortName).join('+'), text(mechToken), negHints && 'hints'];
      return parts.filter(Boolean).join(' ');
    }
    const { negState, supportedMech, responseToken, mechListMic } = token.resp;
    const state = negState === undefined ? '-' : STATES[negState];
    return [state, supportedMech && shortName(supportedMech), text(responseToken), mechListMic && 'mic']
      .filter(Boolean)
      .join(' ');
  });
}

const STATES = ['completed', 'incomplete', 'reject', 'request-mic'];
const shortName = (oid: string): string => ({ [A]: 'A', [B]: 'B', [A_OLD]: 'A-old' })[oid] ?? oid;
const text = (token: Uint8Array | undefined): string | undefined => token && Buffer.from(token).toString();

const failsWith = (status: number, message?: RegExp) => (error: unknown) =>
  error instanceof PackageError && error.status === status && (message === undefined || message.test(error.message));

describe('SPNEGO', () => {
  describe('negotiates', () => {
    const CASES: readonly [what: string, client: readonly Spec[], server: readonly Spec[], lines: readonly string[]][] =
      [
        [
          'what both like best, without signatures',
          [{ name: 'A' }],
          [{ name: 'A' }],
          ['init A A:1', 'incomplete A A:2', 'incomplete A:3', 'completed'],
        ],
        [
          'a mechanism of one token',
          [{ name: 'A', tokens: 1 }],
          [{ name: 'A', tokens: 1 }],
          ['init A A:1', 'completed A'],
        ],
        [
          'a mechanism of two tokens',
          [{ name: 'A', tokens: 2 }],
          [{ name: 'A', tokens: 2 }],
          ['init A A:1', 'completed A A:2'],
        ],
        [
          'a mechanism of four tokens',
          [{ name: 'A', tokens: 4 }],
          [{ name: 'A', tokens: 4 }],
          ['init A A:1', 'incomplete A A:2', 'incomplete A:3', 'completed A:4'],
        ],
        [
          'with signatures where the mechanism insists (odd number of tokens)',
          [{ name: 'A', requiresMic: true }],
          [{ name: 'A', requiresMic: true }],
          ['init A A:1', 'incomplete A A:2', 'incomplete A:3 mic', 'completed mic'],
        ],
        [
          'with the server’s signature where the mechanism insists (even number of tokens)',
          [{ name: 'A', tokens: 2, requiresMic: true }],
          [{ name: 'A', tokens: 2, requiresMic: true }],
          ['init A A:1', 'completed A A:2 mic'],
        ],
        [
          'another mechanism than the client’s first (odd)',
          [{ name: 'A' }, { name: 'B' }],
          [{ name: 'B' }],
          ['init A+B A:1', 'request-mic B', 'incomplete B:1', 'incomplete B:2', 'incomplete B:3 mic', 'completed mic'],
        ],
        [
          'another mechanism than the client’s first (even)',
          [{ name: 'A' }, { name: 'B', tokens: 2 }],
          [{ name: 'B', tokens: 2 }],
          ['init A+B A:1', 'request-mic B', 'incomplete B:1', 'incomplete B:2 mic', 'completed mic'],
        ],
        [
          'another mechanism of one token',
          [{ name: 'A' }, { name: 'B', tokens: 1 }],
          [{ name: 'B', tokens: 1 }],
          ['init A+B A:1', 'request-mic B', 'incomplete B:1 mic', 'completed mic'],
        ],
        [
          'the client’s first, which is not the server’s (odd)',
          [{ name: 'B' }],
          [{ name: 'A' }, { name: 'B' }],
          ['init B B:1', 'request-mic B B:2', 'incomplete B:3 mic', 'completed mic'],
        ],
        [
          'the client’s first, which is not the server’s (even)',
          [{ name: 'B', tokens: 2 }],
          [{ name: 'A' }, { name: 'B', tokens: 2 }],
          ['init B B:1', 'request-mic B B:2 mic', 'completed mic'],
        ],
        [
          'the client’s first, which is not the server’s (one token)',
          [{ name: 'B', tokens: 1 }],
          [{ name: 'A' }, { name: 'B', tokens: 1 }],
          ['init B B:1', 'request-mic B mic', 'completed mic'],
        ],
        [
          'the client’s order where the two differ',
          [{ name: 'B' }, { name: 'A' }],
          [{ name: 'A' }, { name: 'B' }],
          ['init B+A B:1', 'request-mic B B:2', 'incomplete B:3 mic', 'completed mic'],
        ],
        [
          'by the name that the client uses, old or new',
          [{ name: 'A', oids: [A_OLD] }],
          [{ name: 'A', oids: [A, A_OLD] }],
          ['init A-old A:1', 'incomplete A-old A:2', 'incomplete A:3', 'completed'],
        ],
        [
          'all names of a mechanism, with a token for the first',
          [{ name: 'A', oids: [A_OLD, A] }, { name: 'B' }],
          [{ name: 'A', oids: [A, A_OLD] }],
          ['init A-old+A+B A:1', 'incomplete A-old A:2', 'incomplete A:3', 'completed'],
        ],
        [
          'the second name of a mechanism with a server that knows only that: it begins again',
          [{ name: 'A', oids: [A_OLD, A] }],
          [{ name: 'A', oids: [A] }],
          [
            'init A-old+A A:1',
            'request-mic A',
            'incomplete A:1',
            'incomplete A:2',
            'incomplete A:3 mic',
            'completed mic',
          ],
        ],
      ];

    for (const [what, client, server, expected] of CASES) {
      it(what, async () => {
        const [left, right] = sides(client, server);
        assert.deepEqual(lines(await negotiate(left, right)), expected);
        assert.ok(left.done && right.done);
        assert.ok(left.close() && right.close(), 'something was not closed');
      });
    }

    it('without signatures where the mechanism has none, if the client does without', async () => {
      const none = { integrity: false };
      const client = [
        { name: 'A', ...none },
        { name: 'B', ...none },
      ];
      const [left, right] = sides(client, [{ name: 'B', ...none }], { contextReq: NO_INTEGRITY });
      const transcript = await negotiate(left, right);
      assert.deepEqual(lines(transcript).slice(1), [
        'request-mic B',
        'incomplete B:1',
        'incomplete B:2',
        'incomplete B:3',
        'completed',
      ]);
    });

    it('refuses another mechanism that has no signatures, unless the client does without', async () => {
      const none = { integrity: false };
      const [left, right] = sides(
        [
          { name: 'A', ...none },
          { name: 'B', ...none },
        ],
        [{ name: 'B', ...none }],
      );
      await assert.rejects(negotiate(left, right), failsWith(SEC_E.DOWNGRADE_DETECTED));
    });
  });

  describe('asks the mechanism', () => {
    it('for mutual authentication and integrity besides what the caller asks for', async () => {
      const [left] = sides([{ name: 'A' }], [], { contextReq: ISC_REQ.CONFIDENTIALITY });
      await left.step();
      const leg = left.packages[0]!.legs[0]!;
      assert.equal(leg.contextReq, ISC_REQ.CONFIDENTIALITY | ISC_REQ.MUTUAL_AUTH | ISC_REQ.INTEGRITY);
      assert.equal(leg.targetName, 'http/server');
    });

    it('and says what of that the caller does not care for', async () => {
      for (const [contextReq, dispensable] of [
        [0, ISC_REQ.INTEGRITY],
        [ISC_REQ.MUTUAL_AUTH, ISC_REQ.INTEGRITY],
        [ISC_REQ.INTEGRITY, 0],
        [ISC_REQ.SEQUENCE_DETECT, 0],
        [NO_INTEGRITY, 0],
      ] as const) {
        const [left] = sides([{ name: 'A' }], [], { contextReq });
        await left.step();
        assert.equal(left.packages[0]!.legs[0]!.dispensable, dispensable);
      }
    });

    it('for no integrity where the caller does without', async () => {
      const [left] = sides([{ name: 'A' }], [], { contextReq: NO_INTEGRITY });
      await left.step();
      assert.equal(left.packages[0]!.legs[0]!.contextReq & ISC_REQ.INTEGRITY, 0);
    });
  });

  describe('a server that speaks first', () => {
    it('offers what it has, with Windows’ hint, and the client begins', async () => {
      const [left, right] = sides([{ name: 'A' }], [{ name: 'A' }, { name: 'B' }]);
      const hints = await right.step(new Uint8Array(0));
      const decoded = decodeNegotiationToken(hints);
      assert.deepEqual(lines({ tokens: [], decoded: [decoded] }), ['init A+B hints']);
      assert.equal(decoded.kind === 'init' && decoded.init.negHints?.hintName, 'not_defined_in_RFC4178@please_ignore');
      let token = await left.step(hints);
      while (!left.done) token = await left.step(await right.step(token));
      assert.ok(right.done);
    });

    it('takes no second empty token', async () => {
      const [, right] = sides([], [{ name: 'A' }]);
      await right.step(new Uint8Array(0));
      await assert.rejects(right.step(new Uint8Array(0)), failsWith(SEC_E.INVALID_TOKEN, /empty/));
    });

    it('cannot make the client leave out what it would have offered', async () => {
      const [left] = sides([{ name: 'A' }, { name: 'B' }], []);
      const weak = encodeNegTokenInit({ mechTypes: mechTypeList([B]) });
      const token = decodeNegotiationToken(await left.step(weak));
      assert.deepEqual(token.kind === 'init' && token.init.mechTypes.oids, [A, B]);
    });

    for (const [what, token] of [
      ['an answer', encodeNegTokenResp({ negState: 0 })],
      ['something else', Buffer.from('hello')],
    ] as const) {
      it(`makes no sense with ${what}`, async () => {
        const [left] = sides([{ name: 'A' }], []);
        await assert.rejects(left.step(token), failsWith(SEC_E.INVALID_TOKEN));
        assert.ok(left.close());
      });
    }
  });

  describe('a token without SPNEGO around it', () => {
    async function bare(server: Side): Promise<void> {
      assert.equal(text(await server.step(Buffer.from('A:1'))), 'A:2');
      assert.equal((await server.step(Buffer.from('A:3'))).length, 0);
    }

    it('is answered in kind, and the context says so', async () => {
      const [, right] = sides([], [{ name: 'A' }]);
      await bare(right);
      assert.ok(right.done);
      const info = right.context!.queryAttribute(SECPKG_ATTR.NEGOTIATION_INFO);
      assert.deepEqual(info, { packageInfo: right.packages[0]!.info, negotiationState: SECPKG_NEGOTIATION.DIRECT });
      assert.ok(right.close());
    });

    it('is taken after hints as well', async () => {
      const [, right] = sides([], [{ name: 'A' }]);
      await right.step(new Uint8Array(0));
      await bare(right);
      assert.ok(right.done);
    });

    it('is refused where the options say so', async () => {
      const right = new Side('server', [toy({ name: 'A' })], { options: { bareTokens: 'refuse' } });
      await assert.rejects(bare(right), failsWith(SEC_E.LOGON_DENIED, /without SPNEGO/));
    });

    it('is refused where its package may not be used', async () => {
      const right = new Side('server', [toy({ name: 'A' }), toy({ name: 'B' })], { options: { packages: ['B'] } });
      await assert.rejects(bare(right), failsWith(SEC_E.LOGON_DENIED, /token of A/));
    });

    it('does not end a negotiation that has begun', async () => {
      const [left, right] = sides([{ name: 'A' }], [{ name: 'A' }]);
      const answer = await right.step(await left.step());
      await assert.rejects(right.step(Buffer.from('A:3')), failsWith(SEC_E.INVALID_TOKEN));
      assert.ok(answer.length > 0);
    });
  });

  describe('afterwards', () => {
    it('is the package that was agreed on', async () => {
      const [left, right] = sides([{ name: 'A' }, { name: 'B' }], [{ name: 'B' }]);
      await negotiate(left, right);
      for (const { context, packages } of [left, right]) {
        const { info } = packages.at(-1)!;
        assert.equal(context!.queryAttribute(SECPKG_ATTR.PACKAGE_INFO), info);
        assert.deepEqual(context!.queryAttribute(SECPKG_ATTR.NEGOTIATION_INFO), {
          packageInfo: info,
          negotiationState: SECPKG_NEGOTIATION.COMPLETE,
        });
        assert.deepEqual(context!.queryAttribute(SECPKG_ATTR.NAMES), { userName: 'toy' });
        assert.deepEqual(context!.queryAttribute(SECPKG_ATTR.NEGO_STATUS), { lastStatus: SEC_E.OK });
        assert.equal(context!.queryAttribute(SECPKG_ATTR.KEY_INFO), undefined);
      }
    });

    it('does not negotiate again', async () => {
      const [left, right] = sides([{ name: 'A' }], [{ name: 'A' }]);
      const { tokens } = await negotiate(left, right);
      await assert.rejects(right.step(tokens[0]), failsWith(SEC_E.OUT_OF_SEQUENCE));
      await assert.rejects(left.step(tokens.at(-1)), failsWith(SEC_E.OUT_OF_SEQUENCE));
      assert.ok(left.close() && right.close());
    });

    it('has no functions that the package does not have', async () => {
      const [left, right] = sides([{ name: 'A' }], [{ name: 'A' }]);
      await negotiate(left, right);
      const message = { buffers: [] };
      assert.throws(() => left.context!.encryptMessage!(message), failsWith(SEC_E.UNSUPPORTED_FUNCTION));
      assert.throws(() => left.context!.decryptMessage!(message), failsWith(SEC_E.UNSUPPORTED_FUNCTION));
      assert.throws(() => right.context!.securityToken!(), failsWith(SEC_E.NO_IMPERSONATION));
    });
  });
});
