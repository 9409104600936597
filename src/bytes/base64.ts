import { InvalidEncodingError } from './errors.js';

/** Base64 of RFC 4648 section 4, with padding and without line breaks. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/**
 * Strict base64 of RFC 4648 section 4: the standard alphabet, padding present, unused bits zero (3.5), no white space or anything
 * else; all other text throws {@link InvalidEncodingError}. Check the length of a peer's text before, since the result is 3/4 of it.
 */
export function decodeBase64(text: string): Uint8Array {
  // Node's decoder is lenient (it skips junk, takes the URL alphabet, missing padding, loose bits). Each byte string has exactly
  // one strict form, so whatever does not encode back to itself is not strict.
  const decoded = Buffer.alloc(Buffer.byteLength(text, 'base64'));
  const length = decoded.write(text, 'base64');
  if (decoded.toString('base64', 0, length) !== text) throw new InvalidEncodingError('not strict base64');
  return new Uint8Array(decoded.buffer, decoded.byteOffset, length);
}
