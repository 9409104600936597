import { isUtf8 } from 'node:buffer';
import { decodeLatin1, decodeUtf8, encodeLatin1, encodeUtf8, fitsLatin1 } from '../../bytes/text.js';

/*
 * Digest hashes and quotes bytes. Here they are kept as text with one character, U+0000 to U+00FF, for each byte: "octets". Names
 * that are ASCII, which nearly all are, are then never converted at all.
 */

/** True where text has the same bytes in ASCII, ISO-8859-1 and UTF-8. */
export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return false;
  }
  return true;
}

/** The UTF-8 octets of text. A lone surrogate throws InvalidEncodingError. */
export function utf8Octets(text: string): string {
  return isAscii(text) ? text : decodeLatin1(encodeUtf8(text));
}

/** Text out of UTF-8 octets. Throws InvalidEncodingError for what is no UTF-8. */
export function utf8Text(octets: string): string {
  return isAscii(octets) ? octets : decodeUtf8(encodeLatin1(octets));
}

export function isUtf8Octets(octets: string): boolean {
  return isAscii(octets) || isUtf8(encodeLatin1(octets));
}

/**
 * The octets that go into the hash where names are sent in UTF-8: ISO-8859-1 if all characters are in it, else UTF-8. Each of
 * user, realm and password is taken by itself, as the sample code of RFC 2831 8 does; 2.1.2.1 reads as if all three went together.
 */
export function hashOctets(text: string): string {
  return fitsLatin1(text) ? text : utf8Octets(text);
}
