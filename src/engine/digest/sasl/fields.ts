import { decodeLatin1 } from '../../../bytes/text.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { type Directive, parseDirectives } from '../directives.js';
import { DEFAULT_MAX_BUFFER, parseMaxBuffer } from './buffer-size.js';

/** A malformed SASL message: SEC_E_INVALID_TOKEN. */
export function malformed(detail: string): PackageError {
  return new PackageError(SEC_E.INVALID_TOKEN, `the DIGEST-MD5 message is malformed: ${detail}`);
}

/** The directives of a message of `maxLength` bytes at most, in which each of `single` may stand once. */
export function readFields(token: Uint8Array, maxLength: number, single: ReadonlySet<string>): Directive[] {
  if (token.length > maxLength) throw malformed(`it is longer than ${maxLength} bytes`);
  return parseDirectives(decodeLatin1(token), { maxLength, single });
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

export function maxBuffer(directive: Directive | undefined): number {
  if (!directive) return DEFAULT_MAX_BUFFER;
  const size = parseMaxBuffer(directive.value);
  if (size === undefined) throw malformed('its maxbuf is out of range');
  return size;
}

/** The tokens of a comma-separated value, in lower case; empty elements are none. */
export function tokenList(value: string): string[] {
  return value
    .toLowerCase()
    .split(',')
    .map(element => element.trim())
    .filter(element => element !== '');
}
