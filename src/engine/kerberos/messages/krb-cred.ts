import { derField, encodeDer } from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { derList, readList } from './basic-types.js';
import { derEncryptedData, type EncryptedData, readEncryptedData } from './encrypted-data.js';
import { decodeMessage, derApplication, derHead, readApplication, readHead } from './message.js';
import { derTicket, readTicket, type Ticket } from './ticket.js';

/**
 *     KRB-CRED ::= [APPLICATION 22] SEQUENCE { pvno [0], msg-type [1], tickets [2] SEQUENCE OF Ticket, enc-part [3] EncryptedData }
 *
 * (RFC 4120 5.8.1).
 */
export interface KrbCred {
  readonly tickets: readonly Ticket[];
  readonly encPart: EncryptedData;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeKrbCred(bytes: Uint8Array): KrbCred {
  return decodeMessage('KRB-CRED', bytes, reader =>
    readApplication(reader, MESSAGE_TYPE.KRB_CRED, fields => {
      readHead(fields, 0, MESSAGE_TYPE.KRB_CRED);
      return {
        tickets: fields.field(2, field => readList(field, readTicket)),
        encPart: fields.field(3, readEncryptedData),
      };
    }),
  );
}

export function encodeKrbCred({ tickets, encPart }: KrbCred): Uint8Array {
  return encodeDer(
    derApplication(
      MESSAGE_TYPE.KRB_CRED,
      ...derHead(0, MESSAGE_TYPE.KRB_CRED),
      derField(2, derList(tickets, derTicket)),
      derField(3, derEncryptedData(encPart)),
    ),
  );
}
