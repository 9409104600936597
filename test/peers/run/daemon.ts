import { setTimeout as delay } from 'node:timers/promises';
import { BoundedProcess, type ProcessOptions } from './bounded-process.js';
import { freePort, isListening } from './port.js';

export interface DaemonOptions extends ProcessOptions {
  readonly command: string;
  /** Writes the configuration for a port and answers the arguments that lead to it. */
  readonly configure: (port: number) => readonly string[];
  /** The port, where it had to be chosen before; one that is free when left out. */
  readonly port?: number;
  /** What the server writes elsewhere than to its stderr, for the report of a failed start. */
  readonly moreLog?: () => string;
}

/** How long a server may take until it accepts connections. Milliseconds. */
const START_LIMIT = 20_000;

/** A server of others on a port of 127.0.0.1, in the foreground of its own process group. */
export class Daemon implements AsyncDisposable {
  readonly port: number;
  readonly #process: BoundedProcess;
  readonly #moreLog: () => string;
  #log = '';

  private constructor(port: number, running: BoundedProcess, moreLog: () => string) {
    this.port = port;
    this.#process = running;
    this.#moreLog = moreLog;
    for (const stream of [running.child.stdout, running.child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#log += chunk.toString('utf8');
      });
    }
  }

  /** Resolves once the server accepts connections; a failure carries what the server said. */
  static async start(options: DaemonOptions): Promise<Daemon> {
    for (let attempt = 1; ; attempt++) {
      const port = options.port ?? (await freePort());
      const running = new BoundedProcess(options.command, options.configure(port), options);
      running.child.stdin.end();
      const daemon = new Daemon(port, running, options.moreLog ?? (() => ''));
      if (await daemon.#opens()) return daemon;
      await daemon.close();
      // Somebody else may have taken the port between the choice and the start.
      if (options.port === undefined && attempt < 3 && /address already in use|errno=98/i.test(daemon.log())) continue;
      throw new Error(`${options.command} did not start. It said:\n${daemon.log()}`);
    }
  }

  /** What the server said so far. */
  log(): string {
    return this.#log + this.#moreLog();
  }

  async close(): Promise<void> {
    await this.#process.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #opens(): Promise<boolean> {
    const deadline = Date.now() + START_LIMIT;
    while (!this.#process.ended && Date.now() < deadline) {
      if (await isListening(this.port)) return true;
      await delay(15);
    }
    return false;
  }
}
