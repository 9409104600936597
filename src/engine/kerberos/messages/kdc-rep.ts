import { derField, derGeneralString, encodeDer } from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { derEncryptedData, type EncryptedData, readEncryptedData } from './encrypted-data.js';
import { decodeMessage, derApplication, derHead, readApplication, readHead } from './message.js';
import { derPaDataList, type PaData, readPaDataList } from './pa-data.js';
import { derPrincipalName, type PrincipalName, readPrincipalName } from './principal-name.js';
import { derTicket, readTicket, type Ticket } from './ticket.js';

export type KdcRepType = typeof MESSAGE_TYPE.AS_REP | typeof MESSAGE_TYPE.TGS_REP;

/**
 *     KDC-REP ::= SEQUENCE { pvno [0], msg-type [1], padata [2] OPTIONAL, crealm [3], cname [4], ticket [5], enc-part [6] EncryptedData }
 *     AS-REP ::= [APPLICATION 11] KDC-REP      TGS-REP ::= [APPLICATION 13] KDC-REP
 *
 * (RFC 4120 5.4.2).
 */
export interface KdcRep {
  readonly type: KdcRepType;
  readonly padata?: readonly PaData[] | undefined;
  readonly crealm: string;
  readonly cname: PrincipalName;
  readonly ticket: Ticket;
  readonly encPart: EncryptedData;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeKdcRep(type: KdcRepType, bytes: Uint8Array): KdcRep {
  const name = type === MESSAGE_TYPE.AS_REP ? 'AS-REP' : 'TGS-REP';
  return decodeMessage(name, bytes, reader =>
    readApplication(reader, type, fields => {
      readHead(fields, 0, type);
      return {
        type,
        padata: fields.optionalField(2, readPaDataList),
        crealm: fields.field(3, field => field.generalString()),
        cname: fields.field(4, readPrincipalName),
        ticket: fields.field(5, readTicket),
        encPart: fields.field(6, readEncryptedData),
      };
    }),
  );
}

export function encodeKdcRep({ type, padata, crealm, cname, ticket, encPart }: KdcRep): Uint8Array {
  return encodeDer(
    derApplication(
      type,
      ...derHead(0, type),
      derField(2, padata && derPaDataList(padata)),
      derField(3, derGeneralString(crealm)),
      derField(4, derPrincipalName(cname)),
      derField(5, derTicket(ticket)),
      derField(6, derEncryptedData(encPart)),
    ),
  );
}
