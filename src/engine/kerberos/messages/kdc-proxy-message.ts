import {
  derField,
  derGeneralString,
  derInteger,
  derOctetString,
  derSequence,
  encodeDer,
} from '../../../bytes/der/der-value.js';
import { decodeMessage } from './message.js';

/**
 *     KDC-PROXY-MESSAGE ::= SEQUENCE { kerb-message [0] OCTET STRING, target-domain [1] Realm OPTIONAL, dclocator-hint [2] INTEGER OPTIONAL }
 *
 * ([MS-KKDCP] 2.2.2).
 */
export interface KdcProxyMessage {
  /** With the length before it that goes over TCP. */
  readonly kerbMessage: Uint8Array;
  readonly targetDomain?: string | undefined;
  readonly dcLocatorHint?: number | undefined;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeKdcProxyMessage(bytes: Uint8Array): KdcProxyMessage {
  return decodeMessage('KDC-PROXY-MESSAGE', bytes, reader =>
    reader.sequence(fields => ({
      kerbMessage: fields.field(0, field => field.octetString()),
      targetDomain: fields.optionalField(1, field => field.generalString()),
      dcLocatorHint: fields.optionalField(2, field => field.integer()),
    })),
  );
}

export function encodeKdcProxyMessage({ kerbMessage, targetDomain, dcLocatorHint }: KdcProxyMessage): Uint8Array {
  return encodeDer(
    derSequence(
      derField(0, derOctetString(kerbMessage)),
      derField(1, targetDomain === undefined ? undefined : derGeneralString(targetDomain)),
      derField(2, dcLocatorHint === undefined ? undefined : derInteger(dcLocatorHint)),
    ),
  );
}
