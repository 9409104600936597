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
import { applicationTag } from '../../../bytes/der/tags.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { derFlags, derList, readFlags, readInt32, readList, readUint32 } from './basic-types.js';
import { derEncryptionKey, type EncryptionKeyValue, readEncryptionKey } from './encryption-key.js';
import { derHostAddresses, type HostAddress, readHostAddresses } from './host-address.js';
import { decodeMessage, derApplication, readApplication } from './message.js';
import { derPaDataList, type PaData, readPaDataList } from './pa-data.js';
import { derPrincipalName, type PrincipalName, readPrincipalName } from './principal-name.js';

/**
 *     EncKDCRepPart ::= SEQUENCE { key [0], last-req [1], nonce [2] UInt32, key-expiration [3] OPTIONAL, flags [4], authtime [5],
 *       starttime [6] OPTIONAL, endtime [7], renew-till [8] OPTIONAL, srealm [9], sname [10], caddr [11] OPTIONAL,
 *       encrypted-pa-data [12] SEQUENCE OF PA-DATA OPTIONAL }
 *
 * (RFC 4120 5.4.2, [12] by RFC 6806 11). Times are milliseconds since 1970.
 */
export interface EncKdcRepPart {
  readonly key: EncryptionKeyValue;
  readonly lastReq: readonly LastReq[];
  readonly nonce: number;
  readonly keyExpiration?: number | undefined;
  /** TICKET_FLAG bits. */
  readonly flags: number;
  readonly authtime: number;
  readonly starttime?: number | undefined;
  readonly endtime: number;
  readonly renewTill?: number | undefined;
  readonly srealm: string;
  readonly sname: PrincipalName;
  readonly caddr?: readonly HostAddress[] | undefined;
  readonly encryptedPaData?: readonly PaData[] | undefined;
}

export interface LastReq {
  readonly type: number;
  readonly time: number;
}

/** Throws SEC_E_INVALID_TOKEN. The tags 25 and 26 are both taken for both messages, as KDCs mix them up (RFC 4120 5.4.2). */
export function decodeEncKdcRepPart(bytes: Uint8Array): EncKdcRepPart {
  return decodeMessage('EncKDCRepPart', bytes, reader => {
    const isTgs = reader.nextTag === applicationTag(MESSAGE_TYPE.ENC_TGS_REP_PART);
    return readApplication(reader, isTgs ? MESSAGE_TYPE.ENC_TGS_REP_PART : MESSAGE_TYPE.ENC_AS_REP_PART, readPart);
  });
}

/** @param type ENC_AS_REP_PART or ENC_TGS_REP_PART. */
export function encodeEncKdcRepPart(type: number, part: EncKdcRepPart): Uint8Array {
  const { keyExpiration, starttime, renewTill, caddr, encryptedPaData } = part;
  return encodeDer(
    derApplication(
      type,
      derField(0, derEncryptionKey(part.key)),
      derField(1, derList(part.lastReq, derLastReq)),
      derField(2, derInteger(part.nonce)),
      derField(3, keyExpiration === undefined ? undefined : derGeneralizedTime(keyExpiration)),
      derField(4, derFlags(part.flags)),
      derField(5, derGeneralizedTime(part.authtime)),
      derField(6, starttime === undefined ? undefined : derGeneralizedTime(starttime)),
      derField(7, derGeneralizedTime(part.endtime)),
      derField(8, renewTill === undefined ? undefined : derGeneralizedTime(renewTill)),
      derField(9, derGeneralString(part.srealm)),
      derField(10, derPrincipalName(part.sname)),
      derField(11, caddr && derHostAddresses(caddr)),
      derField(12, encryptedPaData && derPaDataList(encryptedPaData)),
    ),
  );
}

function readPart(fields: DerReader): EncKdcRepPart {
  return {
    key: fields.field(0, readEncryptionKey),
    lastReq: fields.field(1, field => readList(field, readLastReq)),
    nonce: fields.field(2, readUint32),
    keyExpiration: fields.optionalField(3, field => field.generalizedTime()),
    flags: fields.field(4, readFlags),
    authtime: fields.field(5, field => field.generalizedTime()),
    starttime: fields.optionalField(6, field => field.generalizedTime()),
    endtime: fields.field(7, field => field.generalizedTime()),
    renewTill: fields.optionalField(8, field => field.generalizedTime()),
    srealm: fields.field(9, field => field.generalString()),
    sname: fields.field(10, readPrincipalName),
    caddr: fields.optionalField(11, readHostAddresses),
    encryptedPaData: fields.optionalField(12, readPaDataList),
  };
}

function readLastReq(reader: DerReader): LastReq {
  return reader.sequence(fields => ({
    type: fields.field(0, readInt32),
    time: fields.field(1, field => field.generalizedTime()),
  }));
}

function derLastReq({ type, time }: LastReq): DerValue {
  return derSequence(derField(0, derInteger(type)), derField(1, derGeneralizedTime(time)));
}
