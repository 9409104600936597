import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PROJECT_ROOT } from './project.js';

const { include_dir: NODE_API_INCLUDE }: { include_dir: string } = createRequire(import.meta.url)('node-api-headers');

/**
 * Makes a folder in the shape of Node's header tarball from the package node-api-headers, and answers its name. With it
 * as `nodedir` node-gyp downloads nothing. The import library that belongs there is made by binding.gyp.
 *
 * It stands outside `build/`, which node-gyp and prebuildify empty.
 */
export function createNodeHeaders(): string {
  const folder = join(PROJECT_ROOT, 'node_modules', '.cache', 'secur32', 'node-headers');
  const include = join(folder, 'include', 'node');
  rmSync(folder, { recursive: true, force: true });
  for (const path of [include, join(folder, 'Release')]) mkdirSync(path, { recursive: true });
  cpSync(NODE_API_INCLUDE, include, { recursive: true });
  writeFileSync(join(include, 'config.gypi'), CONFIG_GYPI);
  writeFileSync(join(include, 'common.gypi'), COMMON_GYPI);
  return folder;
}

const CONFIG_GYPI = `{ "target_defaults": {}, "variables": {} }
`;

/** What node-gyp expects of Node's common.gypi: the configuration and the machine. */
const COMMON_GYPI = `{
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': {
      'Release': {
        'defines': ['NDEBUG'],
        'msvs_settings': {
          'VCCLCompilerTool': {
            'RuntimeLibrary': 0, # /MT: the binary needs no redistributable
            'Optimization': 2,
            'FunctionLevelLinking': 'true',
            'BufferSecurityCheck': 'true',
            'DebugInformationFormat': 0,
            'SuppressStartupBanner': 'true',
          },
          'VCLinkerTool': {
            'GenerateDebugInformation': 'false',
            'SuppressStartupBanner': 'true',
          },
        },
      },
    },
    'conditions': [
      ['OS=="win"', {
        'defines': ['WIN32', '_WINDOWS'],
        'conditions': [
          ['target_arch=="x64"', { 'msvs_configuration_platform': 'x64', 'msvs_settings': { 'VCLinkerTool': { 'TargetMachine': 17 } } }],
          ['target_arch=="ia32"', { 'msvs_settings': { 'VCLinkerTool': { 'TargetMachine': 1 } } }],
          ['target_arch=="arm64"', { 'msvs_configuration_platform': 'ARM64' }],
        ],
      }],
    ],
  },
}
`;
