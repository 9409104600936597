import { ByteReader } from '../../../bytes/reader.js';
import { ByteWriter } from '../../../bytes/writer.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';

/** The most that PBKDF2 is run for: the parameters come from the network, unprotected. About a second of work. */
export const MOST_ITERATIONS = 1_000_000;

/** String-to-key parameters of the AES types: an iteration count (RFC 3962 4, RFC 8009 4). */
export function iterationParameters(count: number): Uint8Array {
  return new ByteWriter(4).u32be(count).toBytes();
}

/** Throws SEC_E_INVALID_TOKEN for parameters that are none, and for more than {@link MOST_ITERATIONS}; 0 stands for 2^32. */
export function iterationCount(parameters: Uint8Array): number {
  if (parameters.length !== 4) {
    throw new PackageError(SEC_E.INVALID_TOKEN, 'the string-to-key parameters are not four bytes');
  }
  const count = new ByteReader(parameters).u32be() || 2 ** 32;
  if (count > MOST_ITERATIONS) {
    throw new PackageError(SEC_E.INVALID_TOKEN, `the key of the password would take ${count} iterations`, {
      hint: `${MOST_ITERATIONS} is the limit. Lower the iteration count of the account's keys in the KDC, or use a keytab.`,
    });
  }
  return count;
}
