import { encodeLatin1 } from '../../../../bytes/text.js';
import { ByteWriter } from '../../../../bytes/writer.js';
import { hmacMd5 } from '../../../crypto/weak/hmac-md5.js';
import { md5 } from '../../../crypto/weak/md5.js';

const SIGNATURE_KEY = encodeLatin1('signaturekey\0');

/**
 * The checksum of type -138, KERB_CHECKSUM_HMAC_MD5 (RFC 4757 4): 16 bytes. Signatures of a PAC and PA-FOR-USER use it with keys
 * of other encryption types, too.
 */
export function hmacMd5Checksum(key: Uint8Array, usage: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const signingKey = hmacMd5(key, SIGNATURE_KEY);
  const checksum = hmacMd5(signingKey, md5(messageType(usage), ...parts));
  signingKey.fill(0);
  return checksum;
}

/** T of RFC 4757 3: the usage in four octets, least significant first, with the numbers that are others than RFC 4120's. */
export function messageType(usage: number): Uint8Array {
  return new ByteWriter(4).u32le(RENUMBERED[usage] ?? usage).toBytes();
}

const RENUMBERED: Readonly<Record<number, number>> = { 3: 8, 23: 13 };
