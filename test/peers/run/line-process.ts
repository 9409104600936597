import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BoundedProcess, type ProcessOptions } from './bounded-process.js';

interface Waiter {
  readonly resolve: (line: string) => void;
  readonly reject: (reason: Error) => void;
}

export interface LineProcessOptions extends ProcessOptions {
  /** What the peer asks for on its stderr without ending the line, and the line that answers it. */
  readonly prompts?: Readonly<Record<string, string>>;
}

/** A peer that speaks in lines over its stdin and stdout. */
export class LineProcess implements AsyncDisposable {
  readonly #process: BoundedProcess;
  readonly #lines: string[] = [];
  readonly #waiters: Waiter[] = [];
  #log = '';
  #over: Error | undefined;

  constructor(command: string, args: readonly string[], options: LineProcessOptions = {}) {
    this.#process = new BoundedProcess(command, args, options);
    this.#process.child.stderr.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString('utf8');
      for (const [prompt, answer] of Object.entries(options.prompts ?? {})) {
        if (this.#log.endsWith(prompt)) this.write(answer);
      }
    });
    createInterface({ input: this.#process.child.stdout }).on('line', line => this.#receive(line));
    this.#process.exit.then(
      code => this.#finish(new Error(`${command} ended with ${code}. It said:\n${this.#log}`)),
      cause => this.#finish(new Error(`${command} did not start`, { cause })),
    );
  }

  /** What the peer wrote to its stderr. */
  get log(): string {
    return this.#log;
  }

  /** Resolves with the exit code when the peer has ended. */
  get exit(): Promise<number> {
    return this.#process.exit;
  }

  write(line: string): void {
    this.#process.child.stdin.write(`${line}\n`);
  }

  /** Tells the peer that nothing more comes. */
  endInput(): void {
    this.#process.child.stdin.end();
  }

  /** The next line; rejects when the peer has ended without one. */
  read(): Promise<string> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#over !== undefined) return Promise.reject(this.#over);
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** The next line that `matches`; those before it are dropped. */
  async readUntil(matches: (line: string) => boolean): Promise<string> {
    for (;;) {
      const line = await this.read();
      if (matches(line)) return line;
    }
  }

  /** Waits until the peer has written a text to its stderr; rejects when it ends without. */
  async logs(text: string): Promise<void> {
    while (!this.#log.includes(text)) {
      if (this.#over !== undefined) throw this.#over;
      await Promise.race([once(this.#process.child.stderr, 'data'), this.#process.exit]);
    }
  }

  async close(): Promise<void> {
    await this.#process.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #receive(line: string): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#lines.push(line);
    else waiter.resolve(line);
  }

  #finish(reason: Error): void {
    this.#over = reason;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason);
  }
}
