import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PeerName } from '../peers/packages.js';
import { isContinuousIntegration, requirePeer, usePeer } from '../peers/require-peer.js';
import { type AddonBuilds, buildAddons } from './wine/addon-builds.js';
import { canHaveCurrentWine, currentWine } from './wine/debian-13.js';
import { type NodeRelease, nodeExe, nodeRelease } from './wine/node-exe.js';
import { HEAP_CHECK, runSuite, type SuiteReport } from './wine/run-suite.js';
import { Surroundings } from './wine/surroundings.js';
import { hostWine, Wine, type WineInstallation } from './wine/wine.js';

/** The suites in `windows/` that run wherever they are on Windows. */
const FOLDER: string = fileURLToPath(new URL('./windows/', import.meta.url));
const ALL: readonly string[] = readdirSync(FOLDER).filter(name => name.endsWith('.test.js'));
/** Those that repeat themselves for minutes run once, the others by every Node. */
const LONG_SUITES: readonly string[] = ['soak.test.js'];
const SUITES: readonly string[] = ALL.filter(name => !LONG_SUITES.includes(name));
/** Those with nothing to do before Wine 10, which has the server's side of Schannel. */
const LATE_SUITES: readonly string[] = ['schannel-store.test.js'];
const EARLY_SUITES: readonly string[] = SUITES.filter(name => !LATE_SUITES.includes(name));
const PEERS: readonly PeerName[] = ['wine', 'mingw', 'ntlm-auth', 'mit-kdc', 'openssl'];
/** Milliseconds for the longest step, which is to unpack Debian or to compile the addon. */
const MOST = 600_000;

if (process.platform !== 'win32') {
  describe("the addon in the real node.exe, under this system's Wine", function () {
    this.timeout(MOST);
    requirePeer(...PEERS);
    runSuites(
      hostWine,
      [20, 22, 24, 26].map(major => nodeRelease(major)),
      EARLY_SUITES,
    );
  });

  describe('the addon in the real node.exe, for a long time', function () {
    this.timeout(MOST);
    requirePeer(...PEERS);
    const run = useRelease(prepare(hostWine), nodeRelease(22), { SECUR32_SOAK: '100000' });
    for (const name of LONG_SUITES) it(basename(name, '.test.js'), async () => passes(await run(name)));
  });

  describe('the addon while Wine checks the ends of every block of memory', function () {
    this.timeout(MOST);
    requirePeer(...PEERS);
    const run = useRelease(prepare(hostWine), nodeRelease(22), HEAP_CHECK);

    it('would see one byte too far', async () => {
      const report = await run('audit.test.js');
      passes(report);
      assert.match(report.output, /invalid block tail/);
    });

    for (const name of EARLY_SUITES.filter(name => name !== 'audit.test.js')) {
      it(basename(name, '.test.js'), async () => passes(await run(name)));
    }
  });

  describe('the addon in the real node.exe, under Wine 10, which has both sides of Schannel', function () {
    this.timeout(MOST);
    requirePeer(...PEERS, 'debootstrap');
    before(async function () {
      if (isContinuousIntegration() || (await canHaveCurrentWine())) return;
      console.warn('      SKIPPED, needs Debian 13, or root to unpack it');
      this.skip();
    });
    runSuites(currentWine, [nodeRelease(24), nodeRelease(22, 'ia32')], SUITES);
  });
}

function passes({ faults, passed, output }: SuiteReport): void {
  assert.deepEqual(faults, [], output);
  assert.ok(passed > 0, `not one test ran:\n${output}`);
}

interface Prepared {
  readonly wine: Wine;
  readonly environment: Readonly<Record<string, string>>;
}

function prepare(installation: () => Promise<WineInstallation>): () => Prepared {
  let wine: Wine;
  before('open Wine', async () => {
    wine = await Wine.open(await installation());
  });
  const surroundings = usePeer(() => Surroundings.start());
  return () => ({ wine, environment: surroundings().environment });
}

function runSuites(
  installation: () => Promise<WineInstallation>,
  releases: readonly NodeRelease[],
  suites: readonly string[],
): void {
  const prepared = prepare(installation);
  for (const release of releases) {
    describe(`Node ${release.version} for ${release.architecture}`, () => {
      const run = useRelease(prepared, release);
      for (const name of suites) {
        it(basename(name, '.test.js'), async () => passes(await run(name)));
      }
    });
  }
}

/** A function that runs a suite by this release. */
function useRelease(
  prepared: () => Prepared,
  release: NodeRelease,
  variables: Readonly<Record<string, string>> = {},
): (name: string) => Promise<SuiteReport> {
  let addons: AddonBuilds;
  before('fetch node.exe and cross-build the addon', async () => {
    await nodeExe(release);
    addons = await buildAddons(release.architecture);
  });
  return name => {
    const { wine, environment } = prepared();
    return runSuite({ wine, release, addons, file: join(FOLDER, name), env: { ...environment, ...variables } });
  };
}
