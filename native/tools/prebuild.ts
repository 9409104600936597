/** `npm run prebuild`: builds the binaries in `prebuilds/` that mingw-w64 can make, and writes the manifest. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crossBuild } from './cross-build.js';
import { prebuiltFile, recordBinary } from './manifest.js';
import { CROSS_ARCHITECTURES, PROJECT_ROOT } from './project.js';
import { crossToolchain } from './toolchain.js';

for (const architecture of CROSS_ARCHITECTURES) {
  const platform = `win32-${architecture}`;
  const target = prebuiltFile(platform);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(crossBuild({ architecture, folder: join(PROJECT_ROOT, 'build', 'addon', platform) }), target);
  recordBinary(platform, crossToolchain(architecture));
  console.log(`prebuilds/${platform}/secur32.node`);
}
