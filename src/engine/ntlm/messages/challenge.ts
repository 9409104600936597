import { ByteWriter } from '../../../bytes/writer.js';
import { NTLMSSP } from './flags.js';
import { MESSAGE_TYPE, readMessage, writeHead } from './message.js';
import { FIELD_LENGTH, Payload, readField, writeValue } from './payload-field.js';
import { type NtlmVersion, readVersion, VERSION_LENGTH, writeVersion } from './version.js';

/** CHALLENGE_MESSAGE ([MS-NLMP] 2.2.1.2). */
export interface ChallengeMessage {
  readonly flags: number;
  /** Of the domain or the server, in the negotiated character set. */
  readonly targetName: Uint8Array;
  /** 8 bytes. */
  readonly serverChallenge: Uint8Array;
  /** AV_PAIRs as they stand in the message; absent where the flags announce none. */
  readonly targetInfo?: Uint8Array;
  readonly version?: NtlmVersion;
}

const MAX_CHALLENGE_LENGTH = 0x1_0000;
export const SERVER_CHALLENGE_LENGTH = 8;
const RESERVED_LENGTH = 8;
/** Where a message ends at the earliest, and where it does with TargetInfo and without a version. */
const SHORT_LENGTH = 32;
const TARGET_INFO_END = 48;
const FULL_LENGTH = TARGET_INFO_END + VERSION_LENGTH;

/**
 *     0  Signature  8  MessageType 2  12  TargetNameFields  20  NegotiateFlags  24  ServerChallenge  32  Reserved
 *     40  TargetInfoFields  48  Version  56  Payload
 *
 * Old servers leave out what stands from 32 or 48 on. Throws SEC_E_INVALID_TOKEN.
 */
export function parseChallenge(bytes: Uint8Array): ChallengeMessage {
  return readMessage(bytes, MESSAGE_TYPE.CHALLENGE, MAX_CHALLENGE_LENGTH, reader => {
    const targetName = readField(reader);
    const flags = reader.u32le();
    const serverChallenge = reader.bytes(SERVER_CHALLENGE_LENGTH);
    if ((flags & NTLMSSP.TARGET_INFO) === 0) {
      return { flags, serverChallenge, targetName: new Payload(reader, SHORT_LENGTH).value(targetName) };
    }
    reader.skip(RESERVED_LENGTH);
    const targetInfo = readField(reader);
    const payload = new Payload(reader, TARGET_INFO_END);
    const hasVersion = (flags & NTLMSSP.VERSION) !== 0 && reader.remaining >= VERSION_LENGTH;
    return {
      flags,
      serverChallenge,
      targetName: payload.value(targetName),
      targetInfo: payload.value(targetInfo),
      ...(hasVersion && { version: readVersion(reader) }),
    };
  });
}

export function buildChallenge(message: ChallengeMessage): Uint8Array {
  const { flags, targetName, serverChallenge, targetInfo, version } = message;
  const writer = new ByteWriter(FULL_LENGTH + targetName.length + (targetInfo?.length ?? 0));
  writeHead(writer, MESSAGE_TYPE.CHALLENGE);
  const targetNameField = writer.reserve(FIELD_LENGTH);
  writer.u32le(flags).bytes(serverChallenge).reserve(RESERVED_LENGTH);
  const targetInfoField = writer.reserve(FIELD_LENGTH);
  writeVersion(writer, version);
  writeValue(writer, targetNameField, targetName);
  if (targetInfo) writeValue(writer, targetInfoField, targetInfo);
  return writer.view();
}
