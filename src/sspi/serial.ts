import type { Awaitable } from './awaitable.js';

/** Runs calls one after the other, in the order they come. An idle one runs its call at once. */
export class Serial {
  #tail: Promise<unknown> | undefined;

  get idle(): boolean {
    return this.#tail === undefined;
  }

  run<T>(call: () => Awaitable<T>): Awaitable<T> {
    return this.#tail === undefined ? this.#start(call) : this.#hold(this.#tail.then(call));
  }

  #start<T>(call: () => Awaitable<T>): Awaitable<T> {
    const result = call();
    return result instanceof Promise ? this.#hold(result) : result;
  }

  #hold<T>(result: Promise<T>): Promise<T> {
    const tail: Promise<void> = result.then(
      () => this.#release(tail),
      () => this.#release(tail),
    );
    this.#tail = tail;
    return result;
  }

  #release(tail: Promise<unknown>): void {
    if (this.#tail === tail) this.#tail = undefined;
  }
}
