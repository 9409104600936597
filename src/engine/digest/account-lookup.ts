import type { Awaitable } from '../../sspi/awaitable.js';
import { SEC_E } from '../../sspi/status.js';
import type { Account, AccountQuery, AccountStore } from '../accounts/account-store.js';
import { PackageError } from '../package-error.js';

/**
 * Asks the store for an account and hands it to `use`: at once where the store answers at once. A disabled account is none.
 * A store that fails is SEC_E_NO_AUTHENTICATING_AUTHORITY.
 */
export function withAccount<T>(
  accounts: AccountStore,
  query: AccountQuery,
  use: (account: Account | undefined) => Awaitable<T>,
): Awaitable<T> {
  let found: Awaitable<Account | undefined>;
  try {
    found = accounts.find(query);
  } catch (error) {
    throw storeFailed(error);
  }
  if (!isPromise(found)) return use(enabled(found));
  return Promise.resolve(found)
    .then(enabled, error => Promise.reject(storeFailed(error)))
    .then(use);
}

function enabled(account: Account | undefined): Account | undefined {
  return account?.disabled ? undefined : account;
}

/** Promises of other libraries count too. */
function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}

/** What the engine's own stores throw says what is wrong already. */
function storeFailed(cause: unknown): PackageError {
  if (cause instanceof PackageError) return cause;
  return new PackageError(SEC_E.NO_AUTHENTICATING_AUTHORITY, 'the account store failed', {
    hint: 'See the cause of this error: the accounts could not be read.',
    cause,
  });
}
