import { mkdirSync, renameSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PEER_BUILD_ROOT, PROJECT_ROOT } from '../paths.js';
import { runOrFail } from './run-command.js';

/**
 * Compiles a C file of `test/` into `build/peers/`, once: it is done again only when the source is newer.
 * Answers the absolute name of what was built.
 */
export async function compile(source: string, target: string, options: readonly string[]): Promise<string> {
  const input = join(PROJECT_ROOT, source);
  const output = join(PEER_BUILD_ROOT, target);
  if (modified(output) > modified(input)) return output;
  mkdirSync(PEER_BUILD_ROOT, { recursive: true });
  // Test processes may run side by side: each builds its own file, and the name changes hands in one step.
  const draft = join(PEER_BUILD_ROOT, `.${process.pid}-${basename(target)}`);
  await runOrFail('gcc', ['-std=c11', '-D_POSIX_C_SOURCE=200809L', '-O1', '-Wall', '-o', draft, input, ...options]);
  renameSync(draft, output);
  return output;
}

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}
