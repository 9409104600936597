import type { DerReader } from '../../../bytes/der/der-reader.js';
import {
  type DerValue,
  derField,
  derInteger,
  derOctetString,
  derSequence,
  encodeDer,
} from '../../../bytes/der/der-value.js';
import { readInt32 } from './basic-types.js';
import { type Checksum, derChecksum, readChecksum } from './checksum.js';
import { derEncryptedData, type EncryptedData, readEncryptedData } from './encrypted-data.js';
import { decodeMessage } from './message.js';

/**
 *     PA-FX-FAST-REQUEST ::= CHOICE { armored-data [0] KrbFastArmoredReq }
 *     KrbFastArmoredReq ::= SEQUENCE { armor [0] KrbFastArmor OPTIONAL, req-checksum [1] Checksum, enc-fast-req [2] EncryptedData }
 *     KrbFastArmor ::= SEQUENCE { armor-type [0] Int32, armor-value [1] OCTET STRING }
 *
 * (RFC 6113 5.4.1 and 5.4.2).
 */
export interface FastArmoredReq {
  readonly armor?: FastArmor | undefined;
  readonly reqChecksum: Checksum;
  readonly encFastReq: EncryptedData;
}

export interface FastArmor {
  readonly type: number;
  readonly value: Uint8Array;
}

/** The armor is an AP-REQ (RFC 6113 5.4.1.1). */
export const FX_FAST_ARMOR_AP_REQUEST = 1;

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeFastArmoredReq(bytes: Uint8Array): FastArmoredReq {
  return decodeMessage('PA-FX-FAST-REQUEST', bytes, reader =>
    reader.field(0, choice =>
      choice.sequence(fields => ({
        armor: fields.optionalField(0, readArmor),
        reqChecksum: fields.field(1, readChecksum),
        encFastReq: fields.field(2, readEncryptedData),
      })),
    ),
  );
}

export function encodeFastArmoredReq({ armor, reqChecksum, encFastReq }: FastArmoredReq): Uint8Array {
  return encodeDer(
    derField(
      0,
      derSequence(
        derField(0, armor && derArmor(armor)),
        derField(1, derChecksum(reqChecksum)),
        derField(2, derEncryptedData(encFastReq)),
      ),
    ),
  );
}

function readArmor(reader: DerReader): FastArmor {
  return reader.sequence(fields => ({
    type: fields.field(0, readInt32),
    value: fields.field(1, field => field.octetString()),
  }));
}

function derArmor({ type, value }: FastArmor): DerValue {
  return derSequence(derField(0, derInteger(type)), derField(1, derOctetString(value)));
}
