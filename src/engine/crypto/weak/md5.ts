import { INITIAL_STATE, loadState, message } from './md5-block.js';
import { clear, gather, type HashInput, hashLong, hashTail, putState } from './md5-message.js';
import { nativeMd5, nativeMd5OfParts, putDigest } from './md5-native.js';

export type { HashInput };

/** Bytes from which OpenSSL, call included, is faster than {@link hashTail}. Measured; the curves cross slowly. */
const NATIVE_FROM = 1536;

/**
 * MD5 (RFC 1321) of `parts` one after another: 16 bytes. Text stands for its ISO-8859-1 bytes; a character above U+00FF throws
 * InvalidEncodingError. Works in FIPS mode as well: the protocols that ask for MD5 know no other hash.
 */
export function md5(...parts: readonly HashInput[]): Uint8Array {
  const digest = new Uint8Array(16);
  digestInto(parts, digest);
  return digest;
}

/** {@link md5} as 32 lower-case hex digits, the form that Digest authentication hashes again (RFC 2831 section 2.1.2.1). */
export function md5Hex(...parts: readonly HashInput[]): string {
  digestInto(parts, hexSource);
  for (let i = 0; i < 16; i++) hexPairs[i] = HEX_PAIRS[hexSource[i]!]!;
  return hexBuffer.toString('latin1');
}

function digestInto(parts: readonly HashInput[], out: Uint8Array): void {
  const end = gather(parts, 0);
  if (end < 0 || end >= NATIVE_FROM) {
    const digest = end < 0 ? nativeMd5OfParts(parts) : nativeMd5(message.subarray(0, end));
    if (digest !== undefined) {
      if (end > 0) clear(end);
      putDigest(digest, out, 0);
      return;
    }
  }
  loadState(INITIAL_STATE);
  if (end < 0) hashLong(parts, 0);
  else hashTail(0, end, 0);
  putState(out, 0);
}

const hexSource = new Uint8Array(16);
const hexBuffer = Buffer.alloc(32);
const hexPairs = new Uint16Array(hexBuffer.buffer, hexBuffer.byteOffset, 16);

/** The two hex digits of every byte as they lie in memory, so that one store writes both, in either byte order. */
const HEX_PAIRS = new Uint16Array(256);
Buffer.from(HEX_PAIRS.buffer).write(Buffer.from(Array.from(HEX_PAIRS.keys())).toString('hex'), 'latin1');
