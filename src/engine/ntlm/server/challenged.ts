import { ByteWriter } from '../../../bytes/writer.js';
import { fileTime } from '../file-time.js';
import { buildChallenge, SERVER_CHALLENGE_LENGTH } from '../messages/challenge.js';
import { NTLMSSP } from '../messages/flags.js';
import { OWN_VERSION } from '../messages/version.js';
import { characterSet, encodeName } from '../names/character-set.js';
import type { NtlmServices } from '../services.js';
import { serverAvPairs, targetNameOf } from './offer.js';

/** What a server keeps of the CHALLENGE that it has sent. */
export interface Challenged {
  readonly flags: number;
  /** 8 bytes. */
  readonly serverChallenge: Uint8Array;
  /** MsvAvTimestamp, 8 bytes. */
  readonly timestamp: Uint8Array;
  /** The messages as they were on the wire; `negotiate` is empty in datagram style. */
  readonly negotiate: Uint8Array;
  readonly challenge: Uint8Array;
}

/** Makes a CHALLENGE with `flags`, in answer to `negotiate`. */
export function makeChallenge(services: NtlmServices, flags: number, negotiate: Uint8Array): Challenged {
  const { environment, namePairs } = services;
  const serverChallenge = environment.randomBytes(SERVER_CHALLENGE_LENGTH);
  const timestamp = new ByteWriter(8).u64le(fileTime(environment.now())).view();
  const challenge = buildChallenge({
    flags,
    targetName: encodeName(targetNameOf(environment.host), characterSet(flags)),
    serverChallenge,
    targetInfo: serverAvPairs(namePairs, timestamp),
    ...(flags & NTLMSSP.VERSION && { version: OWN_VERSION }),
  });
  return { flags, serverChallenge, timestamp, negotiate, challenge };
}
