import { derField, derGeneralString, derSequence, encodeDer } from '../../../bytes/der/der-value.js';
import { type Checksum, derChecksum, readChecksum } from './checksum.js';
import { decodeMessage } from './message.js';
import { derPrincipalName, type PrincipalName, readPrincipalName } from './principal-name.js';

/** `PA-FOR-USER ::= SEQUENCE { userName [0], userRealm [1], cksum [2], auth-package [3] KerberosString }` ([MS-SFU] 2.2.1). */
export interface PaForUser {
  readonly userName: PrincipalName;
  readonly userRealm: string;
  readonly checksum: Checksum;
  readonly authPackage: string;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodePaForUser(bytes: Uint8Array): PaForUser {
  return decodeMessage('PA-FOR-USER', bytes, reader =>
    reader.sequence(fields => ({
      userName: fields.field(0, readPrincipalName),
      userRealm: fields.field(1, field => field.generalString()),
      checksum: fields.field(2, readChecksum),
      authPackage: fields.field(3, field => field.generalString()),
    })),
  );
}

export function encodePaForUser({ userName, userRealm, checksum, authPackage }: PaForUser): Uint8Array {
  return encodeDer(
    derSequence(
      derField(0, derPrincipalName(userName)),
      derField(1, derGeneralString(userRealm)),
      derField(2, derChecksum(checksum)),
      derField(3, derGeneralString(authPackage)),
    ),
  );
}
