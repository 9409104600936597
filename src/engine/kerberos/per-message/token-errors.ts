import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';

export function malformedToken(detail: string): PackageError {
  return new PackageError(SEC_E.INVALID_TOKEN, `the message token is malformed: ${detail}`);
}

/** One answer to everything that the key decides, so that nobody learns more from it. */
export function alteredMessage(): PackageError {
  return new PackageError(SEC_E.MESSAGE_ALTERED, 'the message was altered, or protected with another key');
}

export function outOfSequence(): PackageError {
  return new PackageError(SEC_E.OUT_OF_SEQUENCE, 'the message was replayed, or others before it are missing');
}
