import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './project.js';
import { hashSources } from './source-files.js';
import type { Toolchain } from './toolchain.js';

/** prebuilds/manifest.json: what the binaries there are and what they were made of. */
export interface Manifest {
  /** By `<platform>-<architecture>`. */
  readonly binaries: Readonly<Record<string, ManifestEntry>>;
}

export interface ManifestEntry {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** `hashSources()` at the time. */
  readonly sources: string;
  /** Other versions of these make other bytes. */
  readonly toolchain: Toolchain;
}

/** The binary for a platform, such as `win32-x64`. */
export function prebuiltFile(platform: string): string {
  return join(PROJECT_ROOT, 'prebuilds', platform, 'secur32.node');
}

export function readManifest(): Manifest {
  return existsSync(MANIFEST) ? JSON.parse(readFileSync(MANIFEST, 'utf8')) : { binaries: {} };
}

/** Writes down a binary that was just built into `prebuilds/`. The others stay as they were. */
export function recordBinary(platform: string, toolchain: Toolchain): void {
  const { binaries } = readManifest();
  const entry: ManifestEntry = { ...describeBinary(platform), sources: hashSources(), toolchain };
  const all = Object.entries({ ...binaries, [platform]: entry }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(MANIFEST, `${JSON.stringify({ binaries: Object.fromEntries(all) }, undefined, 2)}\n`);
}

/** What the manifest says about a binary, taken from the file itself. */
export function describeBinary(platform: string): Pick<ManifestEntry, 'sha256' | 'size'> {
  const bytes = readFileSync(prebuiltFile(platform));
  return { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length };
}

const MANIFEST: string = join(PROJECT_ROOT, 'prebuilds', 'manifest.json');
