import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT_ROOT } from '../../peers/paths.js';
import { TemporaryFolder } from '../../peers/run/folder.js';
import { runCommand, runOrFail } from '../../peers/run/run-command.js';
import { parseRecords, type Record } from '../wine/records.js';
import type { SanitizedBuild, SanitizerKind } from './build.js';

export interface SanitizedRun {
  readonly code: number;
  /** What node and the sanitizers printed. */
  readonly output: string;
}

/** Runs a script in this Node with the sanitizers in front of the C library. */
export async function runSanitized({ kind, folder }: SanitizedBuild, args: readonly string[]): Promise<SanitizedRun> {
  const library = (await runOrFail('gcc', [`-print-file-name=lib${kind}.so`])).trim();
  const { code, stdout, stderr } = await runCommand(process.execPath, args, {
    env: { LD_PRELOAD: library, NO_COLOR: '1', SECUR32_ASAN_FOLDER: folder, ...OPTIONS[kind] },
  });
  return { code, output: OURS[kind](stdout + stderr) };
}

export interface SanitizedReport extends SanitizedRun {
  readonly passed: number;
  /** Titles and errors. */
  readonly failed: readonly string[];
  readonly done: boolean;
}

/** Runs a compiled mocha suite that way. */
export async function runSanitizedSuite(build: SanitizedBuild, file: string): Promise<SanitizedReport> {
  await using temporary = new TemporaryFolder('sanitized');
  const path = join(temporary.path, 'records');
  const run = await runSanitized(build, [GUEST, path, file]);
  const records: Record[] = parseRecords(await readFile(path, 'utf8').catch(() => ''));
  const ends = records.flatMap(record => (record.kind === 'end' ? [record] : []));
  return {
    ...run,
    passed: ends.filter(({ outcome }) => outcome === 'passed').length,
    failed: ends.filter(({ outcome }) => outcome === 'failed').map(({ title, error }) => `${title}\n${error}`),
    done: records.some(({ kind }) => kind === 'done'),
  };
}

/**
 * Node and the C library are compiled without ThreadSanitizer, which does not see how their threads synchronise by atomics:
 * of what it says only races between two accesses by the addon count.
 */
function racesOfOurs(output: string): string {
  return output
    .replace(/^={18}\n(.*?)^={18}\n/gms, report => {
      const accesses = report.split('\n\n').slice(0, 2);
      return accesses.every(stack => /\((secur32|fake-windows)\.node\+/.test(stack)) ? report : '';
    })
    .replace(/^ThreadSanitizer: reported \d+ warnings\n/m, '');
}

const OPTIONS: Readonly<{ [Kind in SanitizerKind]: Readonly<{ [name: string]: string }> }> = {
  asan: {
    // Threads of the addon may be idle at exit; the sanitizer misreads where their thread-local variables are.
    ASAN_OPTIONS: 'detect_leaks=1:exitcode=99:allocator_may_return_null=1:intercept_tls_get_addr=0',
    LSAN_OPTIONS: `print_suppressions=0:suppressions=${join(PROJECT_ROOT, 'test', 'native', 'asan', 'lsan.supp')}`,
    UBSAN_OPTIONS: 'print_stacktrace=1:exitcode=98',
  },
  tsan: { TSAN_OPTIONS: 'exitcode=0' },
};
const OURS: Readonly<{ [Kind in SanitizerKind]: (output: string) => string }> = {
  asan: output => output,
  tsan: racesOfOurs,
};
const GUEST: string = fileURLToPath(new URL('../wine/guest.js', import.meta.url));
