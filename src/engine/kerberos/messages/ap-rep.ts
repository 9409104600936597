import { derField, encodeDer } from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { derEncryptedData, type EncryptedData, readEncryptedData } from './encrypted-data.js';
import { decodeMessage, derApplication, derHead, readApplication, readHead } from './message.js';

/** `AP-REP ::= [APPLICATION 15] SEQUENCE { pvno [0], msg-type [1], enc-part [2] EncryptedData }` (RFC 4120 5.5.2). */
export interface ApRep {
  readonly encPart: EncryptedData;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeApRep(bytes: Uint8Array): ApRep {
  return decodeMessage('AP-REP', bytes, reader =>
    readApplication(reader, MESSAGE_TYPE.AP_REP, fields => {
      readHead(fields, 0, MESSAGE_TYPE.AP_REP);
      return { encPart: fields.field(2, readEncryptedData) };
    }),
  );
}

export function encodeApRep({ encPart }: ApRep): Uint8Array {
  return encodeDer(
    derApplication(MESSAGE_TYPE.AP_REP, ...derHead(0, MESSAGE_TYPE.AP_REP), derField(2, derEncryptedData(encPart))),
  );
}
