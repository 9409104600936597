import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { Account, AccountQuery, AccountStore } from './account-store.js';

/** Asks a store; one that fails is SEC_E_NO_AUTHENTICATING_AUTHORITY. */
export async function findAccount(store: AccountStore, query: AccountQuery): Promise<Account | undefined> {
  try {
    return await store.find(query);
  } catch (cause) {
    if (cause instanceof PackageError) throw cause;
    throw new PackageError(SEC_E.NO_AUTHENTICATING_AUTHORITY, 'the account store failed', {
      hint: 'See the cause of this error: the store that the engine was given could not look the user up.',
      cause,
    });
  }
}
