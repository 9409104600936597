import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { ByteWriter } from '../../../bytes/writer.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { GSS_FLAG } from './gss-flags.js';

/**
 *     Lgth u32 (16), Bnd 16, Flags u32 [, DlgOpt u16 (1), Dlgth u16, Deleg], extensions
 *
 * Least significant byte first; the part in brackets is there with the flag DELEGATE (RFC 4121 4.1.1).
 */
export interface GssChecksum {
  /** MD5 of the channel bindings; undefined, and zeros in the message, for none. */
  readonly bindings: Uint8Array | undefined;
  /** GSS_FLAG bits. */
  readonly flags: number;
  /** A KRB-CRED. */
  readonly delegation?: Uint8Array | undefined;
}

const BINDINGS_LENGTH = 16;
const DELEGATION_OPTION = 1;

export function encodeGssChecksum({ bindings, flags, delegation }: GssChecksum): Uint8Array {
  const writer = new ByteWriter(28 + (delegation?.length ?? 0))
    .u32le(BINDINGS_LENGTH)
    .bytes(bindings ?? new Uint8Array(BINDINGS_LENGTH))
    .u32le(flags);
  if (delegation) writer.u16le(DELEGATION_OPTION).u16le(delegation.length).bytes(delegation);
  return writer.toBytes();
}

/** Throws SEC_E_INVALID_TOKEN. Bytes that follow are extensions, and are passed over. */
export function decodeGssChecksum(bytes: Uint8Array): GssChecksum {
  try {
    const reader = new ByteReader(bytes);
    if (reader.u32le() !== BINDINGS_LENGTH) throw malformed('the channel bindings have another length than 16');
    const hash = reader.bytes(BINDINGS_LENGTH);
    const bindings = hash.some(byte => byte !== 0) ? hash : undefined;
    const flags = reader.u32le();
    return { bindings, flags, delegation: flags & GSS_FLAG.DELEGATE ? readDelegation(reader) : undefined };
  } catch (error) {
    throw error instanceof MalformedBytesError ? malformed(error.message) : error;
  }
}

function readDelegation(reader: ByteReader): Uint8Array {
  if (reader.u16le() !== DELEGATION_OPTION) throw malformed('its option of delegation is not 1');
  return reader.bytes(reader.u16le());
}

function malformed(detail: string): PackageError {
  return new PackageError(SEC_E.INVALID_TOKEN, `the checksum of the authenticator is malformed: ${detail}`);
}
