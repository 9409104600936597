import { concatBytes } from '../../../../bytes/concat.js';
import { ByteReader } from '../../../../bytes/reader.js';
import { ByteWriter } from '../../../../bytes/writer.js';
import { malformedToken } from '../token-errors.js';

/** The object identifier of Kerberos V5, 1.2.840.113554.1.2.2, as it stands in every token (RFC 1964 1.2). */
const MECHANISM = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02);
const APPLICATION_0 = 0x60;

/** Most bytes before the token proper, with a length of four octets. */
export const LONGEST_FRAMING: number = 6 + MECHANISM.length;

/** Whether the length of the framing counts the message behind the token: in DCE style it does not. */
export type LengthRule = 'whole' | 'header';

/** `60 length 06 09 OID token`; `following` bytes come behind and are counted. */
export function frame(token: Uint8Array, following: number): Uint8Array {
  const writer = new ByteWriter(LONGEST_FRAMING + token.length).u8(APPLICATION_0);
  writeLength(writer, MECHANISM.length + token.length + following);
  return writer.bytes(MECHANISM).bytes(token).toBytes();
}

/** What is behind the framing. Throws SEC_E_INVALID_TOKEN, or `MalformedBytesError` where the bytes end too soon. */
export function unframe(bytes: Uint8Array, rule: LengthRule, headerLength: number): Uint8Array {
  const reader = new ByteReader(bytes);
  if (reader.u8() !== APPLICATION_0) throw malformedToken('it does not begin with 60');
  const length = readLength(reader);
  const expected = rule === 'whole' ? reader.remaining : MECHANISM.length + headerLength;
  if (length !== expected) throw malformedToken(`its length says ${length}, not ${expected}`);
  const mechanism = reader.bytes(MECHANISM.length);
  if (!mechanism.every((byte, at) => byte === MECHANISM[at])) throw malformedToken('it is of another mechanism');
  return reader.rest();
}

function writeLength(writer: ByteWriter, length: number): void {
  if (length < 0x80) writer.u8(length);
  else if (length < 0x100) writer.u8(0x81).u8(length);
  else if (length < 0x1_0000) writer.u8(0x82).u16be(length);
  else writer.u8(0x84).u32be(length);
}

function readLength(reader: ByteReader): number {
  const first = reader.u8();
  if (first < 0x80) return first;
  if (first < 0x81 || first > 0x84) throw malformedToken('its length is not of one to four octets');
  const octets = reader.bytes(first - 0x80);
  return new ByteReader(concatBytes(new Uint8Array(4 - octets.length), octets)).u32be();
}
