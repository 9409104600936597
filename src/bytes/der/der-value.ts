import { concatBytes } from '../concat.js';
import { encodeUtf8 } from '../text.js';
import { ByteWriter } from '../writer.js';
import type { BitString } from './der-reader.js';
import { encodeInteger } from './integer.js';
import { encodeOid } from './oid.js';
import { contextTag, DER_TAG } from './tags.js';
import { encodeGeneralizedTime } from './time.js';

/** An element to be written: its lengths are known before the first byte goes out. Its bytes are not copied until then. */
export interface DerValue {
  /** Bytes of the whole encoding. */
  readonly length: number;
  write(writer: ByteWriter): void;
}

/** The bytes of an element (X.690 10). */
export function encodeDer(value: DerValue): Uint8Array {
  const writer = ByteWriter.ofLength(value.length);
  value.write(writer);
  // All of what the writer has, and nothing comes after it: no copy is needed.
  return writer.view();
}

/** An element with other elements in it; those that are undefined are left out. */
export function derElement(tag: number, ...values: readonly (DerValue | undefined)[]): DerValue {
  let contentLength = 0;
  for (const value of values) contentLength += value?.length ?? 0;
  return {
    length: headerLength(contentLength) + contentLength,
    write(writer) {
      writeHeader(writer, tag, contentLength);
      for (const value of values) value?.write(writer);
    },
  };
}

/** An element with content of its own. */
export function derPrimitive(tag: number, content: Uint8Array): DerValue {
  return {
    length: headerLength(content.length) + content.length,
    write(writer) {
      writeHeader(writer, tag, content.length);
      writer.bytes(content);
    },
  };
}

/** An element, or several, that are encoded already. */
export function derEncoded(encoding: Uint8Array): DerValue {
  return { length: encoding.length, write: writer => void writer.bytes(encoding) };
}

export function derSequence(...values: readonly (DerValue | undefined)[]): DerValue {
  return derElement(DER_TAG.SEQUENCE, ...values);
}

/** A component with the explicit tag `[number]`; undefined where there is no value. */
export function derField(number: number, value: DerValue): DerValue;
export function derField(number: number, value: DerValue | undefined): DerValue | undefined;
export function derField(number: number, value: DerValue | undefined): DerValue | undefined {
  return value && derElement(contextTag(number), value);
}

export function derBoolean(value: boolean): DerValue {
  return derPrimitive(DER_TAG.BOOLEAN, Uint8Array.of(value ? 0xff : 0x00));
}

export function derInteger(value: number | bigint): DerValue {
  return derPrimitive(DER_TAG.INTEGER, encodeInteger(value));
}

export function derEnumerated(value: number): DerValue {
  return derPrimitive(DER_TAG.ENUMERATED, encodeInteger(value));
}

/** @param oid in dotted form. */
export function derObjectIdentifier(oid: string): DerValue {
  return derPrimitive(DER_TAG.OBJECT_IDENTIFIER, encodeOid(oid));
}

export function derOctetString(bytes: Uint8Array): DerValue {
  return derPrimitive(DER_TAG.OCTET_STRING, bytes);
}

export function derBitString({ bytes, unusedBits }: BitString): DerValue {
  return derPrimitive(DER_TAG.BIT_STRING, concatBytes(Uint8Array.of(unusedBits), bytes));
}

export function derGeneralString(text: string): DerValue {
  return derPrimitive(DER_TAG.GENERAL_STRING, encodeUtf8(text));
}

export function derUtf8String(text: string): DerValue {
  return derPrimitive(DER_TAG.UTF8_STRING, encodeUtf8(text));
}

/** @param time milliseconds since 1970. */
export function derGeneralizedTime(time: number): DerValue {
  return derPrimitive(DER_TAG.GENERALIZED_TIME, encodeGeneralizedTime(time));
}

export function derNull(): DerValue {
  return derPrimitive(DER_TAG.NULL, new Uint8Array(0));
}

function headerLength(contentLength: number): number {
  return 2 + lengthOctets(contentLength);
}

/** Octets of a length besides the first. */
function lengthOctets(length: number): number {
  if (length < 0x80) return 0;
  let count = 1;
  for (let rest = length >>> 8; rest > 0; rest >>>= 8) count += 1;
  return count;
}

function writeHeader(writer: ByteWriter, tag: number, length: number): void {
  writer.u8(tag);
  const count = lengthOctets(length);
  if (count === 0) {
    writer.u8(length);
    return;
  }
  writer.u8(0x80 | count);
  for (let shift = (count - 1) * 8; shift >= 0; shift -= 8) writer.u8((length >>> shift) & 0xff);
}
