import { derField, encodeDer } from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { derFlags, readFlags } from './basic-types.js';
import { derEncryptedData, type EncryptedData, readEncryptedData } from './encrypted-data.js';
import { decodeMessage, derApplication, derHead, readApplication, readHead } from './message.js';
import { derTicket, readTicket, type Ticket } from './ticket.js';

/**
 *     AP-REQ ::= [APPLICATION 14] SEQUENCE { pvno [0], msg-type [1], ap-options [2], ticket [3], authenticator [4] EncryptedData }
 *
 * (RFC 4120 5.5.1).
 */
export interface ApReq {
  /** AP_OPTION bits. */
  readonly apOptions: number;
  readonly ticket: Ticket;
  readonly authenticator: EncryptedData;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeApReq(bytes: Uint8Array): ApReq {
  return decodeMessage('AP-REQ', bytes, reader =>
    readApplication(reader, MESSAGE_TYPE.AP_REQ, fields => {
      readHead(fields, 0, MESSAGE_TYPE.AP_REQ);
      return {
        apOptions: fields.field(2, readFlags),
        ticket: fields.field(3, readTicket),
        authenticator: fields.field(4, readEncryptedData),
      };
    }),
  );
}

export function encodeApReq({ apOptions, ticket, authenticator }: ApReq): Uint8Array {
  return encodeDer(
    derApplication(
      MESSAGE_TYPE.AP_REQ,
      ...derHead(0, MESSAGE_TYPE.AP_REQ),
      derField(2, derFlags(apOptions)),
      derField(3, derTicket(ticket)),
      derField(4, derEncryptedData(authenticator)),
    ),
  );
}
