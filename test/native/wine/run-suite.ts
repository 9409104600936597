import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AddonBuilds } from './addon-builds.js';
import { type NodeRelease, nodeExe, withoutVirtualAlloc2 } from './node-exe.js';
import { toWindowsPath, WINE_ROOT } from './paths.js';
import { parseRecords, type Record } from './records.js';
import type { Wine } from './wine.js';

export interface SuiteOptions {
  readonly wine: Wine;
  readonly release: NodeRelease;
  readonly addons: AddonBuilds;
  /** A compiled test file. */
  readonly file: string;
  /** Further ones, which run in the same process after it. */
  readonly more?: readonly string[];
  /** Further variables for the guest and for what Wine calls on the Unix side. */
  readonly env?: Readonly<{ [name: string]: string }>;
  /** Milliseconds. */
  readonly limit?: number;
}

export interface SuiteReport {
  readonly passed: number;
  readonly pending: number;
  /** Everything that is wrong, one text per fault; empty when the suite ran whole and passed. */
  readonly faults: readonly string[];
  /** What mocha and Wine printed. */
  readonly output: string;
}

/** Variables that let Wine mark and check the ends of every block of memory; what it finds is a fault. */
export const HEAP_CHECK = { WINEDEBUG: '-all,err+heap,warn+heap', SECUR32_HEAP_CHECK: '1' } as const;
Object.freeze(HEAP_CHECK);

/** What Wine's GnuTLS says when Wine has handed it a private key badly; the same key is read well before and after. */
const KEY_LOST_BY_WINE = 'GnuTLS error: The scanning of a large integer has failed';

/**
 * Runs one compiled test file by mocha in the real node.exe; once more where Wine itself says that it has lost a key. Rejects only
 * when node.exe cannot be had.
 */
export async function runSuite(options: SuiteOptions): Promise<SuiteReport> {
  const report = await runOnce(options);
  return report.faults.length > 0 && report.output.includes(KEY_LOST_BY_WINE) ? runOnce(options) : report;
}

async function runOnce({
  wine,
  release,
  addons,
  file,
  more = [],
  env = {},
  limit = LIMIT,
}: SuiteOptions): Promise<SuiteReport> {
  mkdirSync(WINE_ROOT, { recursive: true });
  const name = `${basename(file, '.js')}-${release.package}-${release.major}-wine-${wine.major}-${process.pid}`;
  const records = join(WINE_ROOT, `${name}.records`);
  const output = join(WINE_ROOT, `${name}.log`);
  const exit = await wine.run({
    command: await executableFor(release, wine),
    args: [GUEST, records, file, ...more].map(toWindowsPath),
    env: {
      NO_COLOR: '1',
      SECUR32_WINE: wine.version,
      SECUR32_ADDON: toWindowsPath(addons.release),
      SECUR32_TEST_ADDON: toWindowsPath(addons.audited),
      ...env,
    },
    output,
    limit,
  });
  const log = readFileSync(output, 'utf8');
  const seen = existsSync(records) ? parseRecords(readFileSync(records, 'utf8')) : [];
  for (const file of [records, output]) rmSync(file, { force: true });
  return { ...count(seen), faults: [...testFaults(seen), ...processFaults(seen, exit, log)], output: log };
}

async function executableFor(release: NodeRelease, wine: Wine): Promise<string> {
  const executable = await nodeExe(release);
  return release.major >= 24 && wine.major < 10 ? withoutVirtualAlloc2(executable) : executable;
}

function count(records: readonly Record[]): { passed: number; pending: number } {
  const outcomes = records.map(record => (record.kind === 'end' ? record.outcome : undefined));
  return {
    passed: outcomes.filter(outcome => outcome === 'passed').length,
    pending: outcomes.filter(outcome => outcome === 'pending').length,
  };
}

function testFaults(records: readonly Record[]): string[] {
  return records.flatMap(record =>
    record.kind === 'end' && record.outcome === 'failed' ? [`${record.title}\n${record.error}`] : [],
  );
}

/**
 * An exit code of 0 proves nothing: Wine passes on eight bits of it, and a process that C++ brought down by an exception
 * has ended with 0. Mocha's mark must be there too, and Wine must not have reported an unhandled exception after it.
 * What Wine prints of HeapValidate is no fault by itself: the audit asks again, and the test fails when the answer stays.
 */
function processFaults(records: readonly Record[], exit: { code: number; timedOut: boolean }, log: string): string[] {
  const faults: string[] = [];
  const done = records.find(record => record.kind === 'done');
  if (exit.timedOut) faults.push(`node.exe was still running at the time limit; ${lastTest(records)}`);
  else if (done === undefined)
    faults.push(`node.exe ended with ${exit.code} before mocha did; ${lastTest(records)}\n${log}`);
  else if (exit.code !== (done.failures === 0 ? 0 : 1)) faults.push(`node.exe ended with ${exit.code}\n${log}`);
  const crash = /^(wine: Unhandled|terminate called|.*(err|warn):heap:(?!validate_)).*$/m.exec(log);
  if (crash !== null) faults.push(crash[0]);
  if (done !== undefined && !records.some(record => record.kind === 'end')) faults.push('the file has no tests');
  return faults;
}

function lastTest(records: readonly Record[]): string {
  const last = records.findLast(record => record.kind !== 'done');
  if (last === undefined) return 'no test had begun';
  return last.kind === 'start' ? `it was in "${last.title}"` : `it had just ended "${last.title}"`;
}

const GUEST: string = fileURLToPath(new URL('./guest.js', import.meta.url));
const LIMIT = 240_000;
