import { MalformedBytesError } from '../../../bytes/errors.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';

/** A PAC, or a part of one, that is not in its form. */
export function malformedPac(detail: string): PackageError {
  return new PackageError(SEC_E.INVALID_TOKEN, `the PAC is malformed: ${detail}`);
}

/** Runs a decoder; whatever the bytes get wrong is SEC_E_INVALID_TOKEN. */
export function decodePac<T>(part: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof MalformedBytesError ? malformedPac(`${part}: ${error.message}`) : error;
  }
}
