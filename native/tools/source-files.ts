import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './project.js';

/** What is shared by CMakeLists.txt and binding.gyp. Paths are relative to `native/`. */
export interface SourceList {
  readonly sources: readonly string[];
  /** Only for mingw-w64. */
  readonly mingwSources: readonly string[];
  readonly defines: readonly string[];
  readonly libraries: readonly string[];
}

export function readSourceList(): SourceList {
  return JSON.parse(readFileSync(join(PROJECT_ROOT, 'native', 'sources.json'), 'utf8'));
}

/** Every file that goes into the binaries, relative to the project, sorted. */
export function sourceFiles(): string[] {
  const folders = ['native/src', 'native/mingw', 'native/toolchains'];
  return ['native/CMakeLists.txt', 'native/sources.json', ...folders.flatMap(filesBelow)].sort();
}

/** One SHA-256 over all of them. The line ends of a checkout on Windows make no difference. */
export function hashSources(): string {
  const hash = createHash('sha256');
  for (const name of sourceFiles()) {
    const text = readFileSync(join(PROJECT_ROOT, name), 'utf8').replaceAll('\r\n', '\n');
    hash.update(`${name}\n${Buffer.byteLength(text)}\n${text}`);
  }
  return hash.digest('hex');
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(PROJECT_ROOT, folder), { withFileTypes: true }).flatMap(entry => {
    const name = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(name) : [name];
  });
}
