import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';

/** auth-conf is of SASL alone (Microsoft Learn, "Quality of Protection and Ciphers"). */
export function noConfidentiality(): PackageError {
  return new PackageError(SEC_E.SECURITY_QOS_FAILED, 'HTTP Digest does not encrypt', {
    hint: 'Leave the CONFIDENTIALITY flag out, and use HTTPS.',
  });
}
