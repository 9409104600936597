import { DerReader } from '../../../bytes/der/der-reader.js';
import { derField, derInteger, derOctetString, derSequence, encodeDer } from '../../../bytes/der/der-value.js';
import { contextTag } from '../../../bytes/der/tags.js';
import { ByteReader } from '../../../bytes/reader.js';
import { readInt32, readList } from './basic-types.js';
import { decodeMessage } from './message.js';

/**
 * The e-data of Windows' KRB-ERRORs: `KERB-ERROR-DATA ::= SEQUENCE { data-type [1] INTEGER, data-value [2] OCTET STRING OPTIONAL }`
 * ([MS-KILE] 2.2.2). Its encoding is that of a PA-DATA.
 */
export interface KerbErrorData {
  readonly type: number;
  readonly value?: Uint8Array | undefined;
}

export const KERB_ERROR_DATA = {
  /** KERB_AP_ERR_TYPE_SKEW_RECOVERY: the client may use the time in the error. */
  SKEW_RECOVERY: 2,
  /** KERB_ERR_TYPE_EXTENDED: the value is KERB-EXT-ERROR. */
  EXTENDED: 3,
} as const;
Object.freeze(KERB_ERROR_DATA);

/** One element, or some in a SEQUENCE, as both are sent. Throws SEC_E_INVALID_TOKEN. */
export function decodeKerbErrorData(bytes: Uint8Array): KerbErrorData[] {
  return decodeMessage('KERB-ERROR-DATA', bytes, reader => {
    const isOne = new DerReader(bytes).sequence(fields => {
      const tag = fields.nextTag;
      while (fields.remaining > 0) fields.element();
      return tag === contextTag(1);
    });
    return isOne ? [readKerbErrorData(reader)] : readList(reader, readKerbErrorData);
  });
}

export function encodeKerbErrorData({ type, value }: KerbErrorData): Uint8Array {
  return encodeDer(derSequence(derField(1, derInteger(type)), derField(2, value && derOctetString(value))));
}

/** The NTSTATUS of KERB-EXT-ERROR ([MS-KILE] 2.2.1): three 32-bit numbers, least significant byte first. */
export function extendedStatus(data: readonly KerbErrorData[]): number | undefined {
  const value = data.find(({ type }) => type === KERB_ERROR_DATA.EXTENDED)?.value;
  return value?.length === 12 ? new ByteReader(value).u32le() : undefined;
}

function readKerbErrorData(reader: DerReader): KerbErrorData {
  return reader.sequence(fields => ({
    type: fields.field(1, readInt32),
    value: fields.optionalField(2, field => field.octetString()),
  }));
}
