import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { SecretBytes } from '../../secret-bytes.js';
import type { EncryptionType } from './encryption-type.js';

/** A copy of the bytes of a key, after a look at their length. Throws SEC_E_INVALID_TOKEN. */
export function keyValue(type: EncryptionType, bytes: Uint8Array): SecretBytes {
  if (bytes.length !== type.keyLength) {
    throw new PackageError(SEC_E.INVALID_TOKEN, `a key of ${type.name} has ${bytes.length} bytes`);
  }
  return SecretBytes.copyOf(bytes);
}
