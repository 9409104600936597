/**
 * What the addon adds to the calls of a plain C program: the same DLL, the same run.
 *
 *     npm run bench:native -- [handshakes] [messages] [rounds]
 *
 * On Linux under Wine, whose threads wake each other through another process: there a call that leaves the event loop adds more
 * than on Windows.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildAddons } from '../../test/native/wine/addon-builds.js';
import { nodeExe, nodeRelease } from '../../test/native/wine/node-exe.js';
import { toWindowsPath } from '../../test/native/wine/paths.js';
import { Surroundings } from '../../test/native/wine/surroundings.js';
import { hostWine, Wine } from '../../test/native/wine/wine.js';
import { PROJECT_ROOT } from '../../test/peers/paths.js';
import { runOrFail } from '../../test/peers/run/run-command.js';

const SOURCE: string = join(PROJECT_ROOT, 'bench', 'native', 'plain.c');
const PLAIN: string = join(PROJECT_ROOT, 'build', 'bench-native', 'plain.exe');
const OUTPUT: string = join(PROJECT_ROOT, 'build', 'bench-native', 'output.txt');
const GUEST: string = fileURLToPath(new URL('./guest.js', import.meta.url));
/** Milliseconds. */
const MOST = 600_000;

mkdirSync(dirname(PLAIN), { recursive: true });
await runOrFail('x86_64-w64-mingw32-gcc-posix', ['-O2', '-Wall', '-Wextra', '-o', PLAIN, SOURCE, '-lsecur32']);
const addons = await buildAddons('x64');
await using surroundings = await Surroundings.start();
const wine = await Wine.open(await hostWine());
const { code } = await wine.run({
  command: await nodeExe(nodeRelease(22)),
  args: [...[GUEST, PLAIN].map(toWindowsPath), ...process.argv.slice(2)],
  env: {
    ...surroundings.environment,
    SECUR32_WINE: wine.version,
    SECUR32_ADDON: toWindowsPath(addons.release),
  },
  output: OUTPUT,
  limit: MOST,
});
process.stdout.write(readFileSync(OUTPUT));
process.exitCode = code;
