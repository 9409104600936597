import type { DerReader } from '../../../bytes/der/der-reader.js';
import { type DerValue, derBitString, derInteger, derSequence } from '../../../bytes/der/der-value.js';
import { InvalidEncodingError } from '../../../bytes/errors.js';
import { ByteWriter } from '../../../bytes/writer.js';

/** Int32 (RFC 4120 5.2.4). */
export function readInt32(reader: DerReader): number {
  const value = reader.integer();
  if (value !== (value | 0)) throw new InvalidEncodingError(`${value} does not fit in 32 bits with a sign`);
  return value;
}

/** UInt32 (RFC 4120 5.2.4). Old implementations write values from 2^31 on as negative ones. */
export function readUint32(reader: DerReader): number {
  const value = reader.integer();
  if (value < -0x8000_0000 || value > 0xffff_ffff) throw new InvalidEncodingError(`${value} does not fit in 32 bits`);
  return value >>> 0;
}

/** Microseconds (RFC 4120 5.2.4): 0 to 999,999. */
export function readMicroseconds(reader: DerReader): number {
  const value = reader.integer();
  if (value < 0 || value > 999_999) throw new InvalidEncodingError(`there are no ${value} microseconds in a second`);
  return value;
}

/**
 * KerberosFlags (RFC 4120 5.2.8) as a number whose highest bit is bit 0 of the string. RFC 1510 let senders leave out zeros at the end,
 * and what comes after 32 bits has no meaning yet.
 */
export function readFlags(reader: DerReader): number {
  let flags = 0;
  const { bytes } = reader.bitString();
  for (let at = 0; at < 4; at++) flags = (flags << 8) | (bytes[at] ?? 0);
  return flags >>> 0;
}

export function derFlags(flags: number): DerValue {
  return derBitString({ bytes: new ByteWriter(4).u32be(flags).toBytes(), unusedBits: 0 });
}

/** SEQUENCE OF. */
export function readList<T>(reader: DerReader, read: (item: DerReader) => T): T[] {
  return reader.sequence(items => {
    const list: T[] = [];
    while (items.remaining > 0) list.push(read(items));
    return list;
  });
}

export function derList<T>(list: readonly T[], der: (item: T) => DerValue): DerValue {
  return derSequence(...list.map(der));
}

export function readInt32List(reader: DerReader): number[] {
  return readList(reader, readInt32);
}

export function derInt32List(list: readonly number[]): DerValue {
  return derList(list, derInteger);
}
