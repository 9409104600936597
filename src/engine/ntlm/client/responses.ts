import { ByteReader } from '../../../bytes/reader.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { fileTime } from '../file-time.js';
import type { NtlmIdentity } from '../identity.js';
import { AV_ID, AvPairs } from '../messages/av-pairs.js';
import type { ChallengeMessage } from '../messages/challenge.js';
import { CLIENT_CHALLENGE_LENGTH } from '../messages/client-challenge.js';
import { NTLMSSP } from '../messages/flags.js';
import { v1KeyExchangeKey } from '../responses/key-exchange.js';
import { desl, essLmField, essResponse, v1SessionBaseKey } from '../responses/ntlm-v1.js';
import { buildV2Response, LM_RESPONSE_LENGTH, lmV2Response, proveV2 } from '../responses/ntlm-v2.js';
import type { NtlmServices } from '../services.js';

/** What a client proves its identity with, and the key that comes of it. */
export interface Responses {
  readonly lmResponse: Uint8Array;
  readonly ntResponse: Uint8Array;
  /** KeyExchangeKey. */
  readonly keyExchangeKey: Uint8Array;
  /** Whether the NT response says that the AUTHENTICATE has a MIC. */
  readonly mic: boolean;
}

/** What a client says besides that in its response. */
export interface ClientClaims {
  readonly targetName: string;
  readonly untrustedTarget: boolean;
  readonly channelBindings: Uint8Array | undefined;
}

/** NTLMv2 ([MS-NLMP] 3.1.5.1.2, 3.3.2). `flags` are those agreed. */
export function respondV2(
  services: NtlmServices,
  { v2Key }: NtlmIdentity,
  { serverChallenge, targetInfo = NO_TARGET_INFO }: ChallengeMessage,
  flags: number,
  claims: ClientClaims,
): Responses {
  const { environment, singleHost } = services;
  const { channelBindings, targetName, untrustedTarget } = claims;
  const avPairs = AvPairs.parse(targetInfo);
  if (flags & (NTLMSSP.SIGN | NTLMSSP.SEAL)) checkNames(avPairs);
  const { timestamp } = avPairs;
  const clientChallenge = environment.randomBytes(CLIENT_CHALLENGE_LENGTH);
  const ntResponse = buildV2Response({
    avPairs,
    timestamp: timestamp ? new ByteReader(timestamp).u64le() : fileTime(environment.now()),
    clientChallenge,
    mic: timestamp !== undefined,
    targetName,
    untrustedTarget,
    ...(channelBindings && { channelBindings }),
    singleHost,
  });
  const keyExchangeKey = proveV2(v2Key, serverChallenge, ntResponse);
  // A server that tells its time knows better than to look at an LM response.
  const lmResponse = timestamp
    ? new Uint8Array(LM_RESPONSE_LENGTH)
    : lmV2Response(v2Key, serverChallenge, clientChallenge);
  return { lmResponse, ntResponse, keyExchangeKey, mic: timestamp !== undefined };
}

/** NTLMv1 ([MS-NLMP] 3.3.1), with the LM response where the identity has the hash for it. */
export function respondV1(
  { environment }: NtlmServices,
  { ntHash, lmHash }: NtlmIdentity,
  { serverChallenge }: ChallengeMessage,
  flags: number,
): Responses {
  const sessionBaseKey = ntHash.use(v1SessionBaseKey);
  if (flags & NTLMSSP.EXTENDED_SESSIONSECURITY) {
    const clientChallenge = environment.randomBytes(CLIENT_CHALLENGE_LENGTH);
    const ntResponse = ntHash.use(hash => essResponse(hash, serverChallenge, clientChallenge));
    const lmResponse = essLmField(clientChallenge);
    const keyExchangeKey = v1KeyExchangeKey({ flags, sessionBaseKey, serverChallenge, lmResponse });
    return { lmResponse, ntResponse, keyExchangeKey, mic: false };
  }
  const ntResponse = ntHash.use(hash => desl(hash, serverChallenge));
  const lmResponse = lmHash ? lmHash.use(hash => desl(hash, serverChallenge)) : ntResponse;
  const parts = { flags, sessionBaseKey, serverChallenge, lmResponse };
  const keyExchangeKey = lmHash
    ? lmHash.use(hash => v1KeyExchangeKey({ ...parts, lmHash: hash }))
    : v1KeyExchangeKey({ ...parts, flags: flags & ~NTLMSSP.LM_KEY });
  return { lmResponse, ntResponse, keyExchangeKey, mic: false };
}

/** [MS-NLMP] 3.1.5.1.2: a client that wants its messages protected wants to know by whom. */
function checkNames(avPairs: AvPairs): void {
  if (avPairs.find(AV_ID.NB_COMPUTER_NAME) && avPairs.find(AV_ID.NB_DOMAIN_NAME)) return;
  throw new PackageError(SEC_E.LOGON_DENIED, 'the server does not say its name and domain', {
    hint: 'Without signing and sealing a client does not need them.',
  });
}

/** MsvAvEOL alone. */
const NO_TARGET_INFO = new Uint8Array(4);
