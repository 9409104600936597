import type { DerReader } from '../../../bytes/der/der-reader.js';
import {
  type DerValue,
  derField,
  derInteger,
  derOctetString,
  derSequence,
  encodeDer,
} from '../../../bytes/der/der-value.js';
import { readInt32, readUint32 } from './basic-types.js';
import { decodeMessage } from './message.js';

/** `EncryptedData ::= SEQUENCE { etype [0] Int32, kvno [1] UInt32 OPTIONAL, cipher [2] OCTET STRING }` (RFC 4120 5.2.9). */
export interface EncryptedData {
  readonly etype: number;
  readonly kvno?: number | undefined;
  readonly cipher: Uint8Array;
}

export function readEncryptedData(reader: DerReader): EncryptedData {
  return reader.sequence(fields => ({
    etype: fields.field(0, readInt32),
    kvno: fields.optionalField(1, readUint32),
    cipher: fields.field(2, field => field.octetString()),
  }));
}

export function derEncryptedData({ etype, kvno, cipher }: EncryptedData): DerValue {
  return derSequence(
    derField(0, derInteger(etype)),
    derField(1, kvno === undefined ? undefined : derInteger(kvno)),
    derField(2, derOctetString(cipher)),
  );
}

/** As it stands in PA-ENC-TIMESTAMP. Throws SEC_E_INVALID_TOKEN. */
export function decodeEncryptedData(bytes: Uint8Array): EncryptedData {
  return decodeMessage('EncryptedData', bytes, readEncryptedData);
}

export function encodeEncryptedData(data: EncryptedData): Uint8Array {
  return encodeDer(derEncryptedData(data));
}
