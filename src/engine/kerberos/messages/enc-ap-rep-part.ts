import { derField, derGeneralizedTime, derInteger, encodeDer } from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { readMicroseconds, readUint32 } from './basic-types.js';
import { derEncryptionKey, type EncryptionKeyValue, readEncryptionKey } from './encryption-key.js';
import { decodeMessage, derApplication, readApplication } from './message.js';

/**
 *     EncAPRepPart ::= [APPLICATION 27] SEQUENCE { ctime [0], cusec [1], subkey [2] OPTIONAL, seq-number [3] UInt32 OPTIONAL }
 *
 * (RFC 4120 5.5.2).
 */
export interface EncApRepPart {
  /** Milliseconds since 1970, whole seconds. */
  readonly ctime: number;
  readonly cusec: number;
  readonly subkey?: EncryptionKeyValue | undefined;
  readonly seqNumber?: number | undefined;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeEncApRepPart(bytes: Uint8Array): EncApRepPart {
  return decodeMessage('EncAPRepPart', bytes, reader =>
    readApplication(reader, MESSAGE_TYPE.ENC_AP_REP_PART, fields => ({
      ctime: fields.field(0, field => field.generalizedTime()),
      cusec: fields.field(1, readMicroseconds),
      subkey: fields.optionalField(2, readEncryptionKey),
      seqNumber: fields.optionalField(3, readUint32),
    })),
  );
}

export function encodeEncApRepPart({ ctime, cusec, subkey, seqNumber }: EncApRepPart): Uint8Array {
  return encodeDer(
    derApplication(
      MESSAGE_TYPE.ENC_AP_REP_PART,
      derField(0, derGeneralizedTime(ctime)),
      derField(1, derInteger(cusec)),
      derField(2, subkey && derEncryptionKey(subkey)),
      derField(3, seqNumber === undefined ? undefined : derInteger(seqNumber)),
    ),
  );
}
