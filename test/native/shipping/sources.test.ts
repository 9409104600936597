import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crossBuild } from '../../../native/tools/cross-build.js';
import { NODE_IMPORTS, nodeImportsSource } from '../../../native/tools/node-imports.js';
import { readSourceList, sourceFiles } from '../../../native/tools/source-files.js';
import { PROJECT_ROOT } from '../../peers/paths.js';
import { requirePeer } from '../../peers/require-peer.js';
import { generateMsvsProject, type MsvsProject } from './msvs-project.js';

describe('the sources of the addon', () => {
  const { sources, mingwSources, defines, libraries } = readSourceList();

  it('are all in sources.json', () => {
    const code = sourceFiles().filter(name => /\.(cpp|c)$/.test(name));
    assert.deepEqual([...sources, ...mingwSources].map(name => `native/${name}`).sort(), code);
  });

  it('have the import pointers of the Node-API version in use', () => {
    assert.equal(readFileSync(NODE_IMPORTS, 'utf8').replaceAll('\r\n', '\n'), nodeImportsSource());
  });

  describe('as Visual Studio gets them from binding.gyp', () => {
    requirePeer('python');
    let project: MsvsProject;
    before(async () => {
      project = await generateMsvsProject('x64');
    });

    it('are those of sources.json and the delay-load hook', () => {
      const [hook, ...others] = project.sources.filter(name => !sources.includes(relativeToNative(name)));
      assert.match(hook ?? '', /node-gyp\/src\/win_delay_load_hook\.cc$/);
      assert.deepEqual(others, []);
      assert.equal(project.sources.length, sources.length + 1);
    });

    it('get the defines and libraries of sources.json', () => {
      for (const define of defines) assert.ok(project.defines.includes(define), define);
      for (const library of libraries) assert.ok(project.libraries.includes(`${library}.lib`), library);
    });

    it('are compiled as C++20 with all warnings as errors, and hardened', () => {
      assert.equal(project.setting('WarningLevel'), 'Level4');
      assert.equal(project.setting('TreatWarningAsError'), 'true');
      assert.equal(project.setting('BufferSecurityCheck'), 'true');
      for (const option of ['/std:c++20', '/sdl', '/guard:cf', '/Qspectre']) {
        assert.ok(project.compilerOptions.includes(option), option);
      }
      for (const option of ['/guard:cf', '/DYNAMICBASE', '/NXCOMPAT', '/HIGHENTROPYVA', '/CETCOMPAT']) {
        assert.ok(project.linkerOptions.includes(option), option);
      }
    });

    it('load node.exe with a delay, from the import library made here', () => {
      assert.equal(project.setting('DelayLoadDLLs'), 'node.exe;%(DelayLoadDLLs)');
      assert.ok(project.libraries.includes('"$(Configuration)\\node.lib"'), project.libraries.join(' '));
    });

    for (const architecture of ['ia32', 'arm64'] as const) {
      it(`are the same for ${architecture}`, async () => {
        const other = await generateMsvsProject(architecture);
        assert.deepEqual(other.sources.map(relativeToNative), project.sources.map(relativeToNative));
        assert.deepEqual(other.compilerOptions, project.compilerOptions);
      });
    }
  });

  describe('as mingw-w64 gets them from CMakeLists.txt', function () {
    requirePeer('mingw');
    this.timeout(600_000);
    let commands: { readonly file: string; readonly command: string }[];
    before(() => {
      const folder = join(PROJECT_ROOT, 'build', 'addon', 'win32-x64');
      crossBuild({ architecture: 'x64', folder });
      commands = JSON.parse(readFileSync(join(folder, 'compile_commands.json'), 'utf8'));
    });

    it('are those of sources.json', () => {
      const names = new Set(commands.map(({ file }) => relativeToNative(file)));
      assert.deepEqual([...names].sort(), [...sources, ...mingwSources].sort());
    });

    it('get the defines of sources.json, and all warnings as errors', () => {
      for (const { file, command } of commands) {
        const words = command.split(' ');
        for (const define of defines) assert.ok(words.includes(`-D${define}`), `${define} for ${file}`);
        assert.ok(words.includes('-Werror'), file);
        if (file.endsWith('.cpp')) assert.ok(words.includes('-std=c++20'), command);
      }
    });
  });
});

function relativeToNative(file: string): string {
  return file.replace(/^.*\/native\/(?=src\/|mingw\/)/, '');
}
