import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { MINGW_INCLUDE, PROJECT_ROOT } from '../../peers/paths.js';
import { runOrFail } from '../../peers/run/run-command.js';

const require = createRequire(import.meta.url);

/** Builds the addon with sanitizers over the fake Windows, as far as sources changed. Answers the folder of both. */
export async function buildWithSanitizers(): Promise<string> {
  const folder = join(PROJECT_ROOT, 'build', 'asan');
  mkdirSync(folder, { recursive: true });
  const { include_dir: nodeApi }: { include_dir: string } = require('node-api-headers');
  const nodeAddonApi = dirname(require.resolve('node-addon-api/package.json'));
  await runOrFail('cmake', [
    ...['-G', 'Ninja', '-S', join(PROJECT_ROOT, 'test', 'native', 'asan'), '-B', folder],
    `-DNODE_API_INCLUDE=${nodeApi};${nodeAddonApi}`,
    `-DMINGW_INCLUDE=${MINGW_INCLUDE}`,
  ]);
  await runOrFail('cmake', ['--build', folder]);
  return folder;
}
