import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAddons } from '../native/wine/addon-builds.js';
import { canHaveCurrentWine, currentWine } from '../native/wine/debian-13.js';
import { nodeExe, nodeRelease } from '../native/wine/node-exe.js';
import { runSuite } from '../native/wine/run-suite.js';
import { Surroundings } from '../native/wine/surroundings.js';
import { hostWine, Wine, type WineInstallation } from '../native/wine/wine.js';
import { isContinuousIntegration, requirePeer, usePeer } from '../peers/require-peer.js';

const HERE: string = fileURLToPath(new URL('.', import.meta.url));
/** The folders of suites, which run where they are as well: the engine with itself. */
const FOLDERS: readonly string[] = readdirSync(HERE).filter(name => suitesOf(name).length > 0);
/** Milliseconds for the longest step, which is to unpack Debian or to compile the addon. */
const MOST = 600_000;

if (process.platform === 'linux') {
  describe("the contract with the addon, under this system's Wine", function () {
    this.timeout(MOST);
    requirePeer('wine', 'mingw', 'ntlm-auth', 'mit-kdc');
    runSuites(hostWine, 22);
  });

  describe('the contract with the addon, under Wine 10, which has both sides of Schannel', function () {
    this.timeout(MOST);
    requirePeer('wine', 'mingw', 'ntlm-auth', 'mit-kdc', 'debootstrap');
    before(async function () {
      if (isContinuousIntegration() || (await canHaveCurrentWine())) return;
      console.warn('      SKIPPED, needs Debian 13, or root to unpack it');
      this.skip();
    });
    runSuites(currentWine, 24);
  });
}

function runSuites(installation: () => Promise<WineInstallation>, major: number): void {
  const release = nodeRelease(major);
  let wine: Wine;
  before('open Wine, fetch node.exe and cross-build the addon', async () => {
    wine = await Wine.open(await installation());
    await nodeExe(release);
    await buildAddons(release.architecture);
  });
  const surroundings = usePeer(() => Surroundings.start());
  for (const folder of FOLDERS) {
    it(folder, async () => {
      const addons = await buildAddons(release.architecture);
      const [file = '', ...more] = suitesOf(folder);
      const env = surroundings().environment;
      const { faults, passed, output } = await runSuite({ wine, release, addons, file, more, env });
      assert.deepEqual(faults, [], output);
      assert.ok(passed > 0, `not one test ran:\n${output}`);
    });
  }
}

function suitesOf(folder: string): string[] {
  const path = join(HERE, folder);
  if (!statSync(path).isDirectory()) return [];
  return readdirSync(path)
    .filter(name => name.endsWith('.test.js'))
    .map(name => join(path, name));
}
