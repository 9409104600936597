import { decodeBase64 } from '../../bytes/base64.js';
import { MalformedBytesError } from '../../bytes/errors.js';
import { decodeHex } from '../../bytes/hex.js';
import { encodeUtf8 } from '../../bytes/text.js';

/** What somebody has pasted. */
export interface TokenInput {
  /** The authentication scheme of an HTTP header, lower case. */
  readonly scheme?: string;
  /** Undefined where the text is neither base64 nor hexadecimal, nor the parameters of a scheme. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * Reads a token as it is found in logs: base64 or hexadecimal, in an HTTP header (`Authorization: Negotiate ...`), behind the `+` of IMAP
 * or the `334` of SMTP, or the text of digest's directives.
 */
export function readTokenText(pasted: string): TokenInput {
  let text = pasted.trim();
  const colon = text.indexOf(':');
  if (colon > 0 && HEADERS.has(text.slice(0, colon).toLowerCase())) text = text.slice(colon + 1).trim();
  const space = text.indexOf(' ');
  const word = (space < 0 ? text : text.slice(0, space)).toLowerCase();
  const rest = space < 0 ? '' : text.slice(space + 1).trim();
  if (word === 'digest') return { scheme: word, bytes: encodeUtf8(rest) };
  if (SCHEMES.has(word)) return { scheme: word, bytes: decodeText(rest) };
  return { bytes: decodeText(CONTINUATIONS.has(word) ? rest : text) };
}

function decodeText(text: string): Uint8Array | undefined {
  if (text.includes('=') && text.includes('"')) return encodeUtf8(text);
  const compact = text.replace(/\s/g, '');
  return decodeHexText(compact) ?? decodeBase64Text(compact);
}

/** With colons between the bytes, or `0x` before them, as well. */
function decodeHexText(text: string): Uint8Array | undefined {
  const digits = (text.startsWith('0x') ? text.slice(2) : text).replaceAll(':', '');
  return attempt(() => decodeHex(digits));
}

/** With the alphabet of URLs, or without padding, as well. */
function decodeBase64Text(text: string): Uint8Array | undefined {
  const usual = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=*$/, '');
  return attempt(() => decodeBase64(usual.padEnd(Math.ceil(usual.length / 4) * 4, '=')));
}

function attempt(decode: () => Uint8Array): Uint8Array | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}

const HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'www-authenticate',
  'proxy-authenticate',
  'authentication-info',
  'proxy-authentication-info',
]);
const SCHEMES: ReadonlySet<string> = new Set(['negotiate', 'ntlm', 'kerberos']);
/** How IMAP and POP3, and how SMTP, begin a challenge. */
const CONTINUATIONS: ReadonlySet<string> = new Set(['+', '334']);
