import { MalformedBytesError } from '../../../bytes/errors.js';
import { decodeHex } from '../../../bytes/hex.js';
import { decodeUtf8, encodeLatin1, encodeUtf8 } from '../../../bytes/text.js';

/**
 * The text of an `ext-value` (RFC 8187 3.2.1): `UTF-8'language'percent-encoded`. Undefined for anything else, and for other charsets,
 * which RFC 7616 3.4 does not have.
 */
export function decodeExtValue(value: string): string | undefined {
  const first = value.indexOf("'");
  const second = value.indexOf("'", first + 1);
  if (first < 0 || second < 0 || value.slice(0, first).toLowerCase() !== 'utf-8') return undefined;
  try {
    return decodeUtf8(encodeLatin1(percentDecode(value.slice(second + 1))));
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}

/** Throws `InvalidEncodingError` for a lone surrogate. */
export function encodeExtValue(text: string): string {
  let value = "UTF-8''";
  for (const octet of encodeUtf8(text)) {
    const character = String.fromCharCode(octet);
    value += isPlain(character) ? character : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return value;
}

function percentDecode(text: string): string {
  let octets = '';
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '%') {
      octets += String.fromCharCode(...decodeHex(text.slice(i + 1, i + 3).padEnd(2)));
      i += 2;
    } else {
      octets += character;
    }
  }
  return octets;
}

/** `attr-char` of RFC 8187 3.2.1. */
function isPlain(character: string): boolean {
  return ATTRIBUTE_CHARACTERS.includes(character);
}

const ATTRIBUTE_CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$&+-.^_`|~';
