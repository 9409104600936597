import type { DerReader } from '../../../bytes/der/der-reader.js';
import {
  type DerValue,
  derField,
  derGeneralizedTime,
  derGeneralString,
  derInteger,
  derOctetString,
  derSequence,
  encodeDer,
} from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { type AuthorizationData, derAuthorizationData, readAuthorizationData } from './authorization-data.js';
import { derFlags, readFlags, readInt32 } from './basic-types.js';
import { derEncryptionKey, type EncryptionKeyValue, readEncryptionKey } from './encryption-key.js';
import { derHostAddresses, type HostAddress, readHostAddresses } from './host-address.js';
import { decodeMessage, derApplication, readApplication } from './message.js';
import { derPrincipalName, type PrincipalName, readPrincipalName } from './principal-name.js';

/**
 *     EncTicketPart ::= [APPLICATION 3] SEQUENCE { flags [0], key [1], crealm [2], cname [3], transited [4], authtime [5],
 *       starttime [6] OPTIONAL, endtime [7], renew-till [8] OPTIONAL, caddr [9] OPTIONAL, authorization-data [10] OPTIONAL }
 *
 * (RFC 4120 5.3). Times are milliseconds since 1970.
 */
export interface EncTicketPart {
  /** TICKET_FLAG bits. */
  readonly flags: number;
  readonly key: EncryptionKeyValue;
  readonly crealm: string;
  readonly cname: PrincipalName;
  readonly transited: TransitedEncoding;
  readonly authtime: number;
  readonly starttime?: number | undefined;
  readonly endtime: number;
  readonly renewTill?: number | undefined;
  readonly caddr?: readonly HostAddress[] | undefined;
  readonly authorizationData?: AuthorizationData | undefined;
}

/** The realms that the ticket came through; type 1 is their names in a compressed list (RFC 4120 3.3.3.2). */
export interface TransitedEncoding {
  readonly type: number;
  readonly contents: Uint8Array;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeEncTicketPart(bytes: Uint8Array): EncTicketPart {
  return decodeMessage('EncTicketPart', bytes, reader =>
    readApplication(reader, MESSAGE_TYPE.ENC_TICKET_PART, fields => ({
      flags: fields.field(0, readFlags),
      key: fields.field(1, readEncryptionKey),
      crealm: fields.field(2, field => field.generalString()),
      cname: fields.field(3, readPrincipalName),
      transited: fields.field(4, readTransited),
      authtime: fields.field(5, field => field.generalizedTime()),
      starttime: fields.optionalField(6, field => field.generalizedTime()),
      endtime: fields.field(7, field => field.generalizedTime()),
      renewTill: fields.optionalField(8, field => field.generalizedTime()),
      caddr: fields.optionalField(9, readHostAddresses),
      authorizationData: fields.optionalField(10, readAuthorizationData),
    })),
  );
}

export function encodeEncTicketPart(part: EncTicketPart): Uint8Array {
  const { starttime, renewTill, caddr, authorizationData } = part;
  return encodeDer(
    derApplication(
      MESSAGE_TYPE.ENC_TICKET_PART,
      derField(0, derFlags(part.flags)),
      derField(1, derEncryptionKey(part.key)),
      derField(2, derGeneralString(part.crealm)),
      derField(3, derPrincipalName(part.cname)),
      derField(4, derTransited(part.transited)),
      derField(5, derGeneralizedTime(part.authtime)),
      derField(6, starttime === undefined ? undefined : derGeneralizedTime(starttime)),
      derField(7, derGeneralizedTime(part.endtime)),
      derField(8, renewTill === undefined ? undefined : derGeneralizedTime(renewTill)),
      derField(9, caddr && derHostAddresses(caddr)),
      derField(10, authorizationData && derAuthorizationData(authorizationData)),
    ),
  );
}

function readTransited(reader: DerReader): TransitedEncoding {
  return reader.sequence(fields => ({
    type: fields.field(0, readInt32),
    contents: fields.field(1, field => field.octetString()),
  }));
}

function derTransited({ type, contents }: TransitedEncoding): DerValue {
  return derSequence(derField(0, derInteger(type)), derField(1, derOctetString(contents)));
}
