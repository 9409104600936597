import { derField, derSequence, encodeDer } from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { type Checksum, derChecksum, readChecksum } from './checksum.js';
import { derUserData, type EncKrbPrivPart, readUserData } from './enc-krb-priv-part.js';
import { decodeMessage, derApplication, derHead, readApplication, readHead } from './message.js';

/** `KRB-SAFE ::= [APPLICATION 20] SEQUENCE { pvno [0], msg-type [1], safe-body [2] KRB-SAFE-BODY, cksum [3] Checksum }` (RFC 4120 5.6.1). */
export interface KrbSafe {
  readonly body: EncKrbPrivPart;
  readonly checksum: Checksum;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeKrbSafe(bytes: Uint8Array): KrbSafe {
  return decodeMessage('KRB-SAFE', bytes, reader =>
    readApplication(reader, MESSAGE_TYPE.KRB_SAFE, fields => {
      readHead(fields, 0, MESSAGE_TYPE.KRB_SAFE);
      return {
        body: fields.field(2, field => field.sequence(readUserData)),
        checksum: fields.field(3, readChecksum),
      };
    }),
  );
}

export function encodeKrbSafe({ body, checksum }: KrbSafe): Uint8Array {
  return encodeDer(
    derApplication(
      MESSAGE_TYPE.KRB_SAFE,
      ...derHead(0, MESSAGE_TYPE.KRB_SAFE),
      derField(2, derSequence(...derUserData(body))),
      derField(3, derChecksum(checksum)),
    ),
  );
}
