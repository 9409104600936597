import assert from 'node:assert/strict';
import { ClientContext, Credential, ServerContext } from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { SEC_E } from 'secur32/raw';
import { mechTypeList } from '#dist/engine/negotiate/messages/mech-type-list.js';
import { NEG_STATE, type NegTokenResp } from '#dist/engine/negotiate/messages/neg-token-resp.js';
import {
  decodeNegotiationToken,
  encodeNegTokenInit,
  encodeNegTokenResp,
} from '#dist/engine/negotiate/messages/negotiation-token.js';
import { PackageError } from '#dist/engine/package-error.js';
import { negotiate, Side } from './negotiation.js';
import { type ToyOptions, ToyPackage } from './toy-package.js';

const A = '1.2.3.1';
const B = '1.2.3.2';
const SPNEGO = '1.3.6.1.5.5.2';
const NEGOEX = '1.3.6.1.4.1.311.2.2.30';

const toy = (name: 'A' | 'B', options: Partial<ToyOptions> = {}): ToyPackage =>
  new ToyPackage({ name, oids: [name === 'A' ? A : B], tokens: 3, integrity: true, ...options });
const bytes = (text: string): Uint8Array => Buffer.from(text);
const resp = (content: NegTokenResp): Uint8Array => encodeNegTokenResp(content);
const init = (oids: readonly string[], mechToken?: Uint8Array): Uint8Array =>
  encodeNegTokenInit({ mechTypes: mechTypeList(oids), mechToken });

async function failure(promise: Promise<unknown>, status: number): Promise<PackageError> {
  const error = await promise.then(
    () => assert.fail('it went through'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PackageError, String(error));
  assert.equal(error.status.toString(16), status.toString(16), error.message);
  return error;
}

/** Changes what a NegTokenResp says. */
const edit = (change: (content: NegTokenResp) => NegTokenResp) => (token: Uint8Array) => {
  const decoded = decodeNegotiationToken(token);
  return decoded.kind === 'resp' ? resp(change(decoded.resp)) : token;
};
const withoutMic = edit(({ mechListMic: _, ...rest }) => rest);

describe('SPNEGO under attack', () => {
  describe('somebody on the way makes the two agree on the weaker mechanism', () => {
    const onlyB = (token: Uint8Array, turn: number): Uint8Array => (turn === 0 ? init([B]) : token);
    const BOTH = ['A', 'B'] as const;

    for (const tokens of [1, 2, 3, 4]) {
      for (const requiresMic of [false, true]) {
        it(`by cutting the list: noticed (${tokens} tokens${requiresMic ? ', insisting' : ''})`, async () => {
          const make = () => BOTH.map(name => toy(name, { tokens, requiresMic }));
          const [client, server] = [new Side('client', make()), new Side('server', make())];
          await assert.rejects(
            negotiate(client, server, onlyB),
            (error: unknown) =>
              error instanceof PackageError &&
              (error.status === SEC_E.MESSAGE_ALTERED || error.status === SEC_E.INVALID_TOKEN),
          );
          assert.ok(client.close() && server.close());
          assert.ok(!client.done);
        });

        it(`by cutting the list, and cutting the signatures out: noticed (${tokens} tokens${requiresMic ? ', insisting' : ''})`, async () => {
          const make = () => BOTH.map(name => toy(name, { tokens, requiresMic }));
          const [client, server] = [new Side('client', make()), new Side('server', make())];
          const attack = (token: Uint8Array, turn: number): Uint8Array => withoutMic(onlyB(token, turn));
          await assert.rejects(negotiate(client, server, attack), PackageError);
          assert.ok(!client.done);
        });
      }
    }

    it('by pretending that the server likes it best: noticed', async () => {
      const [client, server] = [new Side('client', [toy('A'), toy('B')]), new Side('server', [toy('B')])];
      const attack = edit(content =>
        content.negState === NEG_STATE.REQUEST_MIC ? { ...content, negState: NEG_STATE.ACCEPT_INCOMPLETE } : content,
      );
      // The signatures are exchanged all the same: the client knows what it liked best.
      await negotiate(client, server, token => attack(token));
      const stripped = [new Side('client', [toy('A'), toy('B')]), new Side('server', [toy('B')])] as const;
      await failure(
        negotiate(...stripped, token => withoutMic(attack(token))),
        SEC_E.INVALID_TOKEN,
      );
    });
  });

  describe('a signature is cut out', () => {
    for (const [whose, turn] of [
      ['the client’s', 2],
      ['the server’s', 3],
    ] as const) {
      it(`${whose}: the other side refuses`, async () => {
        const client = new Side('client', [toy('A', { requiresMic: true })]);
        const server = new Side('server', [toy('A', { requiresMic: true })]);
        const attack = (token: Uint8Array, at: number): Uint8Array => (at === turn ? withoutMic(token) : token);
        const error = await failure(negotiate(client, server, attack), SEC_E.INVALID_TOKEN);
        assert.match(error.message, /did not sign/);
        assert.ok(client.close() && server.close());
      });

      it(`${whose}: the other side can do without where RFC 4178 does, and says no more than that`, async () => {
        const options = { mechListMic: 'rfc4178' } as const;
        const client = new Side('client', [toy('A', { requiresMic: true })], { options });
        const server = new Side('server', [toy('A', { requiresMic: true })], { options });
        await negotiate(client, server, (token, at) => (at === turn ? withoutMic(token) : token));
        assert.ok(client.done && server.done);
        assert.ok(client.close() && server.close());
        const chooser = new Side('client', [toy('A'), toy('B', { requiresMic: true })], { options });
        const other = new Side('server', [toy('B', { requiresMic: true })], { options });
        const cut = (token: Uint8Array, at: number): Uint8Array => (at >= 1 ? withoutMic(token) : token);
        await failure(negotiate(chooser, other, cut), SEC_E.INVALID_TOKEN);
        assert.ok(chooser.close() && other.close());
      });

      it(`${whose} is changed: the other side refuses`, async () => {
        const client = new Side('client', [toy('A', { requiresMic: true })]);
        const server = new Side('server', [toy('A', { requiresMic: true })]);
        const flip = edit(content => {
          content.mechListMic![0]! ^= 1;
          return content;
        });
        const attack = (token: Uint8Array, at: number): Uint8Array =>
          at === turn ? flip(Uint8Array.from(token)) : token;
        await failure(negotiate(client, server, attack), SEC_E.MESSAGE_ALTERED);
      });
    }

    it('of NTLM: either side refuses', async () => {
      const accounts = memoryAccounts([{ user: 'alice', password: 'secret' }]);
      for (const cutBy of ['nobody', 'client', 'server'] as const) {
        const sspi = createEngine({ accounts, negotiate: { packages: ['NTLM'] } });
        const identity = { kind: 'password', user: 'alice', password: 'secret' } as const;
        await using outbound = await Credential.acquire({ package: 'Negotiate', use: 'outbound', identity, sspi });
        await using inbound = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });
        await using client = new ClientContext(outbound, { targetName: 'HTTP/localhost' });
        await using server = new ServerContext(inbound);
        const challenge = (await server.step((await client.step()).token)).token!;
        const answer = (await client.step(challenge)).token!;
        const unsigned = { code: 'SEC_E_INVALID_TOKEN' };
        if (cutBy === 'client') {
          await assert.rejects(server.step(withoutMic(answer)), unsigned);
          continue;
        }
        const last = (await server.step(answer)).token!;
        if (cutBy === 'server') await assert.rejects(client.step(withoutMic(last)), unsigned);
        else assert.ok((await client.step(last)).done);
      }
    });

    it('a copy of the token in its place, as Windows 2000 sends it, is no signature', async () => {
      const client = new Side('client', [toy('A', { requiresMic: true })]);
      const server = new Side('server', [toy('A', { requiresMic: true })]);
      const copy = edit(content => ({ ...content, mechListMic: content.responseToken }));
      const attack = (token: Uint8Array, at: number): Uint8Array => (at === 2 ? copy(token) : token);
      await failure(negotiate(client, server, attack), SEC_E.INVALID_TOKEN);
    });

    it('a copy of the token in its place does no harm where no signature is needed', async () => {
      const client = new Side('client', [toy('A')]);
      const server = new Side('server', [toy('A')]);
      const copy = edit(content => ({ ...content, mechListMic: content.responseToken }));
      await negotiate(client, server, token => copy(token));
      assert.ok(client.done && server.done);
    });
  });

  describe('a server is sent', () => {
    const server = () => new Side('server', [toy('A'), toy('B')]);

    it('a list with nothing it knows: it says so, and a reject goes out', async () => {
      const error = await failure(server().step(init(['1.2.3.9', NEGOEX], bytes('x'))), SEC_E.LOGON_DENIED);
      assert.match(error.message, /1\.2\.3\.9, NEGOEX/);
      assert.deepEqual(Buffer.from(error.details.token!).toString('hex'), 'a1073005a0030a0102');
    });

    it('SPNEGO inside SPNEGO', async () => {
      await failure(server().step(init([SPNEGO], init([A], bytes('A:1')))), SEC_E.LOGON_DENIED);
    });

    it('NEGOEX first: passed over unread, whatever its token is', async () => {
      const side = server();
      const answer = decodeNegotiationToken(await side.step(init([NEGOEX, A], Buffer.alloc(50_000, 0xff))));
      assert.deepEqual(answer.kind === 'resp' && [answer.resp.negState, answer.resp.supportedMech], [3, A]);
      assert.deepEqual(
        side.packages.map(({ legs }) => legs.length),
        [0, 0],
      );
    });

    it('the token of one mechanism for another: it never gets there', async () => {
      const side = server();
      await side.step(init(['1.2.3.9', A], bytes('A:1')));
      assert.equal(side.packages[0]!.legs.length, 0);
      const crossed = server();
      const error = await failure(crossed.step(init([B, A], bytes('A:1'))), SEC_E.LOGON_DENIED);
      assert.match(error.message, /B got A:1/);
      assert.ok(crossed.close());
    });

    it('a token that the mechanism refuses: the mechanism’s answer goes out in a reject', async () => {
      const error = await failure(server().step(init([A], bytes('wrong'))), SEC_E.LOGON_DENIED);
      const sent = decodeNegotiationToken(error.details.token!);
      assert.deepEqual(sent.kind === 'resp' && [sent.resp.negState, Buffer.from(sent.resp.responseToken!).toString()], [
        NEG_STATE.REJECT,
        'sorry',
      ]);
    });

    const SECOND: readonly [what: string, token: Uint8Array, status: number][] = [
      ['nothing', new Uint8Array(0), SEC_E.INVALID_TOKEN],
      ['a new beginning', init([A], bytes('A:1')), SEC_E.INVALID_TOKEN],
      ['an answer without a token', resp({ negState: 1 }), SEC_E.INVALID_TOKEN],
      ['a reject', resp({ negState: 2 }), SEC_E.LOGON_DENIED],
      ['a signature without a token', resp({ mechListMic: bytes('signature') }), SEC_E.INVALID_TOKEN],
      ['another mechanism’s token', resp({ responseToken: bytes('B:3') }), SEC_E.LOGON_DENIED],
      [
        'a signature that is none',
        resp({ responseToken: bytes('A:3'), mechListMic: bytes('none') }),
        SEC_E.MESSAGE_ALTERED,
      ],
    ];
    for (const [what, token, status] of SECOND) {
      it(`${what} in its second turn: status and all is closed`, async () => {
        const side = server();
        await side.step(init([A], bytes('A:1')));
        await failure(side.step(token), status);
        assert.ok(side.close());
      });
    }

    it('a signature while the mechanism still goes on', async () => {
      const side = new Side('server', [toy('A', { tokens: 5 })]);
      await side.step(init([A], bytes('A:1')));
      const early = resp({ responseToken: bytes('A:3'), mechListMic: bytes('early') });
      await failure(side.step(early), SEC_E.INVALID_TOKEN);
    });

    it('a token after the mechanism’s last', async () => {
      const side = new Side('server', [toy('A'), toy('B', { tokens: 2 })]);
      await side.step(init([B], bytes('B:1')));
      await failure(side.step(resp({ responseToken: bytes('B:3') })), SEC_E.INVALID_TOKEN);
    });

    it('supportedMech by a client: nothing changes ([MS-SPNG] 3.3.5)', async () => {
      const side = server();
      await side.step(init([A], bytes('A:1')));
      await side.step(resp({ supportedMech: B, responseToken: bytes('A:3') }));
      assert.ok(side.done);
    });
  });

  describe('a client is sent', () => {
    const client = () => new Side('client', [toy('A'), toy('B')]);

    const FIRST: readonly [what: string, token: Uint8Array, status: number][] = [
      ['nothing', new Uint8Array(0), SEC_E.INVALID_TOKEN],
      ['a beginning', init([A], bytes('A:2')), SEC_E.INVALID_TOKEN],
      ['a reject', resp({ negState: 2 }), SEC_E.LOGON_DENIED],
      ['a mechanism that it did not offer', resp({ negState: 1, supportedMech: '1.2.3.9' }), SEC_E.INVALID_TOKEN],
      ['SPNEGO as the mechanism', resp({ negState: 1, supportedMech: SPNEGO }), SEC_E.INVALID_TOKEN],
      [
        'another mechanism, and a token',
        resp({ negState: 3, supportedMech: B, responseToken: bytes('B:2') }),
        SEC_E.INVALID_TOKEN,
      ],
      ['success at once', resp({ negState: 0, supportedMech: A }), SEC_E.INVALID_TOKEN],
      ['success with another mechanism', resp({ negState: 0, supportedMech: B }), SEC_E.INVALID_TOKEN],
      ['no token', resp({ negState: 1, supportedMech: A }), SEC_E.INVALID_TOKEN],
      [
        'a signature at once',
        resp({ negState: 1, responseToken: bytes('A:2'), mechListMic: bytes('x') }),
        SEC_E.INVALID_TOKEN,
      ],
      ['a token that the mechanism refuses', resp({ negState: 1, responseToken: bytes('B:2') }), SEC_E.LOGON_DENIED],
      ['the bare token of the mechanism', bytes('A:2'), SEC_E.INVALID_TOKEN],
    ];
    for (const [what, token, status] of FIRST) {
      it(`${what}: status and all is closed`, async () => {
        const side = client();
        await side.step();
        await failure(side.step(token), status);
        assert.ok(side.close());
      });
    }

    it('a reject with a token in it: the mechanism says what the matter is', async () => {
      const side = client();
      await side.step();
      const error = await failure(side.step(resp({ negState: 2, responseToken: bytes('no') })), SEC_E.LOGON_DENIED);
      assert.match(error.message, /A got no/);
    });

    const SECOND: readonly [what: string, token: Uint8Array, status: number][] = [
      ['request-mic too late', resp({ negState: 3 }), SEC_E.INVALID_TOKEN],
      ['a token after the mechanism’s last', resp({ negState: 1, responseToken: bytes('A:4') }), SEC_E.INVALID_TOKEN],
      ['a wish for more', resp({ negState: 1 }), SEC_E.INVALID_TOKEN],
      ['a signature that is none', resp({ negState: 0, mechListMic: bytes('none') }), SEC_E.MESSAGE_ALTERED],
      ['a reject', resp({ negState: 2 }), SEC_E.LOGON_DENIED],
    ];
    for (const [what, token, status] of SECOND) {
      it(`${what} in its second turn: status and all is closed`, async () => {
        const side = client();
        await side.step();
        await side.step(resp({ negState: 1, supportedMech: A, responseToken: bytes('A:2') }));
        await failure(side.step(token), status);
        assert.ok(side.close());
      });
    }

    it('another mechanism’s name in a later turn: nothing changes ([MS-SPNG] 3.3.5)', async () => {
      const side = client();
      await side.step();
      await side.step(resp({ negState: 1, supportedMech: A, responseToken: bytes('A:2') }));
      await side.step(resp({ negState: 0, supportedMech: B }));
      assert.ok(side.done);
    });

    it('neither a state nor a name at first: it is the mechanism that it began', async () => {
      const side = client();
      await side.step();
      await side.step(resp({ responseToken: bytes('A:2') }));
      await side.step(resp({}));
      assert.ok(side.done);
    });
  });
});
