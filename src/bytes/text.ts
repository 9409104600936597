import { isUtf8 } from 'node:buffer';
import { InvalidEncodingError } from './errors.js';

const utf8Encoder = new TextEncoder();

/** With the `u` flag a surrogate that is half of a pair is not matched, only a lone one. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** True when every character is in ISO-8859-1 (U+0000 to U+00FF), one byte each. */
export function fitsLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0xff) return false;
  }
  return true;
}

/** ISO-8859-1 bytes of `text`. Throws {@link InvalidEncodingError} for a character above U+00FF. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) throw new InvalidEncodingError(`character ${i} is not in ISO-8859-1`);
    bytes[i] = code;
  }
  return bytes;
}

/** One character U+0000 to U+00FF for every byte; never fails. */
export function decodeLatin1(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1');
}

/**
 * UTF-8 bytes of `text`. Throws {@link InvalidEncodingError} for a lone surrogate, which would otherwise become U+FFFD and make
 * different names equal.
 */
export function encodeUtf8(text: string): Uint8Array {
  if (LONE_SURROGATE.test(text)) throw new InvalidEncodingError('a lone surrogate has no UTF-8 form');
  return utf8Encoder.encode(text);
}

/** Strict UTF-8 (RFC 3629): overlong forms, surrogates and cut sequences throw {@link InvalidEncodingError}. A byte order mark is kept as U+FEFF. */
export function decodeUtf8(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new InvalidEncodingError('the bytes are not UTF-8');
  return asBuffer(bytes).toString('utf8');
}

/** UTF-16LE code units of `text`, lone surrogates included: Windows takes names and passwords as code units. */
export function encodeUtf16le(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes[2 * i] = code;
    bytes[2 * i + 1] = code >>> 8;
  }
  return bytes;
}

/** The inverse of {@link encodeUtf16le}: an odd number of bytes throws {@link InvalidEncodingError}; lone surrogates are kept. */
export function decodeUtf16le(bytes: Uint8Array): string {
  if (bytes.length % 2 !== 0) throw new InvalidEncodingError('UTF-16 takes an even number of bytes');
  return asBuffer(bytes).toString('utf16le');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
