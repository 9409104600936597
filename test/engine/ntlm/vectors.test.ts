import assert from 'node:assert/strict';
import { memoryAccounts } from 'secur32/engine';
import { channelBindings, SECBUFFER } from 'secur32/raw';
import { bindingHash } from '#dist/engine/channel-bindings.js';
import { HmacMd5 } from '#dist/engine/crypto/weak/hmac-md5.js';
import { buildAuthenticate, MIC_OFFSET, parseAuthenticate } from '#dist/engine/ntlm/messages/authenticate.js';
import { AvPairs } from '#dist/engine/ntlm/messages/av-pairs.js';
import { buildChallenge, parseChallenge } from '#dist/engine/ntlm/messages/challenge.js';
import { parseClientChallenge } from '#dist/engine/ntlm/messages/client-challenge.js';
import { NTLMSSP } from '#dist/engine/ntlm/messages/flags.js';
import { buildNegotiate, parseNegotiate } from '#dist/engine/ntlm/messages/negotiate.js';
import { OWN_VERSION } from '#dist/engine/ntlm/messages/version.js';
import { cryptSessionKey, v1KeyExchangeKey } from '#dist/engine/ntlm/responses/key-exchange.js';
import { messageIntegrityCode } from '#dist/engine/ntlm/responses/mic.js';
import { desl, essLmField, essResponse, v1SessionBaseKey } from '#dist/engine/ntlm/responses/ntlm-v1.js';
import { buildV2Response, lmV2Response, proveV2 } from '#dist/engine/ntlm/responses/ntlm-v2.js';
import { lmHash, ntHash, ntlmV2Key } from '#dist/engine/ntlm/responses/password-hash.js';
import { checkLogon } from '#dist/engine/ntlm/server/proof.js';
import { messageGuards } from '#dist/engine/ntlm/session/guards.js';
import { sealingKey, signingKey } from '#dist/engine/ntlm/session/keys.js';
import { hex, unhex, utf16, vectors } from './vectors.js';

const { derived, v1, v1Ess, v2, withMic } = vectors;
const serverChallenge = unhex(vectors.serverChallenge);
const clientChallenge = unhex(vectors.clientChallenge);
const sessionKey = unhex(vectors.randomSessionKey);
const flagsOf = ({ flags }: { readonly flags: string }): number => Number.parseInt(flags, 16);

describe('NTLM by the vectors of [MS-NLMP] 4.2', () => {
  it('hashes the password', () => {
    assert.equal(hex(ntHash(vectors.password)), vectors.ntHash);
    assert.equal(hex(lmHash(vectors.password)!), vectors.lmHash);
  });

  describe('NTLMv1', () => {
    const hash = unhex(vectors.ntHash);

    it('answers a challenge', () => {
      assert.equal(hex(desl(hash, serverChallenge)), v1.ntResponse);
      assert.equal(hex(desl(unhex(vectors.lmHash), serverChallenge)), v1.lmResponse);
      assert.equal(hex(v1SessionBaseKey(hash)), v1.sessionBaseKey);
    });

    for (const { flag, keyExchangeKey, encryptedSessionKey } of v1.keyExchange) {
      it(`exchanges a key${flag && ` with ${flag}`}`, () => {
        const key = v1KeyExchangeKey({
          flags: flagsOf(v1) | (flag === '' ? 0 : NTLMSSP[flag]),
          sessionBaseKey: unhex(v1.sessionBaseKey),
          serverChallenge,
          lmResponse: unhex(v1.lmResponse),
          lmHash: unhex(vectors.lmHash),
        });
        assert.equal(hex(key), keyExchangeKey);
        assert.equal(hex(cryptSessionKey(key, sessionKey)), encryptedSessionKey);
        assert.equal(hex(cryptSessionKey(key, unhex(encryptedSessionKey))), vectors.randomSessionKey);
      });
    }

    it('seals a message, both ways', () => checkSealed(v1, sessionKey));

    it('reads and writes its messages', () => {
      checkMessages(v1);
      const challenge = parseChallenge(unhex(v1.challenge));
      assert.equal(challenge.flags, flagsOf(v1));
      assert.equal(challenge.targetInfo, undefined);
      const message = parseAuthenticate(unhex(v1.authenticate));
      assert.equal(hex(message.ntResponse), v1.ntResponse);
      assert.equal(hex(message.lmResponse), v1.lmResponse);
      assert.equal(hex(message.sessionKey), v1.keyExchange[0]!.encryptedSessionKey);
    });
  });

  describe('NTLMv1 with extended session security', () => {
    const hash = unhex(vectors.ntHash);

    it('answers a challenge', () => {
      assert.equal(hex(essResponse(hash, serverChallenge, clientChallenge)), v1Ess.ntResponse);
      assert.equal(hex(essLmField(clientChallenge)), v1Ess.lmResponse);
    });

    it('makes its keys', () => {
      const key = v1KeyExchangeKey({
        flags: flagsOf(v1Ess),
        sessionBaseKey: v1SessionBaseKey(hash),
        serverChallenge,
        lmResponse: unhex(v1Ess.lmResponse),
      });
      assert.equal(hex(key), v1Ess.keyExchangeKey);
      assert.equal(hex(sealingKey(flagsOf(v1Ess), key, 'clientToServer')), v1Ess.sealKey);
      assert.equal(hex(signingKey(key, 'clientToServer')), v1Ess.signKey);
    });

    it('seals a message, both ways', () => checkSealed(v1Ess, unhex(v1Ess.keyExchangeKey)));
  });

  describe('NTLMv2', () => {
    const keyed = () => new HmacMd5(unhex(v2.ntlmV2Key));

    it('makes its key of user and domain', () => {
      assert.equal(hex(ntlmV2Key(unhex(vectors.ntHash), vectors.user, vectors.domain)), v2.ntlmV2Key);
      assert.equal(hex(ntlmV2Key(unhex(vectors.ntHash), 'uSER', vectors.domain)), v2.ntlmV2Key);
    });

    it('proves a response', () => {
      const response = new Uint8Array([...new Uint8Array(16), ...unhex(v2.temp)]);
      assert.equal(hex(proveV2(keyed(), serverChallenge, response)), v2.sessionBaseKey);
      assert.equal(hex(response), v2.proof + v2.temp);
      assert.equal(hex(lmV2Response(keyed(), serverChallenge, clientChallenge)), v2.lmResponse);
      assert.equal(hex(cryptSessionKey(unhex(v2.sessionBaseKey), sessionKey)), v2.encryptedSessionKey);
    });

    it('knows the response of the server’s side', async () => {
      const accounts = memoryAccounts([{ user: vectors.user, password: vectors.password }]);
      const message = parseAuthenticate(unhex(v2.authenticate));
      const { user, domain, workstation } = vectors;
      const logon = { ...message, user, domain, workstation, serverChallenge, extendedSessionSecurity: true };
      assert.equal(await checkLogon(accounts, logon, result => hex(result.sessionBaseKey)), v2.sessionBaseKey);
    });

    it('makes its keys', () => {
      const flags = flagsOf(v2);
      assert.equal(hex(sealingKey(flags, sessionKey, 'clientToServer')), v2.sealKey);
      assert.equal(hex(signingKey(sessionKey, 'clientToServer')), v2.signKey);
      assert.equal(hex(sealingKey(flags, sessionKey, 'serverToClient')), derived.serverSealKey);
      assert.equal(hex(signingKey(sessionKey, 'serverToClient')), derived.serverSignKey);
    });

    it('seals a message, both ways', () => checkSealed(v2, sessionKey));

    it('seals a second message with the same stream', () => {
      const { send } = messageGuards('client', flagsOf(v2), sessionKey);
      seal(send, vectors.plaintext);
      assert.deepEqual(seal(send, vectors.plaintext), [derived.secondSealed, derived.secondSignature]);
    });

    it('signs a message', () => {
      const { send } = messageGuards('client', flagsOf(v2), sessionKey);
      const signature = new Uint8Array(16);
      send.sign(signature, { signed: [unhex(vectors.plaintext)], sealed: [] }, 0);
      assert.equal(hex(signature), derived.signedOnly);
    });

    it('reads and writes its messages', () => {
      checkMessages(v2);
      const message = parseAuthenticate(unhex(v2.authenticate));
      assert.equal(hex(message.ntResponse), v2.proof + v2.temp);
      const { avPairs, timestamp } = parseClientChallenge(message.ntResponse.subarray(16));
      assert.equal(timestamp, 0n);
      assert.deepEqual([avPairs.text(2), avPairs.text(1)], ['Domain', 'Server']);
      assert.equal(avPairs.timestamp, undefined);
    });
  });

  describe('a whole logon with a MIC', () => {
    it('hashes the channel bindings', () => {
      const data = channelBindings({ applicationData: unhex(withMic.applicationData) });
      assert.equal(hex(bindingHash([{ type: SECBUFFER.CHANNEL_BINDINGS, data }])!), withMic.channelBindings);
    });

    it('writes NEGOTIATE', () => {
      const message = parseNegotiate(unhex(withMic.negotiate));
      assert.equal(hex(buildNegotiate({ flags: message.flags, version: OWN_VERSION })), withMic.negotiate);
    });

    it('writes AUTHENTICATE', () => {
      const { flags, targetInfo } = parseChallenge(unhex(withMic.challenge));
      const ntResponse = buildV2Response({
        avPairs: AvPairs.parse(targetInfo!),
        timestamp: 0x01d5000000000000n,
        clientChallenge,
        mic: true,
        targetName: withMic.targetName,
        untrustedTarget: false,
        channelBindings: unhex(withMic.channelBindings),
      });
      const key = proveV2(new HmacMd5(unhex(v2.ntlmV2Key)), serverChallenge, ntResponse);
      assert.equal(hex(ntResponse.subarray(0, 16)), withMic.proof);
      assert.equal(hex(key), withMic.sessionBaseKey);
      const token = buildAuthenticate({
        flags: (flags & ~NTLMSSP.TARGET_TYPE_SERVER) >>> 0,
        lmResponse: new Uint8Array(24),
        ntResponse,
        domain: utf16(vectors.domain),
        user: utf16(vectors.user),
        workstation: utf16(vectors.workstation),
        sessionKey: cryptSessionKey(key, sessionKey),
        version: OWN_VERSION,
      });
      const transcript = { negotiate: unhex(withMic.negotiate), challenge: unhex(withMic.challenge) };
      const mic = messageIntegrityCode(sessionKey, transcript, token);
      assert.equal(hex(mic), withMic.mic);
      token.set(mic, MIC_OFFSET);
      assert.equal(hex(token), withMic.authenticate);
    });

    it('reads AUTHENTICATE', () => {
      const message = parseAuthenticate(unhex(withMic.authenticate));
      assert.equal(hex(message.mic()), withMic.mic);
      const { avPairs } = parseClientChallenge(message.ntResponse.subarray(16));
      assert.equal(avPairs.flags, 2);
      assert.equal(avPairs.text(9), withMic.targetName);
      assert.equal(hex(avPairs.find(10)!), withMic.channelBindings);
    });
  });
});

interface Sealed {
  readonly flags: string;
  readonly sealed: string;
  readonly signature: string;
}

function checkSealed(expected: Sealed, key: Uint8Array): void {
  const flags = flagsOf(expected);
  assert.deepEqual(seal(messageGuards('client', flags, key).send, vectors.plaintext), [
    expected.sealed,
    expected.signature,
  ]);
  const message = unhex(expected.sealed);
  const { receive } = messageGuards('server', flags, key);
  const protection = receive.unseal(unhex(expected.signature), { signed: [message], sealed: [message] }, 0);
  assert.deepEqual([hex(message), protection], [vectors.plaintext, 'sealed']);
}

function seal(guard: ReturnType<typeof messageGuards>['send'], plaintext: string): [string, string] {
  const message = unhex(plaintext);
  const signature = new Uint8Array(16);
  guard.seal(signature, { signed: [message], sealed: [message] }, 0);
  return [hex(message), hex(signature)];
}

interface Messages {
  readonly challenge: string;
  readonly authenticate: string;
}

/** The fields of an AUTHENTICATE stand elsewhere in the messages of 4.2, which have no MIC: what is written reads the same. */
function checkMessages({ challenge, authenticate }: Messages): void {
  const parsed = parseChallenge(unhex(challenge));
  assert.equal(hex(parsed.serverChallenge), vectors.serverChallenge);
  assert.deepEqual(parseChallenge(buildChallenge(parsed)), parsed);
  const message = parseAuthenticate(unhex(authenticate));
  assert.equal(hex(message.user), hex(utf16(vectors.user)));
  assert.equal(hex(message.domain), hex(utf16(vectors.domain)));
  assert.equal(hex(message.workstation), hex(utf16(vectors.workstation)));
  const { mic: _, ...fields } = message;
  const { mic, ...again } = parseAuthenticate(buildAuthenticate(message));
  assert.deepEqual(again, fields);
  assert.equal(hex(mic()), '0'.repeat(32));
}
