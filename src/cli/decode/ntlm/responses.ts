import { ByteReader } from '../../../bytes/reader.js';
import { CLIENT_CHALLENGE_FIXED_LENGTH, PROOF_LENGTH } from '../../../engine/ntlm/messages/client-challenge.js';
import { NTLMSSP } from '../../../engine/ntlm/messages/flags.js';
import { bytesField, problemField, type TokenField } from '../decoded-token.js';
import { avPairFields } from './av-pairs.js';
import { fileTimeText } from './file-time-text.js';

/** NtChallengeResponse ([MS-NLMP] 2.2.2.6 to 2.2.2.8): its length tells the version. */
export function ntResponseField(response: Uint8Array, flags: number): TokenField {
  const name = 'NT response';
  if (response.length === 0) return { name, value: '(empty)', meaning: 'nobody: an anonymous logon' };
  if (response.length === V1_LENGTH) {
    const session = flags & NTLMSSP.EXTENDED_SESSIONSECURITY ? ' with extended session security' : '';
    return bytesField(name, response, `NTLMv1${session}: broken`);
  }
  return {
    name,
    value: `NTLMv2, ${response.length} bytes`,
    meaning: 'proof of the password',
    parts: v2Parts(response),
  };
}

/** LmChallengeResponse. It proves nothing any more. */
export function lmResponseField(response: Uint8Array): TokenField {
  const name = 'LM response';
  if (response.length === 0) return { name, value: '(empty)', meaning: '' };
  if (response.every(byte => byte === 0))
    return { name, value: `${response.length} zeros`, meaning: 'of no use, and left out' };
  return bytesField(name, response, 'an LM, LMv2 or client challenge field');
}

/** NTLMv2_RESPONSE and NTLMv2_CLIENT_CHALLENGE. */
function v2Parts(response: Uint8Array): TokenField[] {
  const reader = new ByteReader(response);
  if (response.length < PROOF_LENGTH + CLIENT_CHALLENGE_FIXED_LENGTH) return [problemField('it is too short')];
  const proof = reader.bytes(PROOF_LENGTH);
  const types = reader.bytes(2);
  reader.skip(6);
  const time = reader.bytes(8);
  const challenge = reader.bytes(8);
  reader.skip(4);
  const fields = [
    bytesField('proof', proof, 'NTProofStr: HMAC over all that follows'),
    { name: 'time', value: fileTimeText(time), meaning: 'when it was made' },
    bytesField('challenge', challenge, "the client's"),
    ...avPairFields(reader.rest()),
  ];
  return types[0] === 1 && types[1] === 1 ? fields : [problemField('its version is unknown'), ...fields];
}

const V1_LENGTH = 24;
