import type { Awaitable } from '../../sspi/awaitable.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { Account, AccountQuery, AccountStore } from './account-store.js';

/**
 * Asks the store for an account and hands it to `use`: at once where the store answers at once. A disabled account is none.
 * A store that fails is SEC_E_NO_AUTHENTICATING_AUTHORITY.
 */
export function withAccount<T>(
  accounts: AccountStore,
  query: AccountQuery,
  use: (account: Account | undefined) => Awaitable<T>,
): Awaitable<T> {
  return withAnswer(
    () => accounts.find(query),
    account => use(account?.disabled ? undefined : account),
  );
}

/** Asks a store something and hands the answer to `use`, in the same way. */
export function withAnswer<A, T>(ask: () => Awaitable<A>, use: (answer: A) => Awaitable<T>): Awaitable<T> {
  let answer: Awaitable<A>;
  try {
    answer = ask();
  } catch (error) {
    throw storeFailed(error);
  }
  if (!isPromise(answer)) return use(answer);
  return Promise.resolve(answer).then(use, error => Promise.reject(storeFailed(error)));
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
