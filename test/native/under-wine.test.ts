import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { type AddonBuilds, buildAddons } from './wine/addon-builds.js';
import { NODE_RELEASES, type NodeRelease, nodeExe } from './wine/node-exe.js';
import { runSuite } from './wine/run-suite.js';
import { Surroundings } from './wine/surroundings.js';
import { hostWine, Wine } from './wine/wine.js';

/** The suites in `windows/` that run wherever they are on Windows. */
const FOLDER: string = fileURLToPath(new URL('./windows/', import.meta.url));
const SUITES: readonly string[] = readdirSync(FOLDER).filter(name => name.endsWith('.test.js'));

if (process.platform !== 'win32') {
  describe('the addon in the real node.exe, under Wine', function () {
    requirePeer('wine', 'mingw', 'ntlm-auth', 'mit-kdc');
    this.timeout(600_000);
    const wine = usePeer(async () => Wine.open(await hostWine()));
    const surroundings = usePeer(() => Surroundings.start());
    let addons: AddonBuilds;
    before('cross-build the addon', async () => {
      addons = await buildAddons('x64');
    });

    for (const release of NODE_RELEASES.filter(({ architecture }) => architecture === 'x64')) {
      describe(`Node ${release.version}`, () => {
        before('fetch node.exe', () => nodeExe(release));
        for (const name of SUITES) it(basename(name, '.test.js'), () => passes(release, join(FOLDER, name)));
      });
    }

    async function passes(release: NodeRelease, file: string): Promise<void> {
      const env = surroundings().environment;
      const { passed, faults } = await runSuite({ wine: wine(), release, addons, file, env });
      assert.deepEqual(faults, []);
      assert.ok(passed > 0, 'not one test ran');
    }
  });
}
