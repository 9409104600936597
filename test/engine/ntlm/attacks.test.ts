import assert from 'node:assert/strict';
import { type Account, type AccountStore, memoryAccounts } from 'secur32/engine';
import { ASC_REQ, SECPKG_ATTR, type SspiError } from 'secur32/raw';
import { parseAuthenticate } from '#dist/engine/ntlm/messages/authenticate.js';
import { AV_ID, AvPairs } from '#dist/engine/ntlm/messages/av-pairs.js';
import { parseChallenge } from '#dist/engine/ntlm/messages/challenge.js';
import { parseClientChallenge } from '#dist/engine/ntlm/messages/client-challenge.js';
import { NTLMSSP } from '#dist/engine/ntlm/messages/flags.js';
import { type Forgery, forgeLogon, u32, withoutPairs, withPairs, withTargetInfo } from './forge.js';
import { ALICE, changeU32, HOST, type LogonOptions, logOn, outputToken, Sides, tokenOf } from './logon.js';

const CHALLENGE_FLAGS = 20;
const AUTHENTICATE_FLAGS = 60;
/** NTLMSSP_NEGOTIATE_LOCAL_CALL, by which Windows logs a process on to another of the same machine without any response. */
const LOCAL_CALL = 0x4000;
const MIC_OFFSET = 72;
const MIC_FLAG = withPairs([AV_ID.FLAGS, u32(2)]);

const altered = { code: 'SEC_E_MESSAGE_ALTERED' };
const denied = { code: 'SEC_E_LOGON_DENIED' };
const invalid = { code: 'SEC_E_INVALID_TOKEN' };

describe('NTLM under attack', () => {
  describe('messages changed on their way', () => {
    for (const [name, options] of Object.entries<LogonOptions>({
      'a flag taken out of NEGOTIATE': { isc: 0, negotiate: changeU32(12, flags => flags & ~NTLMSSP.KEY_56) },
      'the version in NEGOTIATE': { negotiate: changeU32(32, version => version + 1) },
      'a flag put into CHALLENGE': { challenge: changeU32(CHALLENGE_FLAGS, flags => flags | NTLMSSP.OEM) },
      'the key exchange taken out of CHALLENGE': { challenge: changeU32(CHALLENGE_FLAGS, f => f & ~NTLMSSP.KEY_EXCH) },
      '56-bit keys taken out of CHALLENGE': { challenge: changeU32(CHALLENGE_FLAGS, f => f & ~NTLMSSP.KEY_56) },
      'the reserved bytes of CHALLENGE': { challenge: changeU32(32, () => 1) },
      'a flag of AUTHENTICATE': { authenticate: changeU32(AUTHENTICATE_FLAGS, flags => flags & ~NTLMSSP.VERSION) },
      'the workstation in AUTHENTICATE': { authenticate: changeByteAfter('SERVER') },
      'an empty MIC': { authenticate: clearMic },
      'the MIC cut out, with what goes with it': { authenticate: cutMic },
    })) {
      it(name, async () => {
        await assert.rejects(logOn(options), (error: SspiError) => {
          assert.ok(error.code === 'SEC_E_MESSAGE_ALTERED' || error.code === 'SEC_E_INVALID_TOKEN', error.code);
          return true;
        });
      });
    }

    it('the timestamp taken out of CHALLENGE, so that the client sends no MIC', async () => {
      const challenge = (bytes: Uint8Array): Uint8Array => {
        const { targetInfo } = parseChallenge(bytes);
        const shorter = withoutPairs(AV_ID.TIMESTAMP)(targetInfo!);
        const copy = Buffer.from(bytes);
        copy.writeUInt16LE(shorter.length, 40);
        copy.set(shorter, copy.readUInt32LE(44));
        return copy;
      };
      await assert.rejects(logOn({ challenge }), altered);
    });
  });

  describe('a client that knows the password and lies about its MIC', () => {
    it('is let in as one that has none, and as one that has', async () => {
      await forgeLogon({});
      await forgeLogon({ avPairs: MIC_FLAG, mic: true });
    });

    it('needs one where the server asks for it', async () => {
      await assert.rejects(forgeLogon({}, { serverNtlm: { requireMic: true } }), denied);
      await forgeLogon({ avPairs: MIC_FLAG, mic: true }, { serverNtlm: { requireMic: true } });
    });

    for (const [name, forgery, expected] of [
      ['says that there is one, and there is not', { avPairs: MIC_FLAG }, altered],
      [
        'sends one with the wrong flags',
        { avPairs: MIC_FLAG, mic: true, message: changeU32(AUTHENTICATE_FLAGS, f => f ^ 0x80000000) },
        altered,
      ],
      ['leaves no room for it', { avPairs: MIC_FLAG, message: cutMic }, invalid],
      ['sends MsvAvFlags twice', { avPairs: withPairs([AV_ID.FLAGS, u32(0)], [AV_ID.FLAGS, u32(2)]) }, invalid],
      ['sends MsvAvFlags of two bytes', { avPairs: withPairs([AV_ID.FLAGS, new Uint8Array(2)]) }, invalid],
      ['sends MsvAvFlags of eight bytes', { avPairs: withPairs([AV_ID.FLAGS, new Uint8Array(8)]) }, invalid],
    ] as const satisfies readonly (readonly [string, Forgery, object])[]) {
      it(name, () => assert.rejects(forgeLogon(forgery), expected));
    }
  });

  describe('proofs that are none', () => {
    for (const [name, forgery, expected] of [
      ['a wrong password', { password: 'open barley' }, denied],
      ['a wrong password and the right MIC of it', { password: 'open barley', avPairs: MIC_FLAG, mic: true }, denied],
      [
        'an LMv2 response alone',
        { ntResponse: () => new Uint8Array(0), lmResponse: new Uint8Array(24).fill(1) },
        denied,
      ],
      [
        'the client challenge of extended session security',
        { ntResponse: () => new Uint8Array(0), lmResponse: new Uint8Array(24).fill(0xaa, 0, 8) },
        denied,
      ],
      ['no response at all', { ntResponse: () => new Uint8Array(0), lmResponse: new Uint8Array(0) }, denied],
      ['an NTLMv1 response', { ntResponse: () => new Uint8Array(24) }, { code: 'SEC_E_UNSUPPORTED_FUNCTION' }],
      ['the proof without what it is of', { ntResponse: (right: Uint8Array) => right.subarray(0, 16) }, invalid],
      ['another user’s name', { user: 'bob', provenUser: 'alice' }, denied],
      ['a name with more behind it', { user: 'alice\0', provenUser: 'alice' }, denied],
      ['another domain’s name', { domain: 'OTHER' }, denied],
    ] as const satisfies readonly (readonly [string, Forgery, object])[]) {
      it(name, () => assert.rejects(forgeLogon(forgery), expected));
    }

    it('but a domain that the client has not hashed is', async () => {
      await forgeLogon({ domain: 'EXAMPLE', provenDomain: '' });
    });
  });

  describe('guessing', () => {
    it('no challenge comes twice', async () => {
      const sides = new Sides();
      const negotiate = outputToken(await sides.initialize());
      const challenges = new Set<string>();
      for (let i = 0; i < 50; i++) {
        const { serverChallenge } = parseChallenge(outputToken(await sides.accept(negotiate)));
        challenges.add(Buffer.from(serverChallenge).toString('hex'));
      }
      assert.equal(challenges.size, 50);
    });

    it('a challenge is good for one answer, right or wrong', async () => {
      const sides = new Sides();
      const begun = await sides.initialize();
      const offered = await sides.accept(outputToken(begun));
      const answer = outputToken(await sides.initialize(outputToken(offered), begun.context));
      const wrong = Uint8Array.from(answer);
      wrong.fill(0, wrong.length - 100);
      await assert.rejects(sides.accept(wrong, offered.context));
      await assert.rejects(sides.accept(answer, offered.context), { code: 'SEC_E_INVALID_HANDLE' });
    });

    it('a context that stands takes no further messages', async () => {
      const { client, messages, server } = await logOn();
      await assert.rejects(
        server.sspi.acceptSecurityContext({
          context: server.context,
          contextReq: 0,
          input: [tokenOf(messages.authenticate)],
        }),
        { code: 'SEC_E_OUT_OF_SEQUENCE' },
      );
      await assert.rejects(
        client.sspi.initializeSecurityContext({
          context: client.context,
          contextReq: 0,
          input: [tokenOf(messages.challenge)],
        }),
        { code: 'SEC_E_OUT_OF_SEQUENCE' },
      );
    });

    it('neither answer nor questions tell which users there are', async () => {
      const asked: string[] = [];
      const known = memoryAccounts([
        ALICE,
        { user: 'bob', digestHashes: [] },
        { ...ALICE, user: 'eve', disabled: true },
      ]);
      const accounts: AccountStore = {
        find(query) {
          asked.push(Object.keys(query).join());
          return known.find(query) as Account | undefined;
        },
      };
      const refusals = new Set<string>();
      for (const user of ['alice', 'nobody', 'bob', 'eve', 'alice@EXAMPLE', 'nobody@EXAMPLE']) {
        const identity = { kind: 'password', user, password: 'wrong' } as const;
        const error = await logOn({ accounts, identity }).then(
          () => assert.fail('a wrong password'),
          (cause: SspiError) => cause,
        );
        refusals.add(`${error.message}|${error.hint}`);
      }
      assert.equal(refusals.size, 1);
      assert.deepEqual(asked, ['user', 'user', 'user', 'user', 'user', 'user,domain', 'user', 'user,domain']);
    });

    it('an account without a password is not open to one that the engine knows', async () => {
      const accounts = memoryAccounts([{ user: 'bob', digestHashes: [] }]);
      const identity = { kind: 'password', user: 'bob', password: 'nobody' } as const;
      await assert.rejects(logOn({ accounts, identity }), denied);
      await assert.rejects(logOn({ accounts, identity: { ...identity, user: 'nobody' } }), denied);
    });
  });

  describe('downgrades', () => {
    for (const [name, bits, code] of [
      ['signing', NTLMSSP.SIGN, 'SEC_E_QOP_NOT_SUPPORTED'],
      ['sealing', NTLMSSP.SEAL, 'SEC_E_QOP_NOT_SUPPORTED'],
      ['extended session security', NTLMSSP.EXTENDED_SESSIONSECURITY, 'SEC_E_UNSUPPORTED_FUNCTION'],
      ['128-bit keys', NTLMSSP.KEY_128, 'SEC_E_UNSUPPORTED_FUNCTION'],
    ] as const) {
      it(`a client does without ${name} for nobody`, async () => {
        await assert.rejects(logOn({ challenge: changeU32(CHALLENGE_FLAGS, flags => flags & ~bits) }), { code });
      });
    }

    it('a client that asks for protection wants to know the server’s name', async () => {
      for (const id of [AV_ID.NB_COMPUTER_NAME, AV_ID.NB_DOMAIN_NAME]) {
        await assert.rejects(logOn({ challenge: withTargetInfo(withoutPairs(id)) }), denied);
      }
    });

    for (const [name, bits] of [
      ['extended session security', NTLMSSP.EXTENDED_SESSIONSECURITY],
      ['128-bit keys', NTLMSSP.KEY_128],
    ] as const) {
      it(`a server does without ${name} for nobody`, async () => {
        const forgery = { flags: (flags: number) => flags & ~bits };
        await assert.rejects(forgeLogon(forgery), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
      });
    }

    it('a server does not need them for a client that neither signs nor seals', async () => {
      const weak = NTLMSSP.SIGN | NTLMSSP.SEAL | NTLMSSP.EXTENDED_SESSIONSECURITY | NTLMSSP.KEY_128;
      await forgeLogon({ flags: flags => flags & ~weak });
    });

    it('a client cannot take what it was not offered', async () => {
      const server = await forgeLogon({ flags: flags => flags | NTLMSSP.SIGN | NTLMSSP.SEAL }, { isc: 0 });
      assert.throws(() => server.sign('text'), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
    });

    it('a key exchange without a key is none', async () => {
      await assert.rejects(forgeLogon({ sessionKey: () => new Uint8Array(0) }), invalid);
      await assert.rejects(forgeLogon({ sessionKey: right => right.subarray(1) }), invalid);
    });

    it('nor does the character set change', async () => {
      const { KEY_128, OEM, UNICODE } = NTLMSSP;
      await assert.rejects(forgeLogon({ flags: flags => (flags & ~UNICODE) | OEM | KEY_128 }), invalid);
    });
  });

  describe('nobody and guests', () => {
    it('nobody is refused by default', async () => {
      await assert.rejects(logOn({ identity: { kind: 'anonymous' } }), denied);
    });

    it('nobody gets no keys', async () => {
      const nobody = { identity: { kind: 'anonymous' }, asc: ASC_REQ.ALLOW_NULL_SESSION } as const;
      const { client, server } = await logOn(nobody);
      for (const side of [client, server]) {
        assert.throws(() => side.sign('text'), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
        assert.equal((await side.attribute(SECPKG_ATTR.SIZES)).maxSignature, 0);
      }
    });

    for (const [name, forgery] of [
      ['a name without a response', { ntResponse: () => new Uint8Array(0), lmResponse: new Uint8Array(1) }],
      ['a response without a name', { user: '' }],
      [
        'an LM response without a name',
        { user: '', ntResponse: () => new Uint8Array(0), lmResponse: new Uint8Array(24) },
      ],
    ] as const satisfies readonly (readonly [string, Forgery])[]) {
      it(`nobody is not ${name}`, async () => {
        await assert.rejects(forgeLogon(forgery, { asc: ASC_REQ.ALLOW_NULL_SESSION }), denied);
      });
    }

    it('nobody is a local call either: its flag counts for nothing', async () => {
      const local = { flags: (flags: number) => flags | LOCAL_CALL } as const;
      await forgeLogon(local);
      await assert.rejects(forgeLogon({ ...local, password: 'wrong' }), denied);
      const empty = {
        ...local,
        user: '',
        domain: '',
        ntResponse: () => new Uint8Array(0),
        lmResponse: new Uint8Array(0),
      };
      await assert.rejects(forgeLogon(empty), denied);
      const challenge = changeU32(CHALLENGE_FLAGS, flags => flags | LOCAL_CALL);
      await assert.rejects(logOn({ challenge }), altered);
    });

    it('a guest is nobody that there is', async () => {
      const accounts = memoryAccounts([{ user: 'Guest', password: '' }]);
      await assert.rejects(forgeLogon({}, { accounts }), denied);
    });
  });

  describe('time', () => {
    const hours = (count: number) => BigInt(count) * 36_000_000_000n;

    it('a clock that is off by a day and a half at most is let pass', async () => {
      await forgeLogon({ timestamp: own => own + hours(36) });
      await forgeLogon({ timestamp: own => own - hours(35) });
    });

    for (const [name, timestamp] of [
      ['fast', (own: bigint) => own + hours(37)],
      ['slow', (own: bigint) => own - hours(37)],
      ['at the end of all days', () => 0xffff_ffff_ffff_ffffn],
      ['before the first', () => 0n],
    ] as const) {
      it(`one that is ${name} is not`, () => assert.rejects(forgeLogon({ timestamp }), { code: 'SEC_E_TIME_SKEW' }));
    }

    it('how much is an option', async () => {
      const serverNtlm = { maxClockSkew: 3600 };
      await forgeLogon({ timestamp: own => own + hours(1) }, { serverNtlm });
      await assert.rejects(forgeLogon({ timestamp: own => own + hours(2) }, { serverNtlm }), {
        code: 'SEC_E_TIME_SKEW',
      });
      await forgeLogon({ timestamp: () => 0n }, { serverNtlm: { maxClockSkew: Number.POSITIVE_INFINITY } });
    });

    it('the server’s time goes back to it unchanged, to the last bit', async () => {
      const now = () => 1_760_000_000_123;
      const { messages } = await logOn({
        serverEnvironment: { now, host: HOST },
        clientEnvironment: { now, host: HOST },
      });
      const sent = AvPairs.parse(parseChallenge(messages.challenge).targetInfo!).timestamp!;
      const { avPairs, timestamp } = parseClientChallenge(
        parseAuthenticate(messages.authenticate).ntResponse.subarray(16),
      );
      assert.deepEqual(avPairs.timestamp, sent);
      assert.equal(timestamp, Buffer.from(sent).readBigUInt64LE());
      assert.equal(timestamp, (1_760_000_000_123n + 11_644_473_600_000n) * 10_000n);
    });
  });
});

function clearMic(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.fill(0, MIC_OFFSET, MIC_OFFSET + 16);
  return copy;
}

/** The message as Windows NT would have sent it: version and MIC are gone, and the flags that speak of protection. */
function cutMic(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.concat([bytes.subarray(0, 64), bytes.subarray(88)]);
  for (let field = 12; field < 60; field += 8) copy.writeUInt32LE(copy.readUInt32LE(field + 4) - 24, field + 4);
  const gone = NTLMSSP.SIGN | NTLMSSP.SEAL | NTLMSSP.ALWAYS_SIGN | NTLMSSP.KEY_EXCH | NTLMSSP.VERSION;
  copy.writeUInt32LE((copy.readUInt32LE(AUTHENTICATE_FLAGS) & ~gone) >>> 0, AUTHENTICATE_FLAGS);
  return copy;
}

function changeByteAfter(name: string): (bytes: Uint8Array) => Uint8Array {
  return bytes => {
    const copy = Buffer.from(bytes);
    const at = copy.indexOf(Buffer.from(name, 'utf16le'));
    assert.ok(at > 0);
    copy[at]! ^= 1;
    return copy;
  };
}
