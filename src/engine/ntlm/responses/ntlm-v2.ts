import { ByteWriter } from '../../../bytes/writer.js';
import type { HmacMd5 } from '../../crypto/weak/hmac-md5.js';
import {
  AV_FLAGS,
  AV_ID,
  type AvPairs,
  writeAvEnd,
  writeAvFlags,
  writeAvPair,
  writeAvText,
} from '../messages/av-pairs.js';
import { CLIENT_CHALLENGE_FIXED_LENGTH, PROOF_LENGTH, RESPONSE_VERSION } from '../messages/client-challenge.js';

/** NTLMv2 responses and the session key that comes of them ([MS-NLMP] 3.3.2). `key` is under NTOWFv2 everywhere. */

/** What a client says in its NT response. */
export interface V2Claims {
  /** The server's AV pairs. */
  readonly avPairs: AvPairs;
  /** FILETIME: the server's own where its AV pairs tell it. */
  readonly timestamp: bigint;
  /** 8 bytes. */
  readonly clientChallenge: Uint8Array;
  /** Whether the AUTHENTICATE will carry a MIC. */
  readonly mic: boolean;
  /** The SPN; empty where the caller named no target. */
  readonly targetName: string;
  readonly untrustedTarget: boolean;
  /** 16 bytes; absent where there is no channel to be bound to: zeros would say the same, and strict servers refuse them. */
  readonly channelBindings?: Uint8Array;
  readonly singleHost?: Uint8Array;
}

/** An NT response without its proof yet: {@link PROOF_LENGTH} zeros and NTLMv2_CLIENT_CHALLENGE ([MS-NLMP] 2.2.2.7). */
export function buildV2Response(claims: V2Claims): Uint8Array {
  const { avPairs, clientChallenge, timestamp } = claims;
  const writer = new ByteWriter(USUAL_LENGTH);
  writer.reserve(PROOF_LENGTH);
  writer.u16le(RESPONSE_VERSION).reserve(6);
  writer.u64le(timestamp).bytes(clientChallenge).reserve(4);
  writeAvPairs(writer, avPairs, claims);
  // Z(4) of "temp" in 3.3.2.
  writer.reserve(4);
  return writer.view();
}

/** Writes NTProofStr into a response, and answers SessionBaseKey. */
export function proveV2(key: HmacMd5, serverChallenge: Uint8Array, response: Uint8Array): Uint8Array {
  key.macInto(response, 0, serverChallenge, response.subarray(PROOF_LENGTH));
  return key.mac(response.subarray(0, PROOF_LENGTH));
}

/** LMv2, for servers that do not tell their time. */
export function lmV2Response(key: HmacMd5, serverChallenge: Uint8Array, clientChallenge: Uint8Array): Uint8Array {
  const response = new Uint8Array(LM_RESPONSE_LENGTH);
  key.macInto(response, 0, serverChallenge, clientChallenge);
  response.set(clientChallenge, PROOF_LENGTH);
  return response;
}

export const LM_RESPONSE_LENGTH = 24;

/**
 * The server's pairs, and the client's own before the end of the list ([MS-NLMP] 3.1.5.1.2). A server that has put a pair of the client's
 * into its list does not get it back.
 */
function writeAvPairs(writer: ByteWriter, avPairs: AvPairs, claims: V2Claims): void {
  for (const { id, value } of avPairs) {
    if (!OWN_PAIRS.has(id)) writeAvPair(writer, id, value);
  }
  const flags =
    (avPairs.flags & AV_FLAGS.CONSTRAINED) |
    (claims.mic ? AV_FLAGS.MIC : 0) |
    (claims.untrustedTarget ? AV_FLAGS.UNTRUSTED_TARGET : 0);
  if (flags !== 0) writeAvFlags(writer, flags);
  if (claims.singleHost) writeAvPair(writer, AV_ID.SINGLE_HOST, claims.singleHost);
  if (claims.channelBindings) writeAvPair(writer, AV_ID.CHANNEL_BINDINGS, claims.channelBindings);
  writeAvText(writer, AV_ID.TARGET_NAME, claims.targetName);
  writeAvEnd(writer);
}

const OWN_PAIRS: ReadonlySet<number> = new Set([
  AV_ID.FLAGS,
  AV_ID.SINGLE_HOST,
  AV_ID.TARGET_NAME,
  AV_ID.CHANNEL_BINDINGS,
]);

/** Room for a response with a server's usual five names. */
const USUAL_LENGTH = PROOF_LENGTH + CLIENT_CHALLENGE_FIXED_LENGTH + 340;
