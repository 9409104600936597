import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TemporaryFolder } from '../../peers/run/folder.js';
import { runCommand, runOrFail } from '../../peers/run/run-command.js';
import { parseRecords, type Record } from '../wine/records.js';

export interface SanitizedRun {
  readonly code: number;
  /** What node and the sanitizers printed. */
  readonly output: string;
}

/** Runs a script in this Node with the sanitizers in front of the C library. FOLDER is that of `buildWithSanitizers`. */
export async function runSanitized(folder: string, args: readonly string[]): Promise<SanitizedRun> {
  const library = (await runOrFail('gcc', ['-print-file-name=libasan.so'])).trim();
  const { code, stdout, stderr } = await runCommand(process.execPath, args, {
    env: {
      LD_PRELOAD: library,
      NO_COLOR: '1',
      SECUR32_ASAN_FOLDER: folder,
      // Threads of the addon may be idle at exit; the sanitizer misreads where their thread-local variables are.
      ASAN_OPTIONS: 'detect_leaks=1:exitcode=99:allocator_may_return_null=1:intercept_tls_get_addr=0',
      UBSAN_OPTIONS: 'print_stacktrace=1:exitcode=98',
    },
  });
  return { code, output: stdout + stderr };
}

export interface SanitizedReport extends SanitizedRun {
  readonly passed: number;
  /** Titles and errors. */
  readonly failed: readonly string[];
  readonly done: boolean;
}

/** Runs a compiled mocha suite that way. */
export async function runSanitizedSuite(folder: string, file: string): Promise<SanitizedReport> {
  await using temporary = new TemporaryFolder('sanitized');
  const path = join(temporary.path, 'records');
  const run = await runSanitized(folder, [GUEST, path, file]);
  const records: Record[] = parseRecords(await readFile(path, 'utf8').catch(() => ''));
  const ends = records.flatMap(record => (record.kind === 'end' ? [record] : []));
  return {
    ...run,
    passed: ends.filter(({ outcome }) => outcome === 'passed').length,
    failed: ends.filter(({ outcome }) => outcome === 'failed').map(({ title, error }) => `${title}\n${error}`),
    done: records.some(({ kind }) => kind === 'done'),
  };
}

const GUEST: string = fileURLToPath(new URL('../wine/guest.js', import.meta.url));
