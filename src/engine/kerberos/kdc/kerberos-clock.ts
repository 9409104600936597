import type { EngineEnvironment } from '../../environment.js';

/** A time as Kerberos messages have it: whole seconds in milliseconds since 1970, and microseconds. */
export interface KerberosTime {
  readonly time: number;
  readonly usec: number;
}

/**
 * Times of authenticators. No two are the same, as the second of two would be taken for a replay (RFC 4120 3.2.2), and the clock counts
 * milliseconds only.
 */
export class KerberosClock {
  readonly #environment: Pick<EngineEnvironment, 'now'>;
  /** The last time given out, in microseconds. */
  #last = 0;

  constructor(environment: Pick<EngineEnvironment, 'now'>) {
    this.#environment = environment;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#environment.now();
  }

  /** @param offset milliseconds that the peer's clock is ahead of this one. */
  stamp(offset: number = 0): KerberosTime {
    const now = Math.floor(this.#environment.now()) * 1000;
    this.#last = now > this.#last || this.#last - now > MOST_AHEAD ? now : this.#last + 1;
    return splitTime(this.#last + Math.round(offset) * 1000);
  }
}

/** Microseconds that stamps may run ahead of the clock before a clock that was set back is believed. */
const MOST_AHEAD = 10_000_000;

function splitTime(microseconds: number): KerberosTime {
  const seconds = Math.floor(microseconds / 1_000_000);
  return { time: seconds * 1000, usec: microseconds - seconds * 1_000_000 };
}
