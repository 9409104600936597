import type { SecurityToken } from '../../sspi/security-token.js';
import { SEC_E } from '../../sspi/status.js';
import type { Account } from '../accounts/account-store.js';
import { PackageError } from '../package-error.js';

/** Who the owner of a certificate is. Throws SEC_E_NO_IMPERSONATION where no account was found. */
export function accountToken(account: Account | undefined): SecurityToken {
  if (!account) {
    throw new PackageError(SEC_E.NO_IMPERSONATION, 'no account belongs to a certificate of this client', {
      hint: 'Ask for a certificate with ASC_REQ.MUTUAL_AUTH, and let `accounts` of the engine know it.',
    });
  }
  const { user, domain = '', sid, groups } = account;
  return { user: { name: user, domain, ...(sid !== undefined && { sid }) }, ...(groups && { groups }) };
}
