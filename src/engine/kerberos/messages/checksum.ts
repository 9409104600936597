import type { DerReader } from '../../../bytes/der/der-reader.js';
import { type DerValue, derField, derInteger, derOctetString, derSequence } from '../../../bytes/der/der-value.js';
import { readInt32 } from './basic-types.js';

/** `Checksum ::= SEQUENCE { cksumtype [0] Int32, checksum [1] OCTET STRING }` (RFC 4120 5.2.9). */
export interface Checksum {
  readonly type: number;
  readonly bytes: Uint8Array;
}

export function readChecksum(reader: DerReader): Checksum {
  return reader.sequence(fields => ({
    type: fields.field(0, readInt32),
    bytes: fields.field(1, field => field.octetString()),
  }));
}

export function derChecksum({ type, bytes }: Checksum): DerValue {
  return derSequence(derField(0, derInteger(type)), derField(1, derOctetString(bytes)));
}
