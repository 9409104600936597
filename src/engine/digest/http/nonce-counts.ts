/** Nonce counts of one nonce that were used: the highest and, below it, a window of {@link WINDOW} (RFC 7616 3.4, 5.12). */
export class NonceCounter {
  #highest = 0;
  /** Bit i: `#highest - i` was used. */
  #used = 0;

  /** False for a count that was used, or is too far behind to know. Browsers send requests side by side, so order is not asked for. */
  take(count: number): boolean {
    const ahead = count - this.#highest;
    if (ahead > 0) {
      this.#used = ahead >= WINDOW ? 1 : ((this.#used << ahead) | 1) >>> 0;
      this.#highest = count;
      return true;
    }
    if (-ahead >= WINDOW) return false;
    const bit = (1 << -ahead) >>> 0;
    if ((this.#used & bit) !== 0) return false;
    this.#used = (this.#used | bit) >>> 0;
    return true;
  }

  /** False unless the count is the one after the highest. */
  isNext(count: number): boolean {
    return count === this.#highest + 1;
  }
}

const WINDOW = 32;

interface Entry {
  /** Milliseconds since 1970. */
  readonly issued: number;
  readonly counter: NonceCounter;
}

/**
 * The counters of the nonces that are in use. Their number is bounded without opening a way for replays: a nonce that had to be
 * forgotten, and every other one as old that is not known here, counts as expired.
 *
 * The counts are those of this process. Where several share a nonce key, each takes a nonce count once.
 */
export class NonceCounts {
  readonly #maximum: number;
  /** Milliseconds. */
  readonly #lifetime: number;
  readonly #entries = new Map<string, Entry>();
  #forgottenUntil = Number.NEGATIVE_INFINITY;

  constructor(maximum: number, lifetime: number) {
    this.#maximum = maximum;
    this.#lifetime = lifetime;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The counter of a nonce; undefined where it may have been forgotten. */
  counter(nonce: string, issued: number, now: number): NonceCounter | undefined {
    const known = this.#entries.get(nonce);
    if (known) return known.counter;
    if (issued <= this.#forgottenUntil) return undefined;
    this.#dropExpired(now);
    if (this.#entries.size >= this.#maximum) this.#forgetOldest();
    const counter = new NonceCounter();
    this.#entries.set(nonce, { issued, counter });
    return counter;
  }

  #dropExpired(now: number): void {
    for (const [nonce, { issued }] of this.#entries) {
      if (now - issued <= this.#lifetime) return;
      this.#entries.delete(nonce);
    }
  }

  #forgetOldest(): void {
    for (const [nonce, { issued }] of this.#entries) {
      this.#entries.delete(nonce);
      this.#forgottenUntil = Math.max(this.#forgottenUntil, issued);
      return;
    }
  }
}
