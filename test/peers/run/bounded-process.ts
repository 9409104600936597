import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { findCommand } from '../presence.js';

/** No peer lives longer than this, whatever happens to the test process. Seconds. */
const LIFETIME = 1800;

/** How long a peer may take to end after SIGTERM. Milliseconds. */
const PATIENCE = 3000;

const live = new Set<BoundedProcess>();
process.on('exit', () => {
  for (const child of live) child.kill('SIGKILL');
});

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
}

/**
 * A process of somebody else's program that cannot outlive the tests: it is told to end when the process that started
 * it dies, it has a hard lifetime, and it leads a process group of its own that is killed as a whole. It has no
 * terminal, so it cannot stop to ask a person, and only the environment that it is given.
 */
export class BoundedProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly name: string;
  #ended = false;
  readonly #exit: Promise<number>;

  constructor(command: string, args: readonly string[], options: ProcessOptions = {}) {
    this.name = command;
    const guard = ['--pdeathsig', 'TERM', 'setsid', 'timeout', '--kill-after=3', String(LIFETIME)];
    this.child = spawn('setpriv', [...guard, findCommand(command), ...args], {
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', HOME: '/nonexistent', ...options.env },
      cwd: options.cwd,
    });
    live.add(this);
    // A peer that ends early breaks the pipe; what matters then is its exit code and its last words.
    this.child.stdin.on('error', () => undefined);
    this.#exit = new Promise((resolve, reject) => {
      this.child.once('error', cause => {
        this.#ended = true;
        reject(cause);
      });
      this.child.once('close', (code, signal) => {
        this.#ended = true;
        live.delete(this);
        resolve(code ?? (signal === null ? -1 : 128));
      });
    });
    this.#exit.catch(() => live.delete(this));
  }

  /** Resolves with the exit code when the process has ended and its output is read; 128 after a signal. */
  get exit(): Promise<number> {
    return this.#exit;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Ends the process, gently first. */
  async stop(): Promise<void> {
    if (this.#ended) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), PATIENCE);
    await closed;
    clearTimeout(timer);
  }

  /** Signals the whole process group. */
  kill(signal: NodeJS.Signals): void {
    const pid = this.child.pid;
    if (pid === undefined || this.#ended) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group exists only once setsid has run.
      this.child.kill(signal);
    }
  }
}
