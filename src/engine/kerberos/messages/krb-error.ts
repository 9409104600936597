import {
  derField,
  derGeneralizedTime,
  derGeneralString,
  derInteger,
  derOctetString,
  encodeDer,
} from '../../../bytes/der/der-value.js';
import { applicationTag, DER_TAG } from '../../../bytes/der/tags.js';
import { decodeLatin1 } from '../../../bytes/text.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { readInt32, readMicroseconds } from './basic-types.js';
import { decodeMessage, derApplication, derHead, readApplication, readHead } from './message.js';
import { derPrincipalName, type PrincipalName, readPrincipalName } from './principal-name.js';

/**
 *     KRB-ERROR ::= [APPLICATION 30] SEQUENCE { pvno [0], msg-type [1], ctime [2] OPTIONAL, cusec [3] OPTIONAL, stime [4], susec [5],
 *       error-code [6] Int32, crealm [7] OPTIONAL, cname [8] OPTIONAL, realm [9], sname [10], e-text [11] OPTIONAL, e-data [12] OPTIONAL }
 *
 * (RFC 4120 5.9.1). Nothing protects it. Times are milliseconds since 1970.
 */
export interface KrbErrorMessage {
  readonly ctime?: number | undefined;
  readonly cusec?: number | undefined;
  readonly stime: number;
  readonly susec: number;
  /** KRB_ERROR. */
  readonly errorCode: number;
  readonly crealm?: string | undefined;
  readonly cname?: PrincipalName | undefined;
  readonly realm: string;
  readonly sname: PrincipalName;
  readonly eText?: string | undefined;
  readonly eData?: Uint8Array | undefined;
}

/** Whether bytes begin as a KRB-ERROR does. */
export function isKrbError(bytes: Uint8Array): boolean {
  return bytes[0] === applicationTag(MESSAGE_TYPE.KRB_ERROR);
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeKrbError(bytes: Uint8Array): KrbErrorMessage {
  return decodeMessage('KRB-ERROR', bytes, reader =>
    readApplication(reader, MESSAGE_TYPE.KRB_ERROR, fields => {
      readHead(fields, 0, MESSAGE_TYPE.KRB_ERROR);
      return {
        ctime: fields.optionalField(2, field => field.generalizedTime()),
        cusec: fields.optionalField(3, readMicroseconds),
        stime: fields.field(4, field => field.generalizedTime()),
        susec: fields.field(5, readMicroseconds),
        errorCode: fields.field(6, readInt32),
        crealm: fields.optionalField(7, field => field.generalString()),
        cname: fields.optionalField(8, readPrincipalName),
        realm: fields.field(9, field => field.generalString()),
        sname: fields.field(10, readPrincipalName),
        // For people only, and in whatever character set the peer has.
        eText: fields.optionalField(11, field => decodeLatin1(field.content(DER_TAG.GENERAL_STRING))),
        eData: fields.optionalField(12, field => field.octetString()),
      };
    }),
  );
}

export function encodeKrbError(error: KrbErrorMessage): Uint8Array {
  const { ctime, cusec, crealm, cname, eText, eData } = error;
  return encodeDer(
    derApplication(
      MESSAGE_TYPE.KRB_ERROR,
      ...derHead(0, MESSAGE_TYPE.KRB_ERROR),
      derField(2, ctime === undefined ? undefined : derGeneralizedTime(ctime)),
      derField(3, cusec === undefined ? undefined : derInteger(cusec)),
      derField(4, derGeneralizedTime(error.stime)),
      derField(5, derInteger(error.susec)),
      derField(6, derInteger(error.errorCode)),
      derField(7, crealm === undefined ? undefined : derGeneralString(crealm)),
      derField(8, cname && derPrincipalName(cname)),
      derField(9, derGeneralString(error.realm)),
      derField(10, derPrincipalName(error.sname)),
      derField(11, eText === undefined ? undefined : derGeneralString(eText)),
      derField(12, eData && derOctetString(eData)),
    ),
  );
}
