import { ByteWriter } from '../../../bytes/writer.js';
import { NTLMSSP } from './flags.js';
import { MESSAGE_TYPE, readMessage, writeHead } from './message.js';
import { FIELD_LENGTH, Payload, readField, writeValue } from './payload-field.js';
import { type NtlmVersion, readVersion, VERSION_LENGTH, writeVersion } from './version.js';

/** NEGOTIATE_MESSAGE ([MS-NLMP] 2.2.1.1). */
export interface NegotiateMessage {
  readonly flags: number;
  /** In the client's OEM character set, whatever the flags say of Unicode. Absent where the client supplied none. */
  readonly domain?: Uint8Array;
  readonly workstation?: Uint8Array;
  readonly version?: NtlmVersion;
}

/** A server keeps the message until the logon is over: more than this no client has to say. */
export const MAX_NEGOTIATE_LENGTH = 2888;

const FIELDS_OFFSET = 16;
const VERSION_OFFSET = FIELDS_OFFSET + 2 * FIELD_LENGTH;

/**
 *     0  Signature  8  MessageType 1  12  NegotiateFlags  16  DomainNameFields  24  WorkstationFields  32  Version  40  Payload
 *
 * Old clients end after the flags, and others (curl, Chromium) before the version. Throws SEC_E_INVALID_TOKEN.
 */
export function parseNegotiate(bytes: Uint8Array): NegotiateMessage {
  return readMessage(bytes, MESSAGE_TYPE.NEGOTIATE, MAX_NEGOTIATE_LENGTH, reader => {
    const flags = reader.u32le();
    const supplied = flags & (NTLMSSP.OEM_DOMAIN_SUPPLIED | NTLMSSP.OEM_WORKSTATION_SUPPLIED);
    if (reader.remaining < 2 * FIELD_LENGTH && !supplied) return { flags };
    const domain = readField(reader);
    const workstation = readField(reader);
    const payload = new Payload(reader, VERSION_OFFSET);
    const hasVersion = (flags & NTLMSSP.VERSION) !== 0 && reader.remaining >= VERSION_LENGTH;
    return {
      flags,
      ...(flags & NTLMSSP.OEM_DOMAIN_SUPPLIED && { domain: payload.value(domain) }),
      ...(flags & NTLMSSP.OEM_WORKSTATION_SUPPLIED && { workstation: payload.value(workstation) }),
      ...(hasVersion && { version: readVersion(reader) }),
    };
  });
}

export function buildNegotiate({ flags, domain, workstation, version }: NegotiateMessage): Uint8Array {
  const writer = new ByteWriter(VERSION_OFFSET + VERSION_LENGTH);
  writeHead(writer, MESSAGE_TYPE.NEGOTIATE);
  writer.u32le(flags);
  const fields = writer.reserve(2 * FIELD_LENGTH);
  writeVersion(writer, version);
  if (domain) writeValue(writer, fields, domain);
  if (workstation) writeValue(writer, fields + FIELD_LENGTH, workstation);
  return writer.view();
}
