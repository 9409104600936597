import { DerReader } from '../../../bytes/der/der-reader.js';
import {
  derEncoded,
  derField,
  derGeneralString,
  derInteger,
  derOctetString,
  derSequence,
  encodeDer,
} from '../../../bytes/der/der-value.js';
import { derFlags, readFlags, readUint32 } from './basic-types.js';
import { type Checksum, derChecksum, readChecksum } from './checksum.js';
import { decodeMessage } from './message.js';
import { derPrincipalName, type PrincipalName, readPrincipalName } from './principal-name.js';

/**
 *     S4UUserID ::= SEQUENCE { nonce [0] UInt32, cname [1] OPTIONAL, crealm [2], subject-certificate [3] OCTET STRING OPTIONAL,
 *       options [4] BIT STRING OPTIONAL }
 *
 * ([MS-SFU] 2.2.2).
 */
export interface S4uUserId {
  /** Of the request's body. */
  readonly nonce: number;
  readonly cname?: PrincipalName | undefined;
  readonly crealm: string;
  readonly certificate?: Uint8Array | undefined;
  /** S4U_OPTION bits. */
  readonly options?: number | undefined;
}

export const S4U_OPTION = {
  CHECK_LOGON_HOURS: 0x4000_0000,
  /** The reply's checksum has usage 27. */
  SIGN_REPLY: 0x2000_0000,
} as const;
Object.freeze(S4U_OPTION);

/** `PA-S4U-X509-USER ::= SEQUENCE { user-id [0] S4UUserID, checksum [1] Checksum }`. */
export interface PaS4uX509User {
  readonly userId: S4uUserId;
  /** The exact bytes that the checksum is of. */
  readonly userIdEncoding: Uint8Array;
  readonly checksum: Checksum;
}

export function encodeS4uUserId({ nonce, cname, crealm, certificate, options }: S4uUserId): Uint8Array {
  return encodeDer(
    derSequence(
      derField(0, derInteger(nonce)),
      derField(1, cname && derPrincipalName(cname)),
      derField(2, derGeneralString(crealm)),
      derField(3, certificate && derOctetString(certificate)),
      derField(4, options === undefined ? undefined : derFlags(options)),
    ),
  );
}

export function encodePaS4uX509User(userIdEncoding: Uint8Array, checksum: Checksum): Uint8Array {
  return encodeDer(derSequence(derField(0, derEncoded(userIdEncoding)), derField(1, derChecksum(checksum))));
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodePaS4uX509User(bytes: Uint8Array): PaS4uX509User {
  return decodeMessage('PA-S4U-X509-USER', bytes, reader =>
    reader.sequence(fields => {
      const userIdEncoding = fields.field(0, field => field.element().encoding);
      const checksum = fields.field(1, readChecksum);
      return { userId: readS4uUserId(new DerReader(userIdEncoding)), userIdEncoding, checksum };
    }),
  );
}

function readS4uUserId(reader: DerReader): S4uUserId {
  return reader.sequence(fields => ({
    nonce: fields.field(0, readUint32),
    cname: fields.optionalField(1, readPrincipalName),
    crealm: fields.field(2, field => field.generalString()),
    certificate: fields.optionalField(3, field => field.octetString()),
    options: fields.optionalField(4, readFlags),
  }));
}
