import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { MINGW_INCLUDE, PROJECT_ROOT } from '../../peers/paths.js';
import { runOrFail } from '../../peers/run/run-command.js';

const require = createRequire(import.meta.url);

/** `asan` for memory (AddressSanitizer, UndefinedBehaviorSanitizer, LeakSanitizer), `tsan` for threads. GCC has no build with both. */
export type SanitizerKind = 'asan' | 'tsan';

export interface SanitizedBuild {
  readonly kind: SanitizerKind;
  /** Holds the addon and the fake Windows. */
  readonly folder: string;
}

/** Builds the addon with sanitizers over the fake Windows, as far as sources changed. */
export async function buildWithSanitizers(kind: SanitizerKind): Promise<SanitizedBuild> {
  const folder = join(PROJECT_ROOT, 'build', kind);
  mkdirSync(folder, { recursive: true });
  const { include_dir: nodeApi }: { include_dir: string } = require('node-api-headers');
  const nodeAddonApi = dirname(require.resolve('node-addon-api/package.json'));
  await runOrFail('cmake', [
    ...['-G', 'Ninja', '-S', join(PROJECT_ROOT, 'test', 'native', 'asan'), '-B', folder],
    `-DNODE_API_INCLUDE=${nodeApi};${nodeAddonApi}`,
    `-DMINGW_INCLUDE=${MINGW_INCLUDE}`,
    `-DSANITIZERS=${SANITIZERS[kind]}`,
  ]);
  await runOrFail('cmake', ['--build', folder]);
  return { kind, folder };
}

const SANITIZERS: Readonly<Record<SanitizerKind, string>> = { asan: 'address,undefined', tsan: 'thread' };
