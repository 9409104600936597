import { hmacMd5 } from '../../crypto/weak/hmac-md5.js';
import { MIC_LENGTH, MIC_OFFSET } from '../messages/authenticate.js';

/** The messages of a logon as they were on the wire. */
export interface Transcript {
  /** Empty in datagram style, which has no NEGOTIATE. */
  readonly negotiate: Uint8Array;
  readonly challenge: Uint8Array;
}

/** The MIC of an AUTHENTICATE that has room for one ([MS-NLMP] 3.1.5.1.2): what stands in its place counts as zeros. */
export function messageIntegrityCode(key: Uint8Array, transcript: Transcript, authenticate: Uint8Array): Uint8Array {
  const head = authenticate.subarray(0, MIC_OFFSET);
  const tail = authenticate.subarray(MIC_OFFSET + MIC_LENGTH);
  return hmacMd5(key, transcript.negotiate, transcript.challenge, head, NO_MIC, tail);
}

const NO_MIC = new Uint8Array(MIC_LENGTH);
