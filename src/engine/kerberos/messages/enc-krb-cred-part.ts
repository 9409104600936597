import type { DerReader } from '../../../bytes/der/der-reader.js';
import {
  type DerValue,
  derField,
  derGeneralizedTime,
  derGeneralString,
  derInteger,
  derSequence,
  encodeDer,
} from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { derFlags, derList, readFlags, readList, readMicroseconds, readUint32 } from './basic-types.js';
import { derEncryptionKey, type EncryptionKeyValue, readEncryptionKey } from './encryption-key.js';
import {
  derHostAddress,
  derHostAddresses,
  type HostAddress,
  readHostAddress,
  readHostAddresses,
} from './host-address.js';
import { decodeMessage, derApplication, readApplication } from './message.js';
import { derPrincipalName, type PrincipalName, readPrincipalName } from './principal-name.js';

/**
 *     EncKrbCredPart ::= [APPLICATION 29] SEQUENCE { ticket-info [0] SEQUENCE OF KrbCredInfo, nonce [1] OPTIONAL, timestamp [2] OPTIONAL,
 *       usec [3] OPTIONAL, s-address [4] OPTIONAL, r-address [5] OPTIONAL }
 *
 * (RFC 4120 5.8.1). Times are milliseconds since 1970.
 */
export interface EncKrbCredPart {
  /** One for each ticket, in the same order. */
  readonly ticketInfo: readonly KrbCredInfo[];
  readonly nonce?: number | undefined;
  readonly timestamp?: number | undefined;
  readonly usec?: number | undefined;
  readonly senderAddress?: HostAddress | undefined;
  readonly recipientAddress?: HostAddress | undefined;
}

/**
 *     KrbCredInfo ::= SEQUENCE { key [0], prealm [1] OPTIONAL, pname [2] OPTIONAL, flags [3] OPTIONAL, authtime [4] OPTIONAL,
 *       starttime [5] OPTIONAL, endtime [6] OPTIONAL, renew-till [7] OPTIONAL, srealm [8] OPTIONAL, sname [9] OPTIONAL, caddr [10] OPTIONAL }
 */
export interface KrbCredInfo {
  readonly key: EncryptionKeyValue;
  readonly prealm?: string | undefined;
  readonly pname?: PrincipalName | undefined;
  readonly flags?: number | undefined;
  readonly authtime?: number | undefined;
  readonly starttime?: number | undefined;
  readonly endtime?: number | undefined;
  readonly renewTill?: number | undefined;
  readonly srealm?: string | undefined;
  readonly sname?: PrincipalName | undefined;
  readonly caddr?: readonly HostAddress[] | undefined;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeEncKrbCredPart(bytes: Uint8Array): EncKrbCredPart {
  return decodeMessage('EncKrbCredPart', bytes, reader =>
    readApplication(reader, MESSAGE_TYPE.ENC_KRB_CRED_PART, fields => ({
      ticketInfo: fields.field(0, field => readList(field, readKrbCredInfo)),
      nonce: fields.optionalField(1, readUint32),
      timestamp: fields.optionalField(2, field => field.generalizedTime()),
      usec: fields.optionalField(3, readMicroseconds),
      senderAddress: fields.optionalField(4, readHostAddress),
      recipientAddress: fields.optionalField(5, readHostAddress),
    })),
  );
}

export function encodeEncKrbCredPart(part: EncKrbCredPart): Uint8Array {
  const { ticketInfo, nonce, timestamp, usec, senderAddress, recipientAddress } = part;
  return encodeDer(
    derApplication(
      MESSAGE_TYPE.ENC_KRB_CRED_PART,
      derField(0, derList(ticketInfo, derKrbCredInfo)),
      derField(1, nonce === undefined ? undefined : derInteger(nonce)),
      derField(2, optionalTime(timestamp)),
      derField(3, usec === undefined ? undefined : derInteger(usec)),
      derField(4, senderAddress && derHostAddress(senderAddress)),
      derField(5, recipientAddress && derHostAddress(recipientAddress)),
    ),
  );
}

function readKrbCredInfo(reader: DerReader): KrbCredInfo {
  return reader.sequence(fields => ({
    key: fields.field(0, readEncryptionKey),
    prealm: fields.optionalField(1, field => field.generalString()),
    pname: fields.optionalField(2, readPrincipalName),
    flags: fields.optionalField(3, readFlags),
    authtime: fields.optionalField(4, field => field.generalizedTime()),
    starttime: fields.optionalField(5, field => field.generalizedTime()),
    endtime: fields.optionalField(6, field => field.generalizedTime()),
    renewTill: fields.optionalField(7, field => field.generalizedTime()),
    srealm: fields.optionalField(8, field => field.generalString()),
    sname: fields.optionalField(9, readPrincipalName),
    caddr: fields.optionalField(10, readHostAddresses),
  }));
}

function derKrbCredInfo(info: KrbCredInfo): DerValue {
  const { prealm, pname, flags, srealm, sname, caddr } = info;
  return derSequence(
    derField(0, derEncryptionKey(info.key)),
    derField(1, prealm === undefined ? undefined : derGeneralString(prealm)),
    derField(2, pname && derPrincipalName(pname)),
    derField(3, flags === undefined ? undefined : derFlags(flags)),
    derField(4, optionalTime(info.authtime)),
    derField(5, optionalTime(info.starttime)),
    derField(6, optionalTime(info.endtime)),
    derField(7, optionalTime(info.renewTill)),
    derField(8, srealm === undefined ? undefined : derGeneralString(srealm)),
    derField(9, sname && derPrincipalName(sname)),
    derField(10, caddr && derHostAddresses(caddr)),
  );
}

function optionalTime(time: number | undefined): DerValue | undefined {
  return time === undefined ? undefined : derGeneralizedTime(time);
}
