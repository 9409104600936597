import { desEncryptBlock, expandDesKey } from '../../crypto/weak/des.js';
import { md4 } from '../../crypto/weak/md4.js';
import { md5 } from '../../crypto/weak/md5.js';
import { HASH_LENGTH } from './password-hash.js';

/**
 * NTLMv1 and LM responses ([MS-NLMP] 3.3.1). Broken: whoever sees one finds the hash behind it in hours. They exist for peers of the last
 * century, behind options whose names say so.
 */

/** Bytes of an NTLMv1 response, and of an LM response. */
export const V1_RESPONSE_LENGTH = 24;

/** DESL ([MS-NLMP] 6): three DES blocks of one challenge under the pieces of a hash. NTLMv1 and LM responses are this. */
export function desl(hash: Uint8Array, challenge: Uint8Array): Uint8Array {
  const keys = new Uint8Array(21);
  keys.set(hash);
  const response = new Uint8Array(V1_RESPONSE_LENGTH);
  for (let i = 0; i < 3; i++) {
    response.set(desEncryptBlock(expandDesKey(keys.subarray(7 * i, 7 * i + 7)), challenge), 8 * i);
  }
  keys.fill(0);
  return response;
}

/** The NT response with extended session security, in which the client has a challenge of its own. */
export function essResponse(hash: Uint8Array, serverChallenge: Uint8Array, clientChallenge: Uint8Array): Uint8Array {
  return desl(hash, md5(serverChallenge, clientChallenge).subarray(0, 8));
}

/** The LM field that carries the client's challenge with extended session security. It proves nothing. */
export function essLmField(clientChallenge: Uint8Array): Uint8Array {
  const field = new Uint8Array(V1_RESPONSE_LENGTH);
  field.set(clientChallenge);
  return field;
}

/** SessionBaseKey of NTLMv1. */
export function v1SessionBaseKey(ntHash: Uint8Array): Uint8Array {
  return md4(ntHash.subarray(0, HASH_LENGTH));
}
