import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';

/** A leg after the last one. */
export function logonIsOver(): PackageError {
  return new PackageError(SEC_E.OUT_OF_SEQUENCE, 'the logon is complete already', {
    hint: 'A nonce of DIGEST-MD5 is good for one logon: begin a new context for another.',
  });
}
