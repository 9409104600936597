import { InvalidEncodingError } from '../../../bytes/errors.js';
import { fitsLatin1 } from '../../../bytes/text.js';
import { isAscii, utf8Octets, utf8Text } from '../octets.js';

/** The text that octets stand for: UTF-8, or else ISO-8859-1. */
export function textOf(octets: string): string {
  try {
    return utf8Text(octets);
  } catch (error) {
    if (error instanceof InvalidEncodingError) return octets;
    throw error;
  }
}

/** UTF-8 octets of the text in Normalization Form C, as RFC 7616 4 wants names and passwords; undefined for a lone surrogate. */
export function normalizedOctets(text: string): string | undefined {
  if (isAscii(text)) return text;
  try {
    return utf8Octets(text.normalize('NFC'));
  } catch (error) {
    if (error instanceof InvalidEncodingError) return undefined;
    throw error;
  }
}

/** ISO-8859-1 octets, which RFC 2617 clients and those of Windows hash where a text fits them. */
export function latin1Octets(text: string): string | undefined {
  return fitsLatin1(text) ? text : undefined;
}
