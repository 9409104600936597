import { decodeHex } from '../../../bytes/hex.js';
import { DirectiveWriter, findDirective } from '../directives.js';
import { hexDigits, readFields } from './fields.js';

/** A server's proof (RFC 2831 2.1.3) is shorter than 2048 bytes, as a challenge is. */
const MAX_LENGTH = 2047;

/** The 16 bytes of `rspauth`; undefined in a message without it. Throws SEC_E_INVALID_TOKEN. */
export function parseRspauth(token: Uint8Array): Uint8Array | undefined {
  const rspauth = findDirective(readFields(token, MAX_LENGTH), 'rspauth');
  return rspauth && decodeHex(hexDigits(rspauth.value, 32, 'rspauth'));
}

/** `rspauth=` and 32 hex digits. */
export function buildRspauth(value: string): Uint8Array {
  return new DirectiveWriter().token('rspauth', value).toBytes();
}
