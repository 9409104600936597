import { derField, derGeneralString, derOctetString, derSequence, encodeDer } from '../../../bytes/der/der-value.js';
import { decodeMessage } from './message.js';
import { derPrincipalName, type PrincipalName, readPrincipalName } from './principal-name.js';

/**
 *     ChangePasswdData ::= SEQUENCE { newpasswd [0] OCTET STRING, targname [1] PrincipalName OPTIONAL, targrealm [2] Realm OPTIONAL }
 *
 * (RFC 3244 2).
 */
export interface ChangePasswdData {
  /** UTF-8. */
  readonly newPassword: Uint8Array;
  readonly targetName?: PrincipalName | undefined;
  readonly targetRealm?: string | undefined;
}

/** Throws SEC_E_INVALID_TOKEN. */
export function decodeChangePasswdData(bytes: Uint8Array): ChangePasswdData {
  return decodeMessage('ChangePasswdData', bytes, reader =>
    reader.sequence(fields => ({
      newPassword: fields.field(0, field => field.octetString()),
      targetName: fields.optionalField(1, readPrincipalName),
      targetRealm: fields.optionalField(2, field => field.generalString()),
    })),
  );
}

export function encodeChangePasswdData({ newPassword, targetName, targetRealm }: ChangePasswdData): Uint8Array {
  return encodeDer(
    derSequence(
      derField(0, derOctetString(newPassword)),
      derField(1, targetName && derPrincipalName(targetName)),
      derField(2, targetRealm === undefined ? undefined : derGeneralString(targetRealm)),
    ),
  );
}
