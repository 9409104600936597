import { encodeDer } from '../../../bytes/der/der-value.js';
import { type Checksum, derChecksum, readChecksum } from './checksum.js';
import { decodeMessage } from './message.js';

/** The value of PA-REQ-ENC-PA-REP in a reply: a Checksum of the AS-REQ (RFC 6806 11). Throws SEC_E_INVALID_TOKEN. */
export function decodeAsReqChecksum(bytes: Uint8Array): Checksum {
  return decodeMessage('PA-REQ-ENC-PA-REP', bytes, readChecksum);
}

export function encodeAsReqChecksum(checksum: Checksum): Uint8Array {
  return encodeDer(derChecksum(checksum));
}
