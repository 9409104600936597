import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { PackageEntry } from './packages.js';

/** How a command becomes root's: as it is, or through sudo if that asks nothing. Undefined where neither works. */
export function rootPrefix(): readonly string[] | undefined {
  if (process.getuid?.() === 0) return [];
  return run('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
}

export function hasApt(): boolean {
  return run('apt-get', ['--version']).status === 0;
}

/** What happened last, and how much of the work is done: 0 to 100. */
export type ReportProgress = (percent: number, what: string) => void;

/** Brings apt's lists up to date. Resolves with what it said; lists that are too old show in the step after it. */
export function updateLists(prefix: readonly string[]): Promise<AptResult> {
  return runScript(prefix, `${APT} update -q`, () => undefined);
}

/** The first name of each entry that this system knows; entries without one are left out. */
export function knownNames(entries: readonly PackageEntry[]): string[] {
  const listing = run('apt-cache', ['policy', ...entries.flatMap(entry => entry.names)]).stdout;
  // "name:" at the start of a line, then "  Candidate: version" or "(none)".
  const known = new Set([...listing.matchAll(/^(\S+):\n.*\n {2}Candidate: (?!\(none\))/gm)].map(match => match[1]));
  return entries.flatMap(entry => entry.names.find(name => known.has(name)) ?? []);
}

/** Installs packages without what they merely recommend, and without starting or enabling their services. */
export function install(
  prefix: readonly string[],
  names: readonly string[],
  services: readonly string[],
  report: ReportProgress,
): Promise<AptResult> {
  const script = `
policy=/usr/sbin/policy-rc.d
if ! [ -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\\nexit 101\\n' >"$policy"
  chmod 755 "$policy"
fi
${APT} install -y -q --no-install-recommends -o APT::Status-Fd=3 ${names.join(' ')} 3>&1
if [ -d /run/systemd/system ]; then
  systemctl --quiet disable ${services.join(' ')} || true
fi
`;
  return runScript(prefix, script, report);
}

/** Puts the files of packages into a folder, without installing them, or what they depend on. */
export function unpack(names: readonly string[], folder: string): Promise<AptResult> {
  const script = `
mkdir -p "$0/packages"
cd "$0/packages"
${APT} download -q ${names.join(' ')}
for package in *.deb; do dpkg -x "$package" "$0"; done
rm -r "$0/packages"
`;
  return runScript([], script, () => undefined, [folder]);
}

export interface AptResult {
  readonly ok: boolean;
  /** The end of what apt said. */
  readonly output: string;
}

/** Waits for another apt that is at work, and tries a download again. */
const APT = 'apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3';

/** Questions are not asked, services of others are not restarted, and messages are in the language parsed here. */
const ENVIRONMENT = 'export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"';

async function runScript(
  prefix: readonly string[],
  script: string,
  report: ReportProgress,
  words: readonly string[] = [],
): Promise<AptResult> {
  const [command = 'sh', ...args] = [...prefix, 'sh', '-euc', `${ENVIRONMENT}\n${script}`, ...words];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  const closed = new Promise<boolean>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve(code === 0));
  });
  createInterface({ input: child.stderr }).on('line', line => output.push(line));
  createInterface({ input: child.stdout }).on('line', line => {
    const status = /^(dl|pm)status:[^:]*:([\d.]+):(.*)$/.exec(line);
    if (status === null) output.push(line);
    // Downloading is counted as the first half of the work.
    else report(Number(status[2]) / 2 + (status[1] === 'dl' ? 0 : 50), status[3] ?? '');
  });
  return { ok: await closed, output: output.slice(-20).join('\n') };
}

function run(command: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
}
