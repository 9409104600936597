import assert from 'node:assert/strict';
import { Session } from 'node:inspector/promises';
import { setFlagsFromString } from 'node:v8';
import { memoryAccounts, type NtlmOptions } from 'secur32/engine';
import { ISC_REQ, type SspiError } from 'secur32/raw';
import { HmacMd5 } from '#dist/engine/crypto/weak/hmac-md5.js';
import { parseAuthenticate } from '#dist/engine/ntlm/messages/authenticate.js';
import { parseChallenge } from '#dist/engine/ntlm/messages/challenge.js';
import { desl } from '#dist/engine/ntlm/responses/ntlm-v1.js';
import { lmV2Response } from '#dist/engine/ntlm/responses/ntlm-v2.js';
import { lmHash, ntHash, ntlmV2Key } from '#dist/engine/ntlm/responses/password-hash.js';
import { type Forgery, forgeAuthenticate } from './forge.js';
import { ALICE, logOn, outputToken, Sides } from './logon.js';

const CLIENT_CHALLENGE = new Uint8Array(8).fill(0xaa);
const OLD: NtlmOptions = { dangerouslyAcceptNtlmV1: true, dangerouslyAllowWeakKeys: true };

/** What the LM field can hold, by somebody who knows the password, or the challenge alone. */
const LM_FIELDS: Readonly<Record<string, (serverChallenge: Uint8Array) => Uint8Array>> = {
  nothing: () => new Uint8Array(0),
  'one zero': () => new Uint8Array(1),
  zeros: () => new Uint8Array(24),
  'the client’s challenge': () => Buffer.concat([CLIENT_CHALLENGE, new Uint8Array(16)]),
  'the server’s challenge': challenge => Buffer.concat([challenge, new Uint8Array(16)]),
  'the right LMv2 response': challenge =>
    lmV2Response(new HmacMd5(ntlmV2Key(ntHash(ALICE.password), ALICE.user, ALICE.domain)), challenge, CLIENT_CHALLENGE),
  'the right LM response': challenge => desl(lmHash(ALICE.password)!, challenge),
  'the right NTLMv1 response': challenge => desl(ntHash(ALICE.password), challenge),
  'too much': () => new Uint8Array(1000).fill(0xaa),
};

const WRONG_NT: Readonly<Record<string, (right: Uint8Array) => Uint8Array>> = {
  'no NT response': () => new Uint8Array(0),
  'an NT response of zeros': right => new Uint8Array(right.length),
  'a wrong proof': right => right.map((byte, at) => (at === 0 ? byte ^ 1 : byte)),
  'a wrong NTLMv1 response': () => new Uint8Array(24),
};

async function forge(forgery: (serverChallenge: Uint8Array) => Forgery, serverNtlm: NtlmOptions): Promise<void> {
  const sides = new Sides({ serverNtlm, isc: ISC_REQ.NO_INTEGRITY });
  const negotiate = outputToken(await sides.initialize());
  const offered = await sides.accept(negotiate);
  const challenge = outputToken(offered);
  const token = forgeAuthenticate(forgery(parseChallenge(challenge).serverChallenge), negotiate, challenge);
  assert.equal(parseAuthenticate(token).user.length, 2 * ALICE.user.length);
  await sides.accept(token, offered.context);
}

describe('NTLM: the LM response', () => {
  for (const [options, serverNtlm] of Object.entries<NtlmOptions>({ default: {}, 'most lenient': OLD })) {
    for (const [nt, ntResponse] of Object.entries(WRONG_NT)) {
      it(`logs nobody on, whatever it is, with ${nt} and the ${options} options`, async () => {
        for (const [lm, lmResponse] of Object.entries(LM_FIELDS)) {
          const refused = forge(challenge => ({ lmResponse: lmResponse(challenge), ntResponse }), serverNtlm);
          await assert.rejects(refused, (error: SspiError) => {
            const codes = ['SEC_E_LOGON_DENIED', 'SEC_E_INVALID_TOKEN', 'SEC_E_UNSUPPORTED_FUNCTION'];
            assert.ok(codes.includes(error.code), `${lm}: ${error.code}`);
            return true;
          });
        }
      });
    }

    it(`keeps nobody out whose NT response is right, with the ${options} options`, async () => {
      for (const lmResponse of Object.values(LM_FIELDS)) {
        await forge(challenge => ({ lmResponse: lmResponse(challenge) }), serverNtlm);
      }
    });
  }
});

/** How often each function of the engine is called while `run` runs. Optimized code does not count the calls that it has inlined. */
async function callsDuring(run: () => Promise<unknown>): Promise<Map<string, number>> {
  const inspector = new Session();
  inspector.connect();
  setFlagsFromString('--no-opt');
  try {
    await inspector.post('Profiler.enable');
    await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await run();
    const { result } = await inspector.post('Profiler.takePreciseCoverage');
    await inspector.post('Profiler.stopPreciseCoverage');
    const calls = new Map<string, number>();
    for (const { functions, url } of result) {
      if (!/\/dist\/(bytes|engine)\//.test(url)) continue;
      for (const { functionName, ranges } of functions) {
        const [range] = ranges;
        if (range?.count)
          calls.set(`${url.replace(/^.*\/dist\//, '')} ${functionName} ${range.startOffset}`, range.count);
      }
    }
    return calls;
  } finally {
    setFlagsFromString('--opt');
    inspector.disconnect();
  }
}

describe('NTLM: a refusal', () => {
  /** Names of one length: what is hashed of them grows with it. */
  const accounts = memoryAccounts([
    ALICE,
    { user: 'hashy', domain: 'EXAMPLE', ntHash: ntHash('another') },
    { user: 'empty', domain: 'EXAMPLE', digestHashes: [] },
    { user: 'leave', domain: 'EXAMPLE', password: 'open sesame', disabled: true },
  ]);
  const users = ['hashy', 'empty', 'leave', 'nobod'];

  /** The work of the server from the AUTHENTICATE to the refusal. */
  async function workFor(user: string): Promise<Map<string, number>> {
    const sides = new Sides({ accounts });
    const negotiate = outputToken(await sides.initialize());
    const offered = await sides.accept(negotiate);
    const token = forgeAuthenticate({ user, password: 'wrong' }, negotiate, outputToken(offered));
    return callsDuring(() => assert.rejects(sides.accept(token, offered.context), { code: 'SEC_E_LOGON_DENIED' }));
  }

  it('takes the same work for a user that there is not as for a wrong password: call by call', async () => {
    const inEngine = (calls: Map<string, number>) =>
      new Map([...calls].filter(([name]) => !name.startsWith('engine/accounts/')).sort());
    await workFor('alice');
    const known = inEngine(await workFor('alice'));
    for (const file of ['hmac-md5.js', 'md4.js']) assert.ok([...known.keys()].some(name => name.includes(file)));
    for (const user of users) assert.deepEqual(inEngine(await workFor(user)), known, user);
  });

  it('says the same in all of them', async () => {
    const said = new Set<string>();
    for (const user of ['alice', ...users]) {
      const identity = { kind: 'password', user, domain: 'EXAMPLE', password: 'wrong' } as const;
      const error = await logOn({ accounts, identity }).then(
        () => assert.fail('a wrong password'),
        (cause: SspiError) => cause,
      );
      said.add(JSON.stringify([error.code, error.message, error.hint, error.token, String(error.cause)]));
    }
    assert.equal(said.size, 1);
  });
});
