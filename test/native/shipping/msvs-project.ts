import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createNodeHeaders } from '../../../native/tools/node-headers.js';
import { PROJECT_ROOT } from '../../peers/paths.js';
import { runOrFail } from '../../peers/run/run-command.js';

/** What Visual Studio would build the addon from. */
export interface MsvsProject {
  /** Absolute names. */
  readonly sources: readonly string[];
  readonly defines: readonly string[];
  readonly compilerOptions: readonly string[];
  readonly linkerOptions: readonly string[];
  readonly libraries: readonly string[];
  /** The value of a setting of the project file, such as `WarningLevel`. */
  setting(name: string): string | undefined;
}

/** Lets node-gyp's generator write the project files from binding.gyp, as on Windows, and reads what came of it. */
export async function generateMsvsProject(architecture: 'x64' | 'ia32' | 'arm64'): Promise<MsvsProject> {
  const output = mkdtempSync(join(tmpdir(), 'secur32-msvs-'));
  try {
    await runOrFail('python3', gypArguments(architecture, createNodeHeaders(), output), {
      cwd: PROJECT_ROOT,
      // The generator compares the locale with the encoding of its files, and fails where both are UTF-8.
      env: { GYP_MSVS_VERSION: '2015', GYP_MSVS_OVERRIDE_PATH: output, LC_ALL: 'en_US.ISO8859-1' },
    });
    return parseProject(readFileSync(join(output, 'secur32.vcxproj'), 'utf8'), output);
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

/** The arguments of node-gyp's configure step, and what its config.gypi would bring. */
function gypArguments(architecture: string, headers: string, output: string): string[] {
  const nodeGyp = join(PROJECT_ROOT, 'node_modules', 'node-gyp');
  const variables = {
    OS: 'win',
    target_arch: architecture,
    standalone_static_library: '1',
    library: 'shared_library',
    visibility: 'default',
    node_root_dir: headers,
    node_gyp_dir: nodeGyp,
    node_lib_file: '$(Configuration)/node.lib',
    module_root_dir: PROJECT_ROOT,
    node_engine: 'v8',
  };
  return [
    join(nodeGyp, 'gyp', 'gyp_main.py'),
    ...['binding.gyp', '-f', 'msvs', '--depth=.', '--no-parallel', '--generator-output', output, '-Goutput_dir=.'],
    ...['-I', join(nodeGyp, 'addon.gypi'), '-I', join(headers, 'include', 'node', 'common.gypi')],
    ...Object.entries(variables).map(([name, value]) => `-D${name}=${value}`),
  ];
}

function parseProject(xml: string, folder: string): MsvsProject {
  const decoded = xml.replaceAll('&quot;', '"');
  const section = (name: string): string => decoded.slice(decoded.indexOf(`<${name}>`), decoded.indexOf(`</${name}>`));
  const options = (of: string, name: string, separator: string): string[] =>
    (text(section(of), name) ?? '').split(separator).filter(item => item !== '' && !item.startsWith('%('));
  return {
    sources: [...xml.matchAll(/<ClCompile Include="([^"]+)"/g)].map(([, name]) =>
      resolve(folder, (name ?? '').replaceAll('\\', '/')),
    ),
    defines: options('ClCompile', 'PreprocessorDefinitions', ';'),
    compilerOptions: options('ClCompile', 'AdditionalOptions', ' '),
    linkerOptions: options('Link', 'AdditionalOptions', ' '),
    libraries: options('Link', 'AdditionalDependencies', ';'),
    setting: name => text(xml, name),
  };
}

function text(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}
