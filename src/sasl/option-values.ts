import { MalformedBytesError } from '../bytes/errors.js';
import { decodeUtf8 } from '../bytes/text.js';
import { ArgumentError } from '../sspi/arguments.js';
import { SASL_AUTHZID_STATE } from '../sspi/sasl.js';

/** A ULONG, as SASL_OPTION.SEND_SIZE and RECV_SIZE are. */
export function checkSize(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff) return value;
  throw new ArgumentError('a size must be an integer from 0 to 0xFFFFFFFF');
}

export function checkAuthzProcessing(value: unknown): number {
  if (value === SASL_AUTHZID_STATE.FORBIDDEN || value === SASL_AUTHZID_STATE.PROCESSED) return value;
  throw new ArgumentError('AUTHZ_PROCESSING must be a SASL_AUTHZID_STATE');
}

/** An authorization identity is UTF-8 without a NUL (RFC 4422 3.4.1). Returns a copy. */
export function checkAuthzString(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new ArgumentError('AUTHZ_STRING must be a Uint8Array');
  if (!isAuthzString(value)) throw new ArgumentError('AUTHZ_STRING must be UTF-8 without a NUL');
  return Uint8Array.from(value);
}

/** Whether bytes can be an authorization identity at all. */
export function isAuthzString(bytes: Uint8Array): boolean {
  try {
    decodeUtf8(bytes);
    return !bytes.includes(0);
  } catch (error) {
    if (error instanceof MalformedBytesError) return false;
    throw error;
  }
}
