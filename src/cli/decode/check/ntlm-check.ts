import { constantTimeEqual } from '../../../bytes/equal.js';
import { encodeHex } from '../../../bytes/hex.js';
import { HmacMd5 } from '../../../engine/crypto/weak/hmac-md5.js';
import { parseAuthenticate, type ReceivedAuthenticate } from '../../../engine/ntlm/messages/authenticate.js';
import { AV_FLAGS } from '../../../engine/ntlm/messages/av-pairs.js';
import { parseChallenge } from '../../../engine/ntlm/messages/challenge.js';
import { PROOF_LENGTH, parseClientChallenge } from '../../../engine/ntlm/messages/client-challenge.js';
import { NTLMSSP } from '../../../engine/ntlm/messages/flags.js';
import { characterSet, decodeName } from '../../../engine/ntlm/names/character-set.js';
import { cryptSessionKey, v1KeyExchangeKey } from '../../../engine/ntlm/responses/key-exchange.js';
import { messageIntegrityCode } from '../../../engine/ntlm/responses/mic.js';
import { desl, essResponse, V1_RESPONSE_LENGTH, v1SessionBaseKey } from '../../../engine/ntlm/responses/ntlm-v1.js';
import { ntlmV2Key } from '../../../engine/ntlm/responses/password-hash.js';
import { NtlmSession } from '../../../engine/ntlm/session/session.js';
import type { NtlmExchange } from './ntlm-exchange.js';

/** One thing that was checked, or found out. */
export interface Finding {
  readonly what: string;
  /** good and bad: checked; open: it could not be; known: there was nothing to check. */
  readonly verdict: 'good' | 'bad' | 'open' | 'known';
  readonly text: string;
}

/** What the NT hash of a password makes of a logon. Throws `PackageError` where the engine takes a message for malformed. */
export function checkNtlm(exchange: NtlmExchange, ntHash: Uint8Array): Finding[] {
  const { authenticate, challenge } = exchange;
  if (!authenticate) return [open('NT response', 'there is no AUTHENTICATE among the tokens')];
  if (!challenge) return [open('NT response', 'it answers a CHALLENGE, which is not among the tokens')];
  const logon: Logon = {
    message: parseAuthenticate(authenticate),
    serverChallenge: parseChallenge(challenge).serverChallenge,
    ntHash,
  };
  const key = logon.message.ntResponse.length === V1_RESPONSE_LENGTH ? proveV1(logon) : proveV2(logon);
  if (!key) return [bad('NT response', 'made with another password, for another user, or for another challenge')];
  const response = good('NT response', key.remark);
  const sessionKey = exportedKey(logon.message, key.exchangeKey);
  return [
    response,
    known('key exchange key', encodeHex(key.exchangeKey)),
    known('session key', encodeHex(sessionKey)),
    micFinding(exchange, logon.message, sessionKey),
    ...listFindings(exchange, logon.message.flags, sessionKey),
  ];
}

interface Logon {
  readonly message: ReceivedAuthenticate;
  readonly serverChallenge: Uint8Array;
  readonly ntHash: Uint8Array;
}

interface ProvenKey {
  readonly exchangeKey: Uint8Array;
  readonly remark: string;
}

/** With the domain as it was sent, and without: some clients hash none although they send one ([MS-NLMP] 3.2.5.1.2). */
function proveV2({ message, ntHash, serverChallenge }: Logon): ProvenKey | undefined {
  const { flags, ntResponse } = message;
  if (ntResponse.length <= V1_RESPONSE_LENGTH) return undefined;
  const characters = characterSet(flags);
  const user = decodeName(message.user, characters);
  const sent = decodeName(message.domain, characters);
  for (const domain of new Set([sent, ''])) {
    const hmac = new HmacMd5(ntlmV2Key(ntHash, user, domain));
    const proof = hmac.mac(serverChallenge, ntResponse.subarray(PROOF_LENGTH));
    if (!constantTimeEqual(proof, ntResponse.subarray(0, PROOF_LENGTH))) continue;
    const remark = domain === sent ? 'made with this password' : 'made with this password, and without the domain';
    return { exchangeKey: hmac.mac(proof), remark };
  }
  return undefined;
}

function proveV1({ message, ntHash, serverChallenge }: Logon): ProvenKey | undefined {
  const { flags, lmResponse, ntResponse } = message;
  const extended = flags & NTLMSSP.EXTENDED_SESSIONSECURITY;
  const expected = extended
    ? essResponse(ntHash, serverChallenge, lmResponse.subarray(0, 8))
    : desl(ntHash, serverChallenge);
  if (!constantTimeEqual(expected, ntResponse)) return undefined;
  const sessionBaseKey = v1SessionBaseKey(ntHash);
  const exchangeKey = v1KeyExchangeKey({ flags, sessionBaseKey, serverChallenge, lmResponse });
  return { exchangeKey, remark: 'made with this password' };
}

/** ExportedSessionKey: the one that was exchanged, if one was. */
function exportedKey({ flags, sessionKey }: ReceivedAuthenticate, exchangeKey: Uint8Array): Uint8Array {
  return flags & NTLMSSP.KEY_EXCH && sessionKey.length > 0 ? cryptSessionKey(exchangeKey, sessionKey) : exchangeKey;
}

function micFinding(
  { authenticate, challenge, negotiate }: NtlmExchange,
  message: ReceivedAuthenticate,
  key: Uint8Array,
): Finding {
  if (!announcesMic(message)) return known('MIC', 'there is none, and MsvAvFlags announces none');
  const sent = message.mic();
  if (!negotiate) return open('MIC', 'it covers a NEGOTIATE, which is not among the tokens');
  const expected = messageIntegrityCode(key, { negotiate, challenge: challenge! }, authenticate!);
  if (constantTimeEqual(expected, sent)) return good('MIC', 'the three messages are as they were sent');
  return bad('MIC', 'one of the three messages was changed, or belongs to another logon');
}

function announcesMic({ ntResponse }: ReceivedAuthenticate): boolean {
  if (ntResponse.length <= V1_RESPONSE_LENGTH) return false;
  return (parseClientChallenge(ntResponse.subarray(PROOF_LENGTH)).avPairs.flags & AV_FLAGS.MIC) !== 0;
}

function listFindings({ clientMic, mechTypes, serverMic }: NtlmExchange, flags: number, key: Uint8Array): Finding[] {
  const findings: Finding[] = [];
  for (const [side, mic] of [
    ['client', clientMic],
    ['server', serverMic],
  ] as const) {
    if (!mic) continue;
    const what = `mechListMIC of the ${side}`;
    if (!mechTypes) findings.push(open(what, 'it covers a list of mechanisms, which is not among the tokens'));
    else if (signsList(side, flags, key, mechTypes, mic))
      findings.push(good(what, 'the list of mechanisms is the one that was sent'));
    else findings.push(bad(what, 'it is not of this list of mechanisms, or not of this logon'));
  }
  return findings;
}

function signsList(
  signer: 'client' | 'server',
  flags: number,
  key: Uint8Array,
  list: Uint8Array,
  mic: Uint8Array,
): boolean {
  const session = new NtlmSession({
    role: signer === 'client' ? 'server' : 'client',
    flags,
    sessionKey: Uint8Array.from(key),
    contextAttr: 0,
    userName: '',
    mic: true,
    start: 0,
  });
  try {
    session.verifyMechList(list, mic);
    return true;
  } catch {
    return false;
  } finally {
    session.close();
  }
}

const good = (what: string, text: string): Finding => ({ what, verdict: 'good', text });
const bad = (what: string, text: string): Finding => ({ what, verdict: 'bad', text });
const open = (what: string, text: string): Finding => ({ what, verdict: 'open', text });
const known = (what: string, text: string): Finding => ({ what, verdict: 'known', text });
