import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../peers/paths.js';
import { runOrFail } from '../../peers/run/run-command.js';
import type { NodeArchitecture } from './node-exe.js';

const { include_dir: NODE_API_INCLUDE }: { include_dir: string } = createRequire(import.meta.url)('node-api-headers');
const SOURCES: string = join(PROJECT_ROOT, 'test', 'native', 'secur32-audit');
const COMPILERS: Readonly<Record<NodeArchitecture, string>> = {
  x64: 'x86_64-w64-mingw32-gcc-posix',
  ia32: 'i686-w64-mingw32-gcc-posix',
};
Object.freeze(COMPILERS);

/** Compiles secur32-audit.dll into a folder, when its sources are newer. */
export async function buildAudit(architecture: NodeArchitecture, folder: string): Promise<void> {
  const output = join(folder, 'secur32-audit.dll');
  const sources = readdirSync(SOURCES).map(name => join(SOURCES, name));
  if (sources.every(source => modified(source) < modified(output))) return;
  mkdirSync(folder, { recursive: true });
  await runOrFail(COMPILERS[architecture], [
    ...['-std=gnu11', '-O1', '-g', '-Wall', '-Wextra', '-Werror', '-shared', '-static', '-o', output],
    ...['-DNAPI_VERSION=8', '-DNAPI_EXTERN=__declspec(dllimport)', '-D_WIN32_WINNT=0x0A00', `-I${NODE_API_INCLUDE}`],
    ...sources.filter(source => source.endsWith('.c')),
    join(PROJECT_ROOT, 'native', 'mingw', 'node_imports.c'),
    join(SOURCES, 'secur32-audit.def'),
    '-Wl,--kill-at,--disable-auto-import',
    '-lcrypt32',
  ]);
}

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}
