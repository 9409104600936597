import { DerReader } from '../../../bytes/der/der-reader.js';
import { type DerValue, derEncoded, derField, derGeneralString, encodeDer } from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { derEncryptedData, type EncryptedData, readEncryptedData } from './encrypted-data.js';
import { decodeMessage, derApplication, derVersion, readApplication, readVersion } from './message.js';
import { derPrincipalName, type PrincipalName, readPrincipalName } from './principal-name.js';

/**
 *     Ticket ::= [APPLICATION 1] SEQUENCE { tkt-vno [0] INTEGER (5), realm [1] Realm, sname [2] PrincipalName, enc-part [3] EncryptedData }
 *
 * (RFC 4120 5.3). What is outside `encPart` is not protected.
 */
export interface Ticket {
  readonly realm: string;
  readonly sname: PrincipalName;
  readonly encPart: EncryptedData;
  /** All of it as the KDC wrote it, which is how it goes on. */
  readonly encoding: Uint8Array;
}

export function readTicket(reader: DerReader): Ticket {
  const { encoding } = reader.element();
  return readApplication(new DerReader(encoding), MESSAGE_TYPE.TICKET, fields => {
    readVersion(fields, 0);
    return {
      realm: fields.field(1, field => field.generalString()),
      sname: fields.field(2, readPrincipalName),
      encPart: fields.field(3, readEncryptedData),
      encoding,
    };
  });
}

export function derTicket({ encoding }: Ticket): DerValue {
  return derEncoded(encoding);
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeTicket(bytes: Uint8Array): Ticket {
  return decodeMessage('ticket', bytes, readTicket);
}

export function makeTicket({ realm, sname, encPart }: Omit<Ticket, 'encoding'>): Ticket {
  const encoding = encodeDer(
    derApplication(
      MESSAGE_TYPE.TICKET,
      derVersion(0),
      derField(1, derGeneralString(realm)),
      derField(2, derPrincipalName(sname)),
      derField(3, derEncryptedData(encPart)),
    ),
  );
  return { realm, sname, encPart, encoding };
}
