import { constantTimeEqual } from '../../../bytes/equal.js';
import { ASC_REQ } from '../../../sspi/flags.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { fileTime, fileTimeDistance } from '../file-time.js';
import type { ReceivedAuthenticate } from '../messages/authenticate.js';
import { type ClientChallenge, PROOF_LENGTH, parseClientChallenge } from '../messages/client-challenge.js';
import { NTLMSSP } from '../messages/flags.js';
import { malformed } from '../messages/message.js';
import { characterSet, decodeName } from '../names/character-set.js';
import { cryptSessionKey, KEY_LENGTH } from '../responses/key-exchange.js';
import { V1_RESPONSE_LENGTH } from '../responses/ntlm-v1.js';
import type { NtlmServices } from '../services.js';
import type { Challenged } from './challenged.js';

/** Checks of an AUTHENTICATE ([MS-NLMP] 3.2.5.1.2) besides that of the proof. */

/** What a person can do about messages of a logon that do not belong together. */
export const ALTERED_HINT: string =
  'Somebody changes the messages on their way, which is what an attack looks like, or they are of different logons: a proxy that shares ' +
  'connections among clients mixes them. `secur32 decode --password` shows and checks the three messages of one logon.';

/** Names of a client, as it has sent them. */
export interface ClaimedNames {
  readonly user: string;
  readonly domain: string;
  readonly workstation: string;
}

/** The flags of the session: what both sides have said. Throws SEC_E_INVALID_TOKEN for a change of the character set. */
export function sessionFlags(challenged: Challenged, { flags }: ReceivedAuthenticate): number {
  const characters = NTLMSSP.UNICODE | NTLMSSP.OEM;
  const chosen = challenged.flags & characters;
  if (flags & characters && !(flags & chosen)) throw malformed('its character set is not the agreed one');
  return ((flags & challenged.flags) | chosen) >>> 0;
}

export function claimedNames(message: ReceivedAuthenticate, flags: number): ClaimedNames {
  const characters = characterSet(flags);
  return {
    user: decodeName(message.user, characters),
    domain: decodeName(message.domain, characters),
    workstation: decodeName(message.workstation, characters),
  };
}

/** Whether the client says that it is nobody ([MS-NLMP] 3.2.5.1.2). */
export function isAnonymous({ lmResponse, ntResponse, user }: ReceivedAuthenticate): boolean {
  const noLm = lmResponse.length === 0 || (lmResponse.length === 1 && lmResponse[0] === 0);
  return user.length === 0 && ntResponse.length === 0 && noLm;
}

/** Throws SEC_E_LOGON_DENIED unless the server has asked for the null session. */
export function checkAnonymous(contextReq: number): void {
  if (contextReq & ASC_REQ.ALLOW_NULL_SESSION) return;
  throw new PackageError(SEC_E.LOGON_DENIED, 'the client is nobody', {
    hint: 'ASC_REQ.ALLOW_NULL_SESSION admits anonymous clients.',
  });
}

/**
 * What an NTLMv2 response holds; undefined for NTLMv1, where that is accepted. Throws SEC_E_LOGON_DENIED for a client that has only an LM
 * response, SEC_E_UNSUPPORTED_FUNCTION for one of NTLMv1, and SEC_E_INVALID_TOKEN for what is neither.
 */
export function readResponse(
  { lmResponse, ntResponse }: ReceivedAuthenticate,
  flags: number,
  { options }: NtlmServices,
): ClientChallenge | undefined {
  if (ntResponse.length > V1_RESPONSE_LENGTH) return parseClientChallenge(ntResponse.subarray(PROOF_LENGTH));
  if (ntResponse.length === 0) {
    throw new PackageError(SEC_E.LOGON_DENIED, 'the client has sent no NT response', {
      hint: 'An LM response is no proof. Set LmCompatibilityLevel of the client to 3 or more.',
    });
  }
  // With extended session security the client's challenge stands in the LM response.
  const extended = (flags & NTLMSSP.EXTENDED_SESSIONSECURITY) !== 0;
  if (ntResponse.length < V1_RESPONSE_LENGTH || (extended && lmResponse.length !== V1_RESPONSE_LENGTH)) {
    throw malformed('a response is too short');
  }
  if (options.dangerouslyAcceptNtlmV1) return undefined;
  throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, 'the client answers with NTLMv1', {
    hint: 'Set LmCompatibilityLevel of the client to 3 or more, so that it answers with NTLMv2.',
  });
}

/** Throws SEC_E_TIME_SKEW where the client's clock is further off than is allowed. */
export function checkClock({ timestamp }: ClientChallenge, { environment, maxClockSkew }: NtlmServices): void {
  if (fileTimeDistance(timestamp, fileTime(environment.now())) <= maxClockSkew) return;
  throw new PackageError(SEC_E.TIME_SKEW, 'the client’s clock is too far off', {
    hint: 'Set the clocks of both machines; the engine option ntlm.maxClockSkew says how far they may differ.',
  });
}

/** Throws SEC_E_MESSAGE_ALTERED where the time that the challenge told has not come back: somebody has taken it out, and the MIC with it. */
export function checkTimestamp({ avPairs }: ClientChallenge, { timestamp }: Challenged): void {
  const returned = avPairs.timestamp;
  if (returned && constantTimeEqual(returned, timestamp)) return;
  throw new PackageError(SEC_E.MESSAGE_ALTERED, 'the client has not got the challenge as it was sent', {
    hint: ALTERED_HINT,
  });
}

/** The session's key; takes `keyExchangeKey` over. Throws SEC_E_INVALID_TOKEN where a key had to come and has not. */
export function exportedSessionKey(
  message: ReceivedAuthenticate,
  flags: number,
  keyExchangeKey: Uint8Array,
): Uint8Array {
  const { sessionKey } = message;
  if ((flags & NTLMSSP.KEY_EXCH) === 0) return keyExchangeKey;
  // Without signing and sealing some clients exchange a key and some do not, whatever they flag.
  if (sessionKey.length === 0 && !(flags & (NTLMSSP.SIGN | NTLMSSP.SEAL))) return keyExchangeKey;
  if (sessionKey.length !== KEY_LENGTH) throw malformed('the session key is missing or of a wrong length');
  const exported = cryptSessionKey(keyExchangeKey, sessionKey);
  keyExchangeKey.fill(0);
  return exported;
}
