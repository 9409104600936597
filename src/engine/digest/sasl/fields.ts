import { MalformedBytesError } from '../../../bytes/errors.js';
import { decodeLatin1 } from '../../../bytes/text.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { type Directive, parseDirectives } from '../directives.js';
import { utf8Text } from '../octets.js';
import { DEFAULT_MAX_BUFFER, parseMaxBuffer } from './buffer-size.js';

/** A malformed SASL message: SEC_E_INVALID_TOKEN. */
export function malformed(detail: string): PackageError {
  return new PackageError(SEC_E.INVALID_TOKEN, `the DIGEST-MD5 message is malformed: ${detail}`);
}

/** The directives of a message of `maxLength` bytes at most. */
export function readFields(token: Uint8Array, maxLength: number): Directive[] {
  if (token.length > maxLength) throw malformed(`it is longer than ${maxLength} bytes`);
  return parseDirectives(decodeLatin1(token), { maxLength });
}

/** A directive that the message must have, with a value that is not empty. */
export function required(directive: Directive | undefined, name: string): string {
  if (!directive) throw malformed(`${name} is missing`);
  if (directive.value === '') throw malformed(`${name} is empty`);
  return directive.value;
}

/** `charset` has one value, `utf-8`, or is not there (RFC 2831 2.1.1). */
export function isUtf8(directive: Directive | undefined): boolean {
  if (!directive) return false;
  if (directive.value.toLowerCase() !== 'utf-8') throw malformed('its charset is not utf-8');
  return true;
}

/** Text out of octets that are UTF-8. */
export function utf8Value(octets: string, name: string): string {
  try {
    return utf8Text(octets);
  } catch (error) {
    if (error instanceof MalformedBytesError) throw malformed(`its ${name} is not UTF-8`);
    throw error;
  }
}

export function maxBuffer(directive: Directive | undefined): number {
  if (!directive) return DEFAULT_MAX_BUFFER;
  const size = parseMaxBuffer(directive.value);
  if (size === undefined) throw malformed('its maxbuf is out of range');
  return size;
}

/** A value of `count` hex digits, in either case. */
export function hexDigits(value: string, count: number, name: string): string {
  let valid = value.length === count;
  for (let at = 0; valid && at < count; at++) valid = isHexDigit(value.charCodeAt(at));
  if (!valid) throw malformed(`its ${name} is not ${count} hex digits`);
  return value;
}

/** The elements of a comma-separated value that `isKnown`, in lower case; the others are passed over. */
export function knownTokens<T extends string>(value: string, isKnown: (token: string) => token is T): T[] {
  if (isKnown(value)) return [value];
  const known: T[] = [];
  for (const element of value.split(',')) {
    const token = element.trim().toLowerCase();
    if (isKnown(token)) known.push(token);
  }
  return known;
}

function isHexDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
}
