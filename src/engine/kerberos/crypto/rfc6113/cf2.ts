import { encodeLatin1 } from '../../../../bytes/text.js';
import { ByteWriter } from '../../../../bytes/writer.js';
import type { KerberosKey } from '../encryption-type.js';

/** KRB-FX-CF2 (RFC 6113 5.1): one key out of two, of the type of the first. */
export function combineKeys(key1: KerberosKey, key2: KerberosKey, pepper1: string, pepper2: string): KerberosKey {
  const { type } = key1;
  const bytes = prfPlus(key1, pepper1, type.keyLength);
  const other = prfPlus(key2, pepper2, type.keyLength);
  for (let i = 0; i < bytes.length; i++) bytes[i]! ^= other[i]!;
  const key = type.key(bytes);
  bytes.fill(0);
  other.fill(0);
  return key;
}

/** PRF(key, 01 | pepper) | PRF(key, 02 | pepper) | ... */
function prfPlus(key: KerberosKey, pepper: string, length: number): Uint8Array {
  const output = new Uint8Array(length);
  const text = encodeLatin1(pepper);
  for (let at = 0, counter = 1; at < length; counter++) {
    const piece = key.prf(new ByteWriter(text.length + 1).u8(counter).bytes(text).view());
    output.set(piece.subarray(0, length - at), at);
    at += piece.length;
    piece.fill(0);
  }
  return output;
}
