import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PROJECT_ROOT } from '../peers/paths.js';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = join(PROJECT_ROOT, 'dist/cli/main.js');

/** Runs `secur32` as a process of its own, with `input` to read, without colours and without accounts unless the variables say otherwise. */
export async function runCli(
  args: readonly string[],
  variables: Record<string, string> = {},
  input?: string | Uint8Array,
): Promise<CliResult> {
  const child = startCli(args, variables);
  child.stdin?.end(input);
  const read = async (stream: AsyncIterable<Buffer>): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  const [stdout, stderr, [code]] = await Promise.all([
    read(child.stdout as AsyncIterable<Buffer>),
    read(child.stderr as AsyncIterable<Buffer>),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

/** `secur32 serve --json` as a process of its own: its log, an object at a time. */
export class CliServer {
  readonly #child: ChildProcess;
  readonly #log: AsyncIterator<string>;
  readonly port: number;

  private constructor(child: ChildProcess, log: AsyncIterator<string>, port: number) {
    this.#child = child;
    this.#log = log;
    this.port = port;
  }

  static async start(args: readonly string[] = ['serve'], variables: Record<string, string> = {}): Promise<CliServer> {
    const child = startCli([...args, '--provider', 'engine', '--json'], variables);
    const log = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const first = await log.next();
    if (first.done) throw new Error('the server did not start');
    return new CliServer(child, log, (JSON.parse(first.value) as { port: number }).port);
  }

  /** The next entry of the log. */
  async next(): Promise<Record<string, unknown>> {
    const { value, done } = await this.#log.next();
    if (done) throw new Error('the log has ended');
    return JSON.parse(value) as Record<string, unknown>;
  }

  /** Ends the server as Ctrl-C does; resolves with its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    const closed = once(this.#child, 'exit') as Promise<[number | null]>;
    this.#child.kill(signal);
    return (await closed)[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.stop('SIGKILL');
  }
}

function startCli(args: readonly string[], variables: Record<string, string>): ChildProcess {
  const { FORCE_COLOR: _force, NO_COLOR: _no, SECUR32_ACCOUNTS: _accounts, ...inherited } = process.env;
  return spawn(process.execPath, [MAIN, ...args], {
    env: { ...inherited, ...variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}
