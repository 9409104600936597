import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { encodeLatin1 } from '../../../bytes/text.js';
import type { ByteWriter } from '../../../bytes/writer.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';

/** MessageType ([MS-NLMP] 2.2.1). */
export const MESSAGE_TYPE = { NEGOTIATE: 1, CHALLENGE: 2, AUTHENTICATE: 3 } as const;
Object.freeze(MESSAGE_TYPE);

/** Bytes before the fields of each message: signature and type. */
const HEAD_LENGTH = 12;

const SIGNATURE = encodeLatin1('NTLMSSP\0');

/** Whether bytes begin as every NTLM message does. */
export function isNtlmMessage(bytes: Uint8Array): boolean {
  if (bytes.length < HEAD_LENGTH) return false;
  for (let i = 0; i < SIGNATURE.length; i++) {
    if (bytes[i] !== SIGNATURE[i]) return false;
  }
  return true;
}

/** The type of a message; undefined for bytes that are none. */
export function messageType(bytes: Uint8Array): number | undefined {
  if (!isNtlmMessage(bytes)) return undefined;
  const reader = new ByteReader(bytes);
  reader.skip(SIGNATURE.length);
  return reader.u32le();
}

/**
 * Reads a message of `type`: `parse` gets a reader that stands behind the head. Throws SEC_E_INVALID_TOKEN for bytes that are no such
 * message, or longer than `maxLength`.
 */
export function readMessage<T>(
  bytes: Uint8Array,
  type: number,
  maxLength: number,
  parse: (reader: ByteReader) => T,
): T {
  const reader = new ByteReader(bytes);
  if (!isNtlmMessage(bytes)) throw malformed('it has no signature');
  reader.skip(SIGNATURE.length);
  if (reader.u32le() !== type) throw malformed(`it is no ${TYPE_NAMES[type]} message`);
  if (bytes.length > maxLength) throw malformed(`it is longer than ${maxLength} bytes`);
  try {
    return parse(reader);
  } catch (error) {
    if (error instanceof MalformedBytesError) throw malformed(error.message);
    throw error;
  }
}

export function writeHead(writer: ByteWriter, type: number): void {
  writer.bytes(SIGNATURE).u32le(type);
}

export function malformed(detail: string): PackageError {
  return new PackageError(SEC_E.INVALID_TOKEN, `the NTLM message is malformed: ${detail}`);
}

const TYPE_NAMES: Readonly<Record<number, string>> = { 1: 'NEGOTIATE', 2: 'CHALLENGE', 3: 'AUTHENTICATE' };
