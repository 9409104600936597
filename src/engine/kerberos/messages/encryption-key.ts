import type { DerReader } from '../../../bytes/der/der-reader.js';
import { type DerValue, derField, derInteger, derOctetString, derSequence } from '../../../bytes/der/der-value.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { encryptionType, encryptionTypeName } from '../crypto/encryption-types.js';
import { readInt32 } from './basic-types.js';

/** `EncryptionKey ::= SEQUENCE { keytype [0] Int32, keyvalue [1] OCTET STRING }` (RFC 4120 5.2.9). */
export interface EncryptionKeyValue {
  readonly etype: number;
  /** Secret: a view of what it was read from, which its owner wipes. */
  readonly bytes: Uint8Array;
}

export function readEncryptionKey(reader: DerReader): EncryptionKeyValue {
  return reader.sequence(fields => ({
    etype: fields.field(0, readInt32),
    bytes: fields.field(1, field => field.octetString()),
  }));
}

export function derEncryptionKey({ etype, bytes }: EncryptionKeyValue): DerValue {
  return derSequence(derField(0, derInteger(etype)), derField(1, derOctetString(bytes)));
}

/** A key to work with; the bytes are copied. Throws SEC_E_KDC_UNKNOWN_ETYPE for a type that is not known, SEC_E_INVALID_TOKEN for bytes of another length. */
export function importKey({ etype, bytes }: EncryptionKeyValue): KerberosKey {
  const type = encryptionType(etype);
  if (type) return type.key(bytes);
  throw new PackageError(SEC_E.KDC_UNKNOWN_ETYPE, `there is a key of ${encryptionTypeName(etype)}`);
}

/** A copy of the key's bytes, for its way into a message. */
export function exportKey(key: KerberosKey): EncryptionKeyValue {
  return { etype: key.type.number, bytes: key.value.use(bytes => Uint8Array.from(bytes)) };
}
