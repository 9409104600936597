import type { Program } from '../environment.js';

/** Programs that answer one question at a time each, kept for the next questions. */
export class ProgramPool {
  readonly #start: () => Program;
  readonly #maximum: number;
  readonly #idle: Program[] = [];
  readonly #queue: (() => void)[] = [];
  #running = 0;

  constructor(start: () => Program, maximum: number) {
    this.#start = start;
    this.#maximum = maximum;
  }

  /** Lends a program to `work`, as soon as one is free. One that `work` fails with is not used again. */
  async use<T>(work: (program: Program) => Promise<T>): Promise<T> {
    if (this.#running >= this.#maximum) await new Promise<void>(resolve => this.#queue.push(resolve));
    else this.#running += 1;
    const program = this.#idle.pop() ?? this.#start();
    try {
      const result = await work(program);
      this.#idle.push(program);
      return result;
    } catch (error) {
      program.stop();
      throw error;
    } finally {
      this.#release();
    }
  }

  /** Hands the place on to whoever waits first. */
  #release(): void {
    const next = this.#queue.shift();
    if (next) next();
    else this.#running -= 1;
  }
}
