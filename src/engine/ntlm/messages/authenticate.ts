import { ByteWriter } from '../../../bytes/writer.js';
import { NTLMSSP } from './flags.js';
import { MESSAGE_TYPE, malformed, readMessage, writeHead } from './message.js';
import { FIELD_LENGTH, Payload, readField, writeValue } from './payload-field.js';
import { type NtlmVersion, readVersion, VERSION_LENGTH, writeVersion } from './version.js';

/** AUTHENTICATE_MESSAGE ([MS-NLMP] 2.2.1.3). Names are in the negotiated character set. */
export interface AuthenticateMessage {
  readonly flags: number;
  readonly lmResponse: Uint8Array;
  readonly ntResponse: Uint8Array;
  readonly domain: Uint8Array;
  readonly user: Uint8Array;
  readonly workstation: Uint8Array;
  /** EncryptedRandomSessionKey. */
  readonly sessionKey: Uint8Array;
  readonly version?: NtlmVersion;
}

/** A message as it was received. */
export interface ReceivedAuthenticate extends AuthenticateMessage {
  /**
   * The MIC. Only MsvAvFlags in the NT response says that there is one, so it is read when that is known: throws SEC_E_INVALID_TOKEN
   * where the message has no room for it.
   */
  mic(): Uint8Array;
}

const MAX_AUTHENTICATE_LENGTH = 0x1_0000;
const FIELD_COUNT = 6;
const VERSION_OFFSET = 64;
/** Where the MIC stands, and how long it is. */
export const MIC_OFFSET = 72;
export const MIC_LENGTH = 16;
const PAYLOAD_OFFSET = MIC_OFFSET + MIC_LENGTH;

/**
 *     0  Signature  8  MessageType 3  12  LmChallengeResponseFields  20  NtChallengeResponseFields  28  DomainNameFields
 *     36  UserNameFields  44  WorkstationFields  52  EncryptedRandomSessionKeyFields  60  NegotiateFlags  64  Version  72  MIC
 *     88  Payload
 *
 * Old clients leave out the MIC, and the version as well. Throws SEC_E_INVALID_TOKEN.
 */
export function parseAuthenticate(bytes: Uint8Array): ReceivedAuthenticate {
  return readMessage(bytes, MESSAGE_TYPE.AUTHENTICATE, MAX_AUTHENTICATE_LENGTH, reader => {
    const lm = readField(reader);
    const nt = readField(reader);
    const domain = readField(reader);
    const user = readField(reader);
    const workstation = readField(reader);
    const sessionKey = readField(reader);
    const flags = reader.u32le();
    const payload = new Payload(reader, VERSION_OFFSET);
    const hasVersion = (flags & NTLMSSP.VERSION) !== 0 && reader.remaining >= VERSION_LENGTH;
    return {
      flags,
      lmResponse: payload.value(lm),
      ntResponse: payload.value(nt),
      domain: payload.value(domain),
      user: payload.value(user),
      workstation: payload.value(workstation),
      sessionKey: payload.value(sessionKey),
      ...(hasVersion && { version: readVersion(reader) }),
      mic() {
        if (bytes.length < PAYLOAD_OFFSET) throw malformed('there is no MIC, although the NT response says so');
        payload.beginAt(PAYLOAD_OFFSET);
        return bytes.subarray(MIC_OFFSET, PAYLOAD_OFFSET);
      },
    };
  });
}

/** The MIC is zeros, to be computed over the whole exchange and put at {@link MIC_OFFSET}. */
export function buildAuthenticate(message: AuthenticateMessage): Uint8Array {
  const { flags, lmResponse, ntResponse, domain, user, workstation, sessionKey, version } = message;
  const names = domain.length + user.length + workstation.length;
  const responses = lmResponse.length + ntResponse.length + sessionKey.length;
  const writer = new ByteWriter(PAYLOAD_OFFSET + names + responses);
  writeHead(writer, MESSAGE_TYPE.AUTHENTICATE);
  const fields = writer.reserve(FIELD_COUNT * FIELD_LENGTH);
  writer.u32le(flags);
  writeVersion(writer, version);
  writer.reserve(MIC_LENGTH);
  writeValue(writer, fields + 2 * FIELD_LENGTH, domain);
  writeValue(writer, fields + 3 * FIELD_LENGTH, user);
  writeValue(writer, fields + 4 * FIELD_LENGTH, workstation);
  writeValue(writer, fields, lmResponse);
  writeValue(writer, fields + FIELD_LENGTH, ntResponse);
  writeValue(writer, fields + 5 * FIELD_LENGTH, sessionKey);
  return writer.view();
}
