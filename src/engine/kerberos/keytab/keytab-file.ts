import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { decodeUtf8, encodeUtf8 } from '../../../bytes/text.js';
import { ByteWriter } from '../../../bytes/writer.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { NAME_TYPE } from '../constants/name-type.js';
import { KeytabEntry } from './keytab-entry.js';

/**
 *     keytab ::= 05 02 record*
 *     record ::= size s32, entry (negative size: a hole of that many bytes; 0: the end)
 *     entry  ::= components u16, realm, component*, name type u32, timestamp u32, kvno u8, etype u16, key [, kvno u32]
 *     realm, component, key ::= length u16, bytes
 *
 * All most significant byte first (MIT krb5, doc/formats/keytab_file_format.rst). In version 1 (`05 01`) the machine's own order is used,
 * the realm counts as a component, and there is no name type; it is read in the order that fits.
 *
 * Throws SEC_E_NO_CREDENTIALS, as a keytab is part of a credential.
 */
export function parseKeytab(bytes: Uint8Array): KeytabEntry[] {
  try {
    const reader = new ByteReader(bytes);
    if (reader.u8() !== MAGIC) throw malformed('it does not begin with 05');
    const version = reader.u8();
    if (version !== 1 && version !== 2) throw malformed(`version ${version} is not known`);
    return readRecords(reader, version);
  } catch (error) {
    if (error instanceof MalformedBytesError) throw malformed(error.message);
    throw error;
  }
}

/** A keytab file of version 2, with nothing but the entries in it. The bytes are secret. */
export function encodeKeytab(entries: readonly KeytabEntry[]): Uint8Array {
  const writer = new ByteWriter(256);
  writer.u8(MAGIC).u8(2);
  for (const entry of entries) {
    const start = writer.reserve(4);
    writeEntry(writer, entry);
    writer.setU32be(start, writer.length - start - 4);
  }
  return writer.toBytes();
}

const MAGIC = 0x05;

/** Records in the byte order of the file. */
interface Order {
  u16(reader: ByteReader): number;
  u32(reader: ByteReader): number;
}

const BIG_ENDIAN: Order = { u16: reader => reader.u16be(), u32: reader => reader.u32be() };
const LITTLE_ENDIAN: Order = { u16: reader => reader.u16le(), u32: reader => reader.u32le() };

function readRecords(reader: ByteReader, version: number): KeytabEntry[] {
  const order = version === 1 ? orderOf(reader) : BIG_ENDIAN;
  const entries: KeytabEntry[] = [];
  while (reader.remaining > 0) {
    const size = order.u32(reader) | 0;
    if (size === 0) break;
    if (size < 0) reader.skip(-size);
    else entries.push(readEntry(reader.sub(size), version, order));
  }
  return entries;
}

/** The order in which the first record fits into the file. */
function orderOf(reader: ByteReader): Order {
  if (reader.remaining < 4) return BIG_ENDIAN;
  const size = new ByteReader(reader.bytesAt(reader.position, 4)).u32be() | 0;
  return Math.abs(size) <= reader.remaining - 4 ? BIG_ENDIAN : LITTLE_ENDIAN;
}

function readEntry(reader: ByteReader, version: number, order: Order): KeytabEntry {
  const text = (): string => decodeUtf8(reader.bytes(order.u16(reader)));
  const count = order.u16(reader) - (version === 1 ? 1 : 0);
  if (count < 0) throw malformed('an entry has no realm');
  const realm = text();
  const components: string[] = [];
  for (let i = 0; i < count; i++) components.push(text());
  const type = version === 1 ? NAME_TYPE.PRINCIPAL : order.u32(reader) | 0;
  const timestamp = order.u32(reader);
  const shortKvno = reader.u8();
  const etype = (order.u16(reader) << 16) >> 16;
  const keyBytes = Uint8Array.from(reader.bytes(order.u16(reader)));
  const longKvno = reader.remaining >= 4 ? order.u32(reader) : 0;
  const kvno = longKvno || shortKvno;
  return new KeytabEntry({ realm, principal: { type, components }, timestamp, kvno, etype, keyBytes });
}

function writeEntry(writer: ByteWriter, entry: KeytabEntry): void {
  const { realm, principal, timestamp, kvno, etype } = entry;
  const data = (bytes: Uint8Array): void => void writer.u16be(bytes.length).bytes(bytes);
  writer.u16be(principal.components.length);
  for (const part of [realm, ...principal.components]) data(encodeUtf8(part));
  writer.u32be(principal.type >>> 0).u32be(timestamp);
  writer.u8(kvno & 0xff).u16be(etype & 0xffff);
  entry.value.use(data);
  writer.u32be(kvno);
}

function malformed(detail: string): PackageError {
  return new PackageError(SEC_E.NO_CREDENTIALS, `the keytab is malformed: ${detail}`, {
    hint: 'Look at it with `klist -k -e -t FILE:path`; a keytab must be copied as binary.',
  });
}
