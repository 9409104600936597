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

/** `AuthorizationData ::= SEQUENCE OF SEQUENCE { ad-type [0] Int32, ad-data [1] OCTET STRING }` (RFC 4120 5.2.6). */
export type AuthorizationData = readonly AuthorizationDataEntry[];

export interface AuthorizationDataEntry {
  readonly type: number;
  readonly data: Uint8Array;
}

export function readAuthorizationData(reader: DerReader): AuthorizationDataEntry[] {
  return readList(reader, item =>
    item.sequence(fields => ({
      type: fields.field(0, readInt32),
      data: fields.field(1, field => field.octetString()),
    })),
  );
}

export function derAuthorizationData(entries: AuthorizationData): DerValue {
  return derList(entries, ({ type, data }) =>
    derSequence(derField(0, derInteger(type)), derField(1, derOctetString(data))),
  );
}

/** What is in an AD-IF-RELEVANT, too (RFC 4120 5.2.6.1). Throws SEC_E_INVALID_TOKEN. */
export function decodeAuthorizationData(bytes: Uint8Array): AuthorizationDataEntry[] {
  return decodeMessage('authorization data', bytes, readAuthorizationData);
}

export function encodeAuthorizationData(entries: AuthorizationData): Uint8Array {
  return encodeDer(derAuthorizationData(entries));
}
