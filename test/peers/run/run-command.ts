import { BoundedProcess, type ProcessOptions } from './bounded-process.js';

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions extends ProcessOptions {
  /** What the command reads; nothing when left out. */
  readonly input?: string | Uint8Array | undefined;
}

/** Runs a command to its end. A failing command resolves too: its exit code is part of the result. */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const running = new BoundedProcess(command, args, options);
  const stdout = collect(running.child.stdout);
  const stderr = collect(running.child.stderr);
  running.child.stdin.end(options.input ?? '');
  const code = await running.exit;
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Runs a command that has to succeed, and answers its output. */
export async function runOrFail(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await runCommand(command, args, options);
  if (result.code !== 0) throw new Error(`${command} ended with ${result.code}: ${result.stderr || result.stdout}`);
  return result.stdout;
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}
