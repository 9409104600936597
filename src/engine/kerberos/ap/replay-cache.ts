import type { Awaitable } from '../../../sspi/awaitable.js';
import { FingerprintSet, fingerprintOf } from './fingerprint-set.js';

/**
 * Remembers the authenticators that servers have seen, so that nobody uses one a second time (RFC 4120 3.2.3). The engine has one in
 * memory; several processes that serve one name need one that they share.
 *
 * @example
 * ```ts
 * import type { ReplayCache } from 'secur32/engine';
 *
 * interface Redis {
 *   set(key: string, value: string, mode: 'PXAT', time: number, condition: 'NX'): Promise<'OK' | null>;
 * }
 *
 * export const sharedBy = (redis: Redis): ReplayCache => ({
 *   add: async (authenticator, expiry) => (await redis.set(`replay:${authenticator}`, '', 'PXAT', expiry.getTime(), 'NX')) === 'OK',
 * });
 * ```
 */
export interface ReplayCache {
  /**
   * Notes an authenticator until `expiry`, when the clock refuses it anyway. False: it has been noted before. A rejection refuses the logon.
   *
   * @param authenticator a hash of its ciphertext, in hex.
   */
  add(authenticator: string, expiry: Date): Awaitable<boolean>;
}

export interface MemoryReplayCacheOptions {
  /** Authenticators that are kept at most: 500,000 by default, 16 MB. The oldest half goes when there are more. */
  readonly maximum?: number;
  /** Milliseconds since 1970. */
  now(): number;
}

/** A {@link ReplayCache} for one process. Two generations: what is in the older one has expired when it goes. */
export class MemoryReplayCache implements ReplayCache {
  readonly #options: MemoryReplayCacheOptions;
  readonly #mostInGeneration: number;
  #current = new FingerprintSet();
  #previous = new FingerprintSet();
  /** The latest expiry in each. */
  #currentUntil = 0;
  #previousUntil = 0;
  #begun = 0;

  constructor(options: MemoryReplayCacheOptions) {
    this.#options = options;
    this.#mostInGeneration = Math.max(1, Math.floor((options.maximum ?? 500_000) / 2));
  }

  get size(): number {
    return this.#current.size + this.#previous.size;
  }

  add(authenticator: string, expiry: Date): boolean {
    const now = this.#options.now();
    this.#expire(now);
    const fingerprint = fingerprintOf(authenticator);
    if (this.#current.has(fingerprint) || this.#previous.has(fingerprint)) return false;
    if (this.#current.size >= this.#mostInGeneration) this.#turnOver(now);
    if (this.#current.size === 0) this.#begun = now;
    this.#current.add(fingerprint);
    this.#currentUntil = Math.max(this.#currentUntil, expiry.getTime());
    return true;
  }

  #expire(now: number): void {
    if (now > this.#previousUntil && this.#previous.size > 0) this.#previous = new FingerprintSet();
    // Half of the lifetime after its beginning, the generation is closed, so that it can go some day.
    const isOld = this.#current.size > 0 && now > (this.#begun + this.#currentUntil) / 2;
    if (isOld && this.#previous.size === 0) this.#turnOver(now);
  }

  #turnOver(now: number): void {
    this.#previous = this.#current;
    this.#previousUntil = this.#currentUntil;
    this.#current = new FingerprintSet();
    this.#currentUntil = 0;
    this.#begun = now;
  }
}
