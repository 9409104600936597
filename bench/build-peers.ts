/** Builds the C drivers of `peers/` when they are asked for: into `build/bench-peers`, again only when a source is newer. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Driver } from './cases/case.js';

// This module runs from build/bench.
const SOURCES = fileURLToPath(new URL('../../bench/peers/', import.meta.url));
const PROGRAMS = fileURLToPath(new URL('../bench-peers/', import.meta.url));

export type Built = { readonly program: string } | { readonly missing: string };

const built = new Map<string, Built>();

/** The program of a driver, or why there is none. */
export function buildDriver(driver: Driver): Built {
  const known = built.get(driver.source);
  if (known !== undefined) return known;
  const outcome = compile(driver);
  built.set(driver.source, outcome);
  return outcome;
}

function compile({ source, libraries, packages }: Driver): Built {
  const program = `${PROGRAMS}${source}`;
  if (isFresh(program)) return { program };
  mkdirSync(PROGRAMS, { recursive: true });
  const args = ['-O2', '-Wall', '-Wextra', '-o', program, `${SOURCES}${source}.c`, ...libraries];
  const { status, stderr, error } = spawnSync(process.env['CC'] ?? 'gcc', args, { encoding: 'utf8' });
  if (status === 0) return { program };
  const cause = error?.message ?? firstError(stderr);
  return { missing: `${source}.c does not build (${cause}); on Debian: apt-get install ${packages.join(' ')}` };
}

function isFresh(program: string): boolean {
  const age = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  // Any source counts, because the drivers share headers.
  return readdirSync(SOURCES).every(name => age(`${SOURCES}${name}`) < age(program));
}

function firstError(stderr: string): string {
  const lines = stderr.split('\n');
  const line = lines.find(text => /error:|cannot find|undefined reference/.test(text)) ?? lines[0] ?? '';
  return line.slice(Math.max(0, line.indexOf('error:'))).trim();
}
