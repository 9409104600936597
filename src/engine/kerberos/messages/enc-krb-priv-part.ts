import type { DerReader } from '../../../bytes/der/der-reader.js';
import {
  type DerValue,
  derField,
  derGeneralizedTime,
  derInteger,
  derOctetString,
  encodeDer,
} from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { readMicroseconds, readUint32 } from './basic-types.js';
import { derHostAddress, type HostAddress, readHostAddress } from './host-address.js';
import { decodeMessage, derApplication, readApplication } from './message.js';

/**
 *     EncKrbPrivPart ::= [APPLICATION 28] SEQUENCE { user-data [0] OCTET STRING, timestamp [1] OPTIONAL, usec [2] OPTIONAL,
 *       seq-number [3] UInt32 OPTIONAL, s-address [4] HostAddress, r-address [5] OPTIONAL }
 *
 * (RFC 4120 5.7.1). KRB-SAFE has the same fields in its body.
 */
export interface EncKrbPrivPart {
  readonly userData: Uint8Array;
  readonly timestamp?: number | undefined;
  readonly usec?: number | undefined;
  readonly seqNumber?: number | undefined;
  readonly senderAddress: HostAddress;
  readonly recipientAddress?: HostAddress | undefined;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeEncKrbPrivPart(bytes: Uint8Array): EncKrbPrivPart {
  return decodeMessage('EncKrbPrivPart', bytes, reader =>
    readApplication(reader, MESSAGE_TYPE.ENC_KRB_PRIV_PART, readUserData),
  );
}

export function encodeEncKrbPrivPart(part: EncKrbPrivPart): Uint8Array {
  return encodeDer(derApplication(MESSAGE_TYPE.ENC_KRB_PRIV_PART, ...derUserData(part)));
}

export function readUserData(fields: DerReader): EncKrbPrivPart {
  return {
    userData: fields.field(0, field => field.octetString()),
    timestamp: fields.optionalField(1, field => field.generalizedTime()),
    usec: fields.optionalField(2, readMicroseconds),
    seqNumber: fields.optionalField(3, readUint32),
    senderAddress: fields.field(4, readHostAddress),
    recipientAddress: fields.optionalField(5, readHostAddress),
  };
}

export function derUserData(part: EncKrbPrivPart): (DerValue | undefined)[] {
  const { userData, timestamp, usec, seqNumber, senderAddress, recipientAddress } = part;
  return [
    derField(0, derOctetString(userData)),
    derField(1, timestamp === undefined ? undefined : derGeneralizedTime(timestamp)),
    derField(2, usec === undefined ? undefined : derInteger(usec)),
    derField(3, seqNumber === undefined ? undefined : derInteger(seqNumber)),
    derField(4, derHostAddress(senderAddress)),
    derField(5, recipientAddress && derHostAddress(recipientAddress)),
  ];
}
