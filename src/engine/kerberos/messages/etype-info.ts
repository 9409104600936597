import {
  derField,
  derInteger,
  derOctetString,
  derPrimitive,
  derSequence,
  encodeDer,
} from '../../../bytes/der/der-value.js';
import { DER_TAG } from '../../../bytes/der/tags.js';
import { derList, readInt32, readList } from './basic-types.js';
import { decodeMessage } from './message.js';

/**
 *     ETYPE-INFO2 ::= SEQUENCE OF SEQUENCE { etype [0] Int32, salt [1] KerberosString OPTIONAL, s2kparams [2] OCTET STRING OPTIONAL }
 *     ETYPE-INFO  ::= SEQUENCE OF SEQUENCE { etype [0] Int32, salt [1] OCTET STRING OPTIONAL }
 *
 * (RFC 4120 5.2.7.4 and 5.2.7.5), most wanted by the KDC first.
 */
export interface EtypeInfo {
  readonly etype: number;
  /** Absent: the default salt. Empty: none. */
  readonly salt?: Uint8Array | undefined;
  readonly parameters?: Uint8Array | undefined;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeEtypeInfo2(bytes: Uint8Array): EtypeInfo[] {
  return decodeMessage('ETYPE-INFO2', bytes, reader =>
    readList(reader, item =>
      item.sequence(fields => ({
        etype: fields.field(0, readInt32),
        // The bytes count, whatever characters they stand for.
        salt: fields.optionalField(1, field => field.content(DER_TAG.GENERAL_STRING)),
        parameters: fields.optionalField(2, field => field.octetString()),
      })),
    ),
  );
}

export function encodeEtypeInfo2(list: readonly EtypeInfo[]): Uint8Array {
  return encodeDer(
    derList(list, ({ etype, salt, parameters }) =>
      derSequence(
        derField(0, derInteger(etype)),
        derField(1, salt && derPrimitive(DER_TAG.GENERAL_STRING, salt)),
        derField(2, parameters && derOctetString(parameters)),
      ),
    ),
  );
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeEtypeInfo(bytes: Uint8Array): EtypeInfo[] {
  return decodeMessage('ETYPE-INFO', bytes, reader =>
    readList(reader, item =>
      item.sequence(fields => ({
        etype: fields.field(0, readInt32),
        salt: fields.optionalField(1, field => field.octetString()),
      })),
    ),
  );
}

export function encodeEtypeInfo(list: readonly EtypeInfo[]): Uint8Array {
  return encodeDer(
    derList(list, ({ etype, salt }) =>
      derSequence(derField(0, derInteger(etype)), derField(1, salt && derOctetString(salt))),
    ),
  );
}
