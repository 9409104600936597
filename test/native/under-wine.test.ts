import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PeerName } from '../peers/packages.js';
import { isContinuousIntegration, requirePeer, usePeer } from '../peers/require-peer.js';
import { type AddonBuilds, buildAddons } from './wine/addon-builds.js';
import { canHaveCurrentWine, currentWine } from './wine/debian-13.js';
import { type NodeRelease, nodeExe, nodeRelease } from './wine/node-exe.js';
import { runSuite } from './wine/run-suite.js';
import { Surroundings } from './wine/surroundings.js';
import { hostWine, Wine, type WineInstallation } from './wine/wine.js';

/** The suites in `windows/` that run wherever they are on Windows. */
const FOLDER: string = fileURLToPath(new URL('./windows/', import.meta.url));
const SUITES: readonly string[] = readdirSync(FOLDER).filter(name => name.endsWith('.test.js'));
const PEERS: readonly PeerName[] = ['wine', 'mingw', 'ntlm-auth', 'mit-kdc'];
/** Milliseconds for the longest step, which is to unpack Debian or to compile the addon. */
const MOST = 600_000;

if (process.platform !== 'win32') {
  describe("the addon in the real node.exe, under this system's Wine", function () {
    this.timeout(MOST);
    requirePeer(...PEERS);
    runSuites(
      hostWine,
      [20, 22, 24, 26].map(major => nodeRelease(major)),
    );
  });

  describe('the addon in the real node.exe, under Wine 10, which has both sides of Schannel', function () {
    this.timeout(MOST);
    requirePeer(...PEERS, 'debootstrap');
    before(async function () {
      if (isContinuousIntegration() || (await canHaveCurrentWine())) return;
      console.warn('      SKIPPED, needs Debian 13, or root to unpack it');
      this.skip();
    });
    runSuites(currentWine, [nodeRelease(24), nodeRelease(22, 'ia32')]);
  });
}

function runSuites(installation: () => Promise<WineInstallation>, releases: readonly NodeRelease[]): void {
  let wine: Wine;
  before('open Wine', async () => {
    wine = await Wine.open(await installation());
  });
  const surroundings = usePeer(() => Surroundings.start());
  for (const release of releases) {
    describe(`Node ${release.version} for ${release.architecture}`, () => {
      let addons: AddonBuilds;
      before('fetch node.exe and cross-build the addon', async () => {
        await nodeExe(release);
        addons = await buildAddons(release.architecture);
      });

      for (const name of SUITES) {
        it(basename(name, '.test.js'), async () => {
          const env = surroundings().environment;
          const report = await runSuite({ wine, release, addons, file: join(FOLDER, name), env });
          assert.deepEqual(report.faults, [], report.output);
          assert.ok(report.passed > 0, `not one test ran:\n${report.output}`);
        });
      }
    });
  }
}
