import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { CrossArchitecture } from './project.js';

/** Name and version of everything whose version shows in the bytes of a binary. */
export type Toolchain = Readonly<Record<string, string>>;

/** Visual Studio: its binaries are not compared byte by byte. */
export const MSVC: Toolchain = { compiler: 'MSVC' };
Object.freeze(MSVC);

/** mingw-w64 as Debian packages it, and the headers from npm. Throws where the packages are not Debian's. */
export function crossToolchain(architecture: CrossArchitecture): Toolchain {
  const cpu = architecture === 'x64' ? 'x86-64' : 'i686';
  const names = [`g++-mingw-w64-${cpu}-posix`, `binutils-mingw-w64-${cpu}`, `mingw-w64-${cpu}-dev`];
  return { ...debianVersions(names), ...headerVersions() };
}

/** The npm packages that binaries are compiled against. */
export function headerVersions(): Toolchain {
  return Object.fromEntries(['node-addon-api', 'node-api-headers'].map(name => [name, npmVersion(name)]));
}

function debianVersions(names: readonly string[]): Toolchain {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholders
  const format = '--showformat=${Package}=${Version}\n';
  const { status, stdout } = spawnSync('dpkg-query', ['--show', format, ...names], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`these Debian packages are needed: ${names.join(' ')}`);
  const lines = stdout.trim().split('\n').sort();
  return Object.fromEntries(lines.map(line => line.split('=', 2)));
}

function npmVersion(name: string): string {
  const main = createRequire(import.meta.url).resolve(name);
  return JSON.parse(readFileSync(join(dirname(main), 'package.json'), 'utf8')).version;
}
