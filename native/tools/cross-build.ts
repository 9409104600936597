import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type CrossArchitecture, PROJECT_ROOT } from './project.js';

export interface CrossBuild {
  readonly architecture: CrossArchitecture;
  /** The folder that is built in, and that receives `secur32.node`. */
  readonly folder: string;
  /** Compile-time definitions besides those of `sources.json`. */
  readonly defines?: readonly string[];
  /** The folder that holds `native/`; this project when left out. */
  readonly project?: string;
}

/**
 * Builds the addon for Windows with mingw-w64 and answers the absolute name of `secur32.node`. What is built already
 * and newer than its sources stays. Throws with the compiler's words when it cannot be built.
 */
export function crossBuild({ architecture, folder, defines = [], project = PROJECT_ROOT }: CrossBuild): string {
  const args = [
    ...[CMAKE_JS, 'build', '--directory', join(project, 'native'), '--out', folder, '--arch', architecture],
    `--CDCMAKE_TOOLCHAIN_FILE=${join(project, 'native', 'toolchains', `win32-${architecture}.cmake`)}`,
    `--CDSECUR32_DEFINES=${defines.join(';')}`,
  ];
  const { status, error, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: project,
    env: buildEnvironment(),
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`the addon for win32-${architecture} was not built:\n${stdout}\n${stderr}`);
  return join(folder, 'secur32.node');
}

const CMAKE_JS: string = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');

/** Flags of the caller's own would change the bytes, and another language the messages. */
function buildEnvironment(): NodeJS.ProcessEnv {
  const { CFLAGS, CXXFLAGS, CPPFLAGS, LDFLAGS, ...rest } = process.env;
  return { ...rest, LC_ALL: 'C' };
}
