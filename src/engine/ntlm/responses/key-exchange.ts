import { desEncryptBlock, expandDesKey } from '../../crypto/weak/des.js';
import { hmacMd5 } from '../../crypto/weak/hmac-md5.js';
import { rc4 } from '../../crypto/weak/rc4.js';
import { NTLMSSP } from '../messages/flags.js';

/** Bytes of all keys of this file. */
export const KEY_LENGTH = 16;

/** What KeyExchangeKey is made of in NTLMv1. */
export interface V1KeyParts {
  readonly flags: number;
  readonly sessionBaseKey: Uint8Array;
  readonly serverChallenge: Uint8Array;
  readonly lmResponse: Uint8Array;
  /** Needed for LM_KEY and REQUEST_NON_NT_SESSION_KEY. */
  readonly lmHash?: Uint8Array | undefined;
}

/** KeyExchangeKey of NTLMv1 ([MS-NLMP] 3.4.5.1). That of NTLMv2 is SessionBaseKey as it is. */
export function v1KeyExchangeKey(parts: V1KeyParts): Uint8Array {
  const { flags, lmHash, lmResponse, serverChallenge, sessionBaseKey } = parts;
  if (flags & NTLMSSP.EXTENDED_SESSIONSECURITY) {
    return hmacMd5(sessionBaseKey, serverChallenge, lmResponse.subarray(0, 8));
  }
  if (lmHash && flags & NTLMSSP.LM_KEY) return lanManagerKey(lmHash, lmResponse);
  const key = new Uint8Array(KEY_LENGTH);
  if (lmHash && flags & NTLMSSP.REQUEST_NON_NT_SESSION_KEY) key.set(lmHash.subarray(0, 8));
  else key.set(sessionBaseKey);
  return key;
}

/** EncryptedRandomSessionKey out of the key, and the key out of it ([MS-NLMP] 3.1.5.1.2): RC4 goes both ways. */
export function cryptSessionKey(keyExchangeKey: Uint8Array, key: Uint8Array): Uint8Array {
  return rc4(keyExchangeKey, key);
}

function lanManagerKey(lmHash: Uint8Array, lmResponse: Uint8Array): Uint8Array {
  const second = new Uint8Array(7).fill(0xbd);
  second[0] = lmHash[7]!;
  const block = lmResponse.subarray(0, 8);
  const key = new Uint8Array(KEY_LENGTH);
  key.set(desEncryptBlock(expandDesKey(lmHash.subarray(0, 7)), block));
  key.set(desEncryptBlock(expandDesKey(second), block), 8);
  return key;
}
