import { derField, derGeneralizedTime, derGeneralString, derInteger, encodeDer } from '../../../bytes/der/der-value.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { type AuthorizationData, derAuthorizationData, readAuthorizationData } from './authorization-data.js';
import { readMicroseconds, readUint32 } from './basic-types.js';
import { type Checksum, derChecksum, readChecksum } from './checksum.js';
import { derEncryptionKey, type EncryptionKeyValue, readEncryptionKey } from './encryption-key.js';
import { decodeMessage, derApplication, derVersion, readApplication, readVersion } from './message.js';
import { derPrincipalName, type PrincipalName, readPrincipalName } from './principal-name.js';

/**
 *     Authenticator ::= [APPLICATION 2] SEQUENCE { authenticator-vno [0], crealm [1], cname [2], cksum [3] OPTIONAL, cusec [4], ctime [5],
 *       subkey [6] OPTIONAL, seq-number [7] UInt32 OPTIONAL, authorization-data [8] OPTIONAL }
 *
 * (RFC 4120 5.5.1).
 */
export interface Authenticator {
  readonly crealm: string;
  readonly cname: PrincipalName;
  readonly checksum?: Checksum | undefined;
  readonly cusec: number;
  /** Milliseconds since 1970, whole seconds. */
  readonly ctime: number;
  readonly subkey?: EncryptionKeyValue | undefined;
  readonly seqNumber?: number | undefined;
  readonly authorizationData?: AuthorizationData | undefined;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeAuthenticator(bytes: Uint8Array): Authenticator {
  return decodeMessage('authenticator', bytes, reader =>
    readApplication(reader, MESSAGE_TYPE.AUTHENTICATOR, fields => {
      readVersion(fields, 0);
      return {
        crealm: fields.field(1, field => field.generalString()),
        cname: fields.field(2, readPrincipalName),
        checksum: fields.optionalField(3, readChecksum),
        cusec: fields.field(4, readMicroseconds),
        ctime: fields.field(5, field => field.generalizedTime()),
        subkey: fields.optionalField(6, readEncryptionKey),
        seqNumber: fields.optionalField(7, readUint32),
        authorizationData: fields.optionalField(8, readAuthorizationData),
      };
    }),
  );
}

export function encodeAuthenticator(authenticator: Authenticator): Uint8Array {
  const { checksum, subkey, seqNumber, authorizationData } = authenticator;
  return encodeDer(
    derApplication(
      MESSAGE_TYPE.AUTHENTICATOR,
      derVersion(0),
      derField(1, derGeneralString(authenticator.crealm)),
      derField(2, derPrincipalName(authenticator.cname)),
      derField(3, checksum && derChecksum(checksum)),
      derField(4, derInteger(authenticator.cusec)),
      derField(5, derGeneralizedTime(authenticator.ctime)),
      derField(6, subkey && derEncryptionKey(subkey)),
      derField(7, seqNumber === undefined ? undefined : derInteger(seqNumber)),
      derField(8, authorizationData && derAuthorizationData(authorizationData)),
    ),
  );
}
