import type { DerReader } from '../../../bytes/der/der-reader.js';
import {
  type DerValue,
  derField,
  derInteger,
  derOctetString,
  derSequence,
  encodeDer,
} from '../../../bytes/der/der-value.js';
import { derList, readInt32, readList } from './basic-types.js';
import { decodeMessage } from './message.js';

/** `PA-DATA ::= SEQUENCE { padata-type [1] Int32, padata-value [2] OCTET STRING }` (RFC 4120 5.2.7): there is no [0]. */
export interface PaData {
  readonly type: number;
  readonly value: Uint8Array;
}

export function readPaData(reader: DerReader): PaData {
  return reader.sequence(fields => ({
    type: fields.field(1, readInt32),
    value: fields.field(2, field => field.octetString()),
  }));
}

export function derPaData({ type, value }: PaData): DerValue {
  return derSequence(derField(1, derInteger(type)), derField(2, derOctetString(value)));
}

/** METHOD-DATA (RFC 4120 5.9.1), and the padata of a request and a reply. */
export function readPaDataList(reader: DerReader): PaData[] {
  return readList(reader, readPaData);
}

export function derPaDataList(list: readonly PaData[]): DerValue {
  return derList(list, derPaData);
}

/** The e-data of KDC_ERR_PREAUTH_REQUIRED. Throws SEC_E_INVALID_TOKEN. */
export function decodeMethodData(bytes: Uint8Array): PaData[] {
  return decodeMessage('METHOD-DATA', bytes, readPaDataList);
}

export function encodeMethodData(list: readonly PaData[]): Uint8Array {
  return encodeDer(derPaDataList(list));
}

/** The value of the first element of a type. */
export function findPaData(list: readonly PaData[] | undefined, type: number): Uint8Array | undefined {
  return list?.find(element => element.type === type)?.value;
}
