/** A value now or later: what needs no outside answer stays synchronous. */
export type Awaitable<T> = T | Promise<T>;
