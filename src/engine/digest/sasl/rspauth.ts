import { encodeLatin1 } from '../../../bytes/text.js';
import { findDirective } from '../directives.js';
import { readFields } from './fields.js';

/** A server's proof (RFC 2831 2.1.3) is shorter than 2048 bytes, as a challenge is. */
const MAX_LENGTH = 2047;

/** The value of `rspauth`; undefined in a message without it. Throws SEC_E_INVALID_TOKEN. */
export function parseRspauth(token: Uint8Array): string | undefined {
  return findDirective(readFields(token, MAX_LENGTH, SINGLE), 'rspauth')?.value;
}

/** `rspauth=` and 32 hex digits. */
export function buildRspauth(value: string): Uint8Array {
  return encodeLatin1(`rspauth=${value}`);
}

const SINGLE: ReadonlySet<string> = new Set(['rspauth']);
