import type { Awaitable } from '../../sspi/awaitable.js';

/** Hands a value to `use`: at once where it is there already, because a promise on every leg of every logon would cost more than the leg. */
export function chain<T, U>(value: Awaitable<T>, use: (value: T) => Awaitable<U>): Awaitable<U> {
  return value instanceof Promise ? value.then(use) : use(value);
}

/** Runs a call, now or later; what it throws comes out as `translate` makes it. */
export function guarded<T>(call: () => Awaitable<T>, translate: (error: unknown) => unknown): Awaitable<T> {
  try {
    const value = call();
    return value instanceof Promise ? value.catch(error => Promise.reject(translate(error))) : value;
  } catch (error) {
    throw translate(error);
  }
}
