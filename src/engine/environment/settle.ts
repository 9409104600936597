import type { ExchangeOptions } from './transport.js';

/** The ends of one exchange; after the first of them the others do nothing. */
export interface Settle {
  resolve(reply: Uint8Array): void;
  reject(cause: unknown): void;
}

/**
 * One exchange with its bounds. `start` begins it, and answers what ends it; that is called once, however the exchange came out.
 *
 * @param what for the message of a timeout: `UDP to 127.0.0.1:88`.
 */
export function boundedExchange(
  what: string,
  { timeout, signal }: ExchangeOptions,
  start: (settle: Settle) => () => void,
): Promise<Uint8Array> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise<Uint8Array>((resolve, reject) => {
    let stop: (() => void) | undefined;
    let settled = false;
    const finish = (): boolean => {
      if (settled) return false;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      stop?.();
      return true;
    };
    const onAbort = (): void => {
      if (finish()) reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      if (finish()) reject(new Error(`${what}: no answer within ${timeout} ms`));
    }, timeout);
    signal?.addEventListener('abort', onAbort, { once: true });
    stop = start({
      resolve: reply => {
        if (finish()) resolve(reply);
      },
      reject: cause => {
        if (finish())
          reject(new Error(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause }));
      },
    });
    if (settled) stop();
  });
}
