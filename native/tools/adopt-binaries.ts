/**
 * `node build/native/tools/adopt-binaries.js win32-x64 ...`: writes binaries that MSVC built elsewhere, and that were
 * put into `prebuilds/`, into the manifest. For the release.
 */
import { recordBinary } from './manifest.js';
import { headerVersions, MSVC } from './toolchain.js';

for (const platform of process.argv.slice(2)) recordBinary(platform, { ...MSVC, ...headerVersions() });
