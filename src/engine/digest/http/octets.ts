import { MalformedBytesError } from '../../../bytes/errors.js';
import { decodeLatin1, decodeUtf8, encodeLatin1, encodeUtf8, fitsLatin1 } from '../../../bytes/text.js';

// Names and passwords are hashed as octets. A string here holds octets where every character is U+0000 to U+00FF and stands for one.

/** The UTF-8 octets of the text in Normalization Form C (RFC 7616 4); undefined for a lone surrogate, which has none. */
export function utf8Octets(text: string): string | undefined {
  if (isAscii(text)) return text;
  try {
    return decodeLatin1(encodeUtf8(text.normalize('NFC')));
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}

/** The ISO-8859-1 octets of the text, where it fits. */
export function latin1Octets(text: string): string | undefined {
  return fitsLatin1(text) ? text : undefined;
}

/** The text that octets stand for: UTF-8, or else ISO-8859-1. */
export function textOf(octets: string): string {
  if (isAscii(octets)) return octets;
  try {
    return decodeUtf8(encodeLatin1(octets));
  } catch (error) {
    if (error instanceof MalformedBytesError) return octets;
    throw error;
  }
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return false;
  }
  return true;
}
