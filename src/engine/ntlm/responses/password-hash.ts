import { encodeUtf16le } from '../../../bytes/text.js';
import { desEncryptBlock, expandDesKey } from '../../crypto/weak/des.js';
import { hmacMd5 } from '../../crypto/weak/hmac-md5.js';
import { md4 } from '../../crypto/weak/md4.js';
import { encodeOem } from '../names/oem.js';
import { upperCase } from '../names/upper-case.js';

/** Bytes of an NT hash and of an LM hash. */
export const HASH_LENGTH = 16;

/** NTOWFv1, the NT hash ([MS-NLMP] 3.3.1): MD4 of the password in UTF-16LE. */
export function ntHash(password: string): Uint8Array {
  const text = encodeUtf16le(password);
  const hash = md4(text);
  text.fill(0);
  return hash;
}

/**
 * LMOWFv1, the LM hash ([MS-NLMP] 3.3.1). Undefined for a password that has none: of more than 14 characters, or with one outside the
 * OEM character set.
 */
export function lmHash(password: string): Uint8Array | undefined {
  const text = encodeOem(upperCase(password));
  if (!text || text.length > LM_PASSWORD_LENGTH) return undefined;
  const padded = new Uint8Array(LM_PASSWORD_LENGTH);
  padded.set(text);
  const hash = new Uint8Array(HASH_LENGTH);
  hash.set(desEncryptBlock(expandDesKey(padded.subarray(0, 7)), LM_MAGIC));
  hash.set(desEncryptBlock(expandDesKey(padded.subarray(7)), LM_MAGIC), 8);
  text.fill(0);
  padded.fill(0);
  return hash;
}

/** NTOWFv2 and LMOWFv2 ([MS-NLMP] 3.3.2): only the user's name is put in upper case. */
export function ntlmV2Key(hash: Uint8Array, user: string, domain: string): Uint8Array {
  return hmacMd5(hash, encodeUtf16le(upperCase(user) + domain));
}

const LM_PASSWORD_LENGTH = 14;
/** `KGS!@#$%`. */
const LM_MAGIC = Uint8Array.of(0x4b, 0x47, 0x53, 0x21, 0x40, 0x23, 0x24, 0x25);
