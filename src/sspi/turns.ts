/**
 * Keeps the calls of one object apart: they go through one after the other, in the order they come. Where nobody is in, nobody waits and
 * nothing is allocated.
 */
export class Turns {
  #taken = false;
  #waiting: (() => void)[] | undefined;

  /** Undefined where the way is free; otherwise a promise of one's turn. Each enter() is followed by one leave(). */
  enter(): Promise<void> | undefined {
    if (this.#taken) return new Promise(resolve => this.#queue().push(resolve));
    this.#taken = true;
    return undefined;
  }

  leave(): void {
    const next = this.#waiting?.shift();
    if (next) next();
    else this.#taken = false;
  }

  #queue(): (() => void)[] {
    this.#waiting ??= [];
    return this.#waiting;
  }
}
