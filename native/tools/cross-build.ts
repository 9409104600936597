import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type CrossArchitecture, PROJECT_ROOT } from './project.js';

export interface CrossBuild {
  readonly architecture: CrossArchitecture;
  /** The folder that is built in. */
  readonly folder: string;
  /** A target of CMakeLists.txt: the addon as it is shipped, or the one for tests. */
  readonly target?: 'addon' | 'audited';
}

/**
 * Builds the addon for Windows with mingw-w64 and answers the absolute name of `secur32.node`. What is built already
 * and newer than its sources stays. Throws with the compiler's words when it cannot be built.
 */
export function crossBuild({ architecture, folder, target = 'addon' }: CrossBuild): string {
  const native = join(PROJECT_ROOT, 'native');
  const args = [
    ...[CMAKE_JS, 'build', '--directory', native, '--out', folder, '--arch', architecture, '--target', target],
    `--CDCMAKE_TOOLCHAIN_FILE=${join(native, 'toolchains', `win32-${architecture}.cmake`)}`,
  ];
  const { status, error, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: PROJECT_ROOT,
    env: buildEnvironment(),
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`the addon for win32-${architecture} was not built:\n${stdout}\n${stderr}`);
  return join(folder, ...(target === 'addon' ? [] : ['audit']), 'secur32.node');
}

const CMAKE_JS: string = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');

/** Flags of the caller's own would change the bytes, and another language the messages. */
function buildEnvironment(): NodeJS.ProcessEnv {
  const { CFLAGS, CXXFLAGS, CPPFLAGS, LDFLAGS, ...rest } = process.env;
  return { ...rest, LC_ALL: 'C' };
}
