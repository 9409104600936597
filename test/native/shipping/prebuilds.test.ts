import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crossBuild } from '../../../native/tools/cross-build.js';
import { describeBinary, prebuiltFile, readManifest } from '../../../native/tools/manifest.js';
import { CROSS_ARCHITECTURES, type CrossArchitecture } from '../../../native/tools/project.js';
import { hashSources } from '../../../native/tools/source-files.js';
import { crossToolchain, type Toolchain } from '../../../native/tools/toolchain.js';
import { PROJECT_ROOT } from '../../peers/paths.js';
import { requirePeer } from '../../peers/require-peer.js';
import { DLL_CHARACTERISTIC, MACHINE, readPeFile } from './pe-file.js';

const MACHINES: Readonly<Record<string, number>> = {
  'win32-x64': MACHINE.x64,
  'win32-ia32': MACHINE.i386,
  'win32-arm64': MACHINE.arm64,
};

describe('the binaries in prebuilds/', () => {
  const manifest = readManifest();
  const platforms = Object.keys(manifest.binaries);

  it('are there for every architecture that mingw-w64 builds for', () => {
    for (const architecture of CROSS_ARCHITECTURES) assert.ok(existsSync(prebuiltFile(`win32-${architecture}`)));
  });

  for (const platform of platforms) {
    describe(platform, () => {
      const entry = manifest.binaries[platform]!;
      const file = readPeFile(prebuiltFile(platform));

      it('is the one of the manifest', () => {
        assert.deepEqual(describeBinary(platform), { sha256: entry.sha256, size: entry.size });
      });

      it('is made of the sources as they are now', () => {
        assert.equal(hashSources(), entry.sources, 'the sources changed: run "npm run prebuild" and commit prebuilds/');
      });

      it('is for its machine, moves in memory, and runs no data', () => {
        assert.equal(file.machine, MACHINES[platform]);
        const wanted = DLL_CHARACTERISTIC.DYNAMIC_BASE | DLL_CHARACTERISTIC.NX_COMPAT;
        assert.equal(file.dllCharacteristics & wanted, wanted);
        const wide = platform === 'win32-ia32' ? 0 : DLL_CHARACTERISTIC.HIGH_ENTROPY_VA;
        assert.equal(file.dllCharacteristics & DLL_CHARACTERISTIC.HIGH_ENTROPY_VA, wide);
      });

      it('imports system DLLs only, and neither node.exe nor secur32.dll', () => {
        const unknown = file.imports.filter(name => !SYSTEM_DLLS.includes(name));
        assert.deepEqual(unknown, []);
      });

      it('exports the two entry points of Node-API and nothing else', () => {
        assert.deepEqual([...file.exports].sort(), ['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
      });
    });
  }

  describe('built again', function () {
    requirePeer('mingw');
    this.timeout(600_000);

    for (const architecture of CROSS_ARCHITECTURES) {
      it(`for win32-${architecture} have the same bytes`, function () {
        const platform = `win32-${architecture}`;
        const { toolchain } = manifest.binaries[platform]!;
        const here = installedToolchain(architecture);
        if (JSON.stringify(here) !== JSON.stringify(toolchain)) {
          // One job of the workflow has the tools that they were made with, and says so.
          assert.notEqual(process.env['SECUR32_REBUILD'], 'required', JSON.stringify({ here, toolchain }));
          console.warn(`      SKIPPED: other tools make other bytes: ${JSON.stringify({ here, toolchain })}`);
          this.skip();
        }
        const built = crossBuild({ architecture, folder: join(PROJECT_ROOT, 'build', 'addon', platform) });
        assert.ok(readFileSync(built).equals(readFileSync(prebuiltFile(platform))));
      });
    }
  });
});

function installedToolchain(architecture: CrossArchitecture): Toolchain | undefined {
  try {
    return crossToolchain(architecture);
  } catch {
    return undefined;
  }
}

const SYSTEM_DLLS: readonly string[] = [
  'advapi32.dll',
  'bcrypt.dll',
  'crypt32.dll',
  'kernel32.dll',
  'msvcrt.dll',
  'ncrypt.dll',
];
