import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { AvPairs } from './av-pairs.js';
import { malformed } from './message.js';

/** Bytes of the proof that an NTLMv2 response begins with. */
export const PROOF_LENGTH = 16;
export const CLIENT_CHALLENGE_LENGTH = 8;
/** Bytes of NTLMv2_CLIENT_CHALLENGE before its AV pairs. */
export const CLIENT_CHALLENGE_FIXED_LENGTH = 28;
/** RespType and HiRespType. */
export const RESPONSE_VERSION = 0x0101;

/** What an NTLMv2 response holds besides its proof. */
export interface ClientChallenge {
  /** FILETIME: the client's clock, or the server's where its challenge told it. */
  readonly timestamp: bigint;
  readonly clientChallenge: Uint8Array;
  readonly avPairs: AvPairs;
}

/**
 * NTLMv2_CLIENT_CHALLENGE ([MS-NLMP] 2.2.2.7), in a response behind the proof:
 *
 *     0  RespType 1  1  HiRespType 1  2  Reserved  8  TimeStamp  16  ChallengeFromClient  24  Reserved  28  AvPairs
 *
 * Clients may put more behind it. The proof covers the bytes as they are: this is for reading only. Throws SEC_E_INVALID_TOKEN.
 */
export function parseClientChallenge(bytes: Uint8Array): ClientChallenge {
  try {
    const reader = new ByteReader(bytes);
    if (reader.u16le() !== RESPONSE_VERSION) throw malformed('the response is of an unknown version');
    reader.skip(6);
    const timestamp = reader.u64le();
    const clientChallenge = reader.bytes(CLIENT_CHALLENGE_LENGTH);
    reader.skip(4);
    return { timestamp, clientChallenge, avPairs: AvPairs.parse(reader.rest()) };
  } catch (error) {
    if (error instanceof MalformedBytesError) throw malformed('the response is too short');
    throw error;
  }
}
