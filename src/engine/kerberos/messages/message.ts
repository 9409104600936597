import { DerReader } from '../../../bytes/der/der-reader.js';
import { type DerValue, derElement, derField, derInteger, derSequence } from '../../../bytes/der/der-value.js';
import { applicationTag } from '../../../bytes/der/tags.js';
import { InvalidEncodingError, MalformedBytesError } from '../../../bytes/errors.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';

/** Protocol, ticket and authenticator version (RFC 4120 5.3 to 5.5). */
export const KERBEROS_VERSION = 5;

/** Takes one message apart, from end to end. Throws SEC_E_INVALID_TOKEN where it is malformed; `name` says what it should have been. */
export function decodeMessage<T>(name: string, bytes: Uint8Array, read: (reader: DerReader) => T): T {
  try {
    const reader = new DerReader(bytes);
    const message = read(reader);
    reader.end();
    return message;
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    throw new PackageError(SEC_E.INVALID_TOKEN, `the ${name} is malformed: ${error.message}`);
  }
}

/** The fields of `[APPLICATION type] SEQUENCE`. */
export function readApplication<T>(reader: DerReader, type: number, read: (fields: DerReader) => T): T {
  return reader.inside(applicationTag(type), element => element.sequence(read));
}

export function derApplication(type: number, ...fields: readonly (DerValue | undefined)[]): DerValue {
  return derElement(applicationTag(type), derSequence(...fields));
}

/** `pvno [n], msg-type [n + 1]`, which most messages begin with. */
export function readHead(fields: DerReader, first: number, type: number): void {
  readVersion(fields, first);
  const found = fields.field(first + 1, field => field.integer());
  if (found !== type) throw new InvalidEncodingError(`the message type is ${found}, not ${type}`);
}

export function derHead(first: number, type: number): DerValue[] {
  return [derVersion(first), derField(first + 1, derInteger(type))];
}

export function readVersion(fields: DerReader, number: number): void {
  const version = fields.field(number, field => field.integer());
  if (version !== KERBEROS_VERSION) throw new InvalidEncodingError(`the version is ${version}, not 5`);
}

export function derVersion(number: number): DerValue {
  return derField(number, derInteger(KERBEROS_VERSION));
}
