/**
 * `npm run build:native`: builds the addon for this machine by prebuildify and MSVC, into `prebuilds/`, and writes the
 * manifest. `--arch ia32` after `--` builds for another architecture. Elsewhere than on Windows there is nothing to
 * build.
 *
 * node-gyp empties `build/`, where this very file lies: everything it needs is loaded before.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { recordBinary } from './manifest.js';
import { createNodeHeaders } from './node-headers.js';
import { PROJECT_ROOT } from './project.js';
import { headerVersions, MSVC } from './toolchain.js';

const { values } = parseArgs({ options: { arch: { type: 'string', default: process.arch } } });

if (process.platform === 'win32') build(values.arch);
else console.log('The addon is for Windows: nothing to build here. "npm run prebuild" builds it for Windows.');

function build(architecture: string): void {
  const prebuildify = createRequire(import.meta.url).resolve('prebuildify/bin.js');
  const args = [prebuildify, '--napi', '--name', 'secur32', '--arch', architecture];
  const { status } = spawnSync(process.execPath, args, {
    cwd: PROJECT_ROOT,
    env: { ...process.env, npm_config_nodedir: createNodeHeaders() },
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`prebuildify ended with ${status}`);
  recordBinary(`win32-${architecture}`, { ...MSVC, ...headerVersions() });
}
