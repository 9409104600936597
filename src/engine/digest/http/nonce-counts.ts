import { Generations } from './generations.js';

/** Nonce counts of one nonce that were used: the highest and, below it, a window of {@link WINDOW} (RFC 7616 3.4, 5.12). */
export class NonceCounter {
  /** When the nonce was issued, in milliseconds since 1970. */
  readonly issued: number;
  #highest = 0;
  /** Bit i: `#highest - i` was used. */
  #used = 0;

  constructor(issued: number) {
    this.issued = issued;
  }

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

/**
 * The counters of the nonces that are in use. Their number is bounded without opening a way for replays: a nonce that had to be
 * forgotten, and every other one as old that is not known here, counts as expired.
 *
 * The counts are those of this process. Where several share a nonce key, each takes a nonce count once.
 */
export class NonceCounts {
  readonly #counters: Generations<NonceCounter>;
  #forgottenUntil = Number.NEGATIVE_INFINITY;

  constructor(maximum: number) {
    this.#counters = new Generations(maximum, forgotten => {
      for (const { issued } of forgotten) this.#forgottenUntil = Math.max(this.#forgottenUntil, issued);
    });
  }

  get size(): number {
    return this.#counters.size;
  }

  /** The counter of a nonce; undefined where it may have been forgotten. */
  counter(nonce: string, issued: number): NonceCounter | undefined {
    const known = this.#counters.get(nonce);
    if (known) return known;
    if (issued <= this.#forgottenUntil) return undefined;
    const counter = new NonceCounter(issued);
    this.#counters.set(nonce, counter);
    return counter;
  }
}
