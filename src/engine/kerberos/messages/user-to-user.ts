import { derField, derGeneralString, derSequence, encodeDer } from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { decodeMessage, derHead, readHead } from './message.js';
import { derPrincipalName, type PrincipalName, readPrincipalName } from './principal-name.js';
import { derTicket, readTicket, type Ticket } from './ticket.js';

/**
 *     KERB-TGT-REQUEST ::= SEQUENCE { pvno [0], msg-type [1] (16), server-name [2] PrincipalName OPTIONAL, realm [3] Realm OPTIONAL }
 *
 * (draft-swift-win2k-krb-user2user-03).
 */
export interface TgtRequest {
  readonly serverName?: PrincipalName | undefined;
  readonly realm?: string | undefined;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeTgtRequest(bytes: Uint8Array): TgtRequest {
  return decodeMessage('KERB-TGT-REQUEST', bytes, reader =>
    reader.sequence(fields => {
      readHead(fields, 0, MESSAGE_TYPE.TGT_REQUEST);
      return {
        serverName: fields.optionalField(2, readPrincipalName),
        realm: fields.optionalField(3, field => field.generalString()),
      };
    }),
  );
}

export function encodeTgtRequest({ serverName, realm }: TgtRequest): Uint8Array {
  return encodeDer(
    derSequence(
      ...derHead(0, MESSAGE_TYPE.TGT_REQUEST),
      derField(2, serverName && derPrincipalName(serverName)),
      derField(3, realm === undefined ? undefined : derGeneralString(realm)),
    ),
  );
}

/** The ticket of `KERB-TGT-REPLY ::= SEQUENCE { pvno [0], msg-type [1] (17), ticket [2] Ticket }`. Throws SEC_E_INVALID_TOKEN. */
export function decodeTgtReply(bytes: Uint8Array): Ticket {
  return decodeMessage('KERB-TGT-REPLY', bytes, reader =>
    reader.sequence(fields => {
      readHead(fields, 0, MESSAGE_TYPE.TGT_REPLY);
      return fields.field(2, readTicket);
    }),
  );
}

export function encodeTgtReply(ticket: Ticket): Uint8Array {
  return encodeDer(derSequence(...derHead(0, MESSAGE_TYPE.TGT_REPLY), derField(2, derTicket(ticket))));
}
