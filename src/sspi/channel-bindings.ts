import { MalformedBytesError } from '../bytes/errors.js';
import { ByteReader } from '../bytes/reader.js';
import { ByteWriter } from '../bytes/writer.js';

/** The parts of a SEC_CHANNEL_BINDINGS. TLS uses the application data only (RFC 5929). */
export interface ChannelBindingsParts {
  readonly initiatorAddressType?: number;
  readonly initiatorAddress?: Uint8Array;
  readonly acceptorAddressType?: number;
  readonly acceptorAddress?: Uint8Array;
  /** `tls-server-end-point:` or another prefix, then the binding's bytes. */
  readonly applicationData?: Uint8Array;
}

const EMPTY = new Uint8Array(0);
const HEADER_LENGTH = 32;

/**
 * Makes a SEC_CHANNEL_BINDINGS, the content of a SECBUFFER.CHANNEL_BINDINGS buffer.
 * Source: sspi.h; Microsoft Learn, "SEC_CHANNEL_BINDINGS".
 *
 * @example
 * ```ts
 * import { channelBindings, SECBUFFER } from 'secur32/raw';
 *
 * const applicationData = Buffer.concat([Buffer.from('tls-server-end-point:'), Buffer.alloc(32)]);
 * export const buffer = { type: SECBUFFER.CHANNEL_BINDINGS, data: channelBindings({ applicationData }) };
 * ```
 */
export function channelBindings(parts: ChannelBindingsParts): Uint8Array {
  const { initiatorAddress = EMPTY, acceptorAddress = EMPTY, applicationData = EMPTY } = parts;
  const acceptorOffset = HEADER_LENGTH + initiatorAddress.length;
  const dataOffset = acceptorOffset + acceptorAddress.length;
  return new ByteWriter(dataOffset + applicationData.length)
    .u32le(parts.initiatorAddressType ?? 0)
    .u32le(initiatorAddress.length)
    .u32le(initiatorAddress.length ? HEADER_LENGTH : 0)
    .u32le(parts.acceptorAddressType ?? 0)
    .u32le(acceptorAddress.length)
    .u32le(acceptorAddress.length ? acceptorOffset : 0)
    .u32le(applicationData.length)
    .u32le(applicationData.length ? dataOffset : 0)
    .bytes(initiatorAddress)
    .bytes(acceptorAddress)
    .bytes(applicationData)
    .toBytes();
}

/** Reads a SEC_CHANNEL_BINDINGS. Throws `MalformedBytesError` where an offset or a length leaves the buffer. */
export function parseChannelBindings(bytes: Uint8Array): Required<ChannelBindingsParts> {
  const reader = new ByteReader(bytes);
  const part = (): Uint8Array => {
    const length = reader.u32le();
    const offset = reader.u32le();
    if (length === 0) return EMPTY;
    if (offset < HEADER_LENGTH) throw new MalformedBytesError('an address or the data lies in the header');
    return reader.bytesAt(offset, length);
  };
  const initiatorAddressType = reader.u32le();
  const initiatorAddress = part();
  const acceptorAddressType = reader.u32le();
  return {
    initiatorAddressType,
    initiatorAddress,
    acceptorAddressType,
    acceptorAddress: part(),
    applicationData: part(),
  };
}

/**
 * The `gss_channel_bindings_struct` of RFC 2744 3.11 as the mechanisms hash it: little-endian lengths before each address and
 * the application data. Its MD5 is what NTLM, Kerberos and WDigest send.
 */
export function gssChannelBindings(parts: ChannelBindingsParts): Uint8Array {
  const { initiatorAddress = EMPTY, acceptorAddress = EMPTY, applicationData = EMPTY } = parts;
  return new ByteWriter()
    .u32le(parts.initiatorAddressType ?? 0)
    .u32le(initiatorAddress.length)
    .bytes(initiatorAddress)
    .u32le(parts.acceptorAddressType ?? 0)
    .u32le(acceptorAddress.length)
    .bytes(acceptorAddress)
    .u32le(applicationData.length)
    .bytes(applicationData)
    .toBytes();
}
