import { derField, encodeDer } from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { derEncryptedData, type EncryptedData, readEncryptedData } from './encrypted-data.js';
import { decodeMessage, derApplication, derHead, readApplication, readHead } from './message.js';

/** `KRB-PRIV ::= [APPLICATION 21] SEQUENCE { pvno [0], msg-type [1], enc-part [3] EncryptedData }` (RFC 4120 5.7.1): there is no [2]. */
export interface KrbPriv {
  readonly encPart: EncryptedData;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeKrbPriv(bytes: Uint8Array): KrbPriv {
  return decodeMessage('KRB-PRIV', bytes, reader =>
    readApplication(reader, MESSAGE_TYPE.KRB_PRIV, fields => {
      readHead(fields, 0, MESSAGE_TYPE.KRB_PRIV);
      return { encPart: fields.field(3, readEncryptedData) };
    }),
  );
}

export function encodeKrbPriv({ encPart }: KrbPriv): Uint8Array {
  return encodeDer(
    derApplication(MESSAGE_TYPE.KRB_PRIV, ...derHead(0, MESSAGE_TYPE.KRB_PRIV), derField(3, derEncryptedData(encPart))),
  );
}
