/**
 * The step before the tests: brings the real peers that they talk to. It installs what is missing where it can, says
 * what to install where it cannot, and fails only in CI, where a missing peer would hide tests.
 */
import { hasApt, install, knownNames, rootPrefix, unpack, updateLists } from './peers/apt.js';
import { ONLY_ON_LINUX, type PackageEntry, PEERS, type PeerName } from './peers/packages.js';
import { missingPackages } from './peers/presence.js';
import { createProgress } from './peers/progress.js';
import { isContinuousIntegration } from './peers/require-peer.js';

const peers = Object.keys(PEERS) as PeerName[];

if (process.platform === 'linux') await setUp();
else console.log(`Skipping tests on this system: ${ONLY_ON_LINUX}:\n${titles(peers)}`);

async function setUp(): Promise<void> {
  const missing = missingPackages(peers);
  if (missing.length === 0) {
    console.log(`Peers for the tests: all ${peers.length} are installed.`);
    return;
  }
  await installPackages(missing);
  const lacking = peers.filter(peer => missingPackages([peer]).length > 0);
  if (lacking.length === 0) return;
  const names = missingPackages(peers).map(entry => entry.names[0]);
  console.log(
    `Tests against these peers ${isContinuousIntegration() ? 'cannot run' : 'are skipped'}:\n${titles(lacking)}`,
  );
  console.log(`To run them: apt-get install --no-install-recommends ${names.join(' ')}`);
  if (isContinuousIntegration()) process.exitCode = 1;
}

async function installPackages(entries: readonly PackageEntry[]): Promise<void> {
  if (!hasApt())
    return console.log('The peers of the tests come from Debian or Ubuntu packages, and there is no apt-get here.');
  const prefix = rootPrefix();
  if (prefix === undefined)
    return console.log('Installing the peers of the tests takes root, or sudo without a password.');

  console.log(`Installing peers for the tests, once: ${entries.map(entry => entry.names[0]).join(' ')}`);
  const progress = createProgress(process.stdout);
  progress.report(0, 'Reading the package lists');
  const update = await updateLists(prefix);
  const ordinary = entries.filter(({ folder }) => folder === undefined);
  const conflicting = entries.filter(({ folder }) => folder !== undefined);
  const names = knownNames(ordinary);
  if (names.length + knownNames(conflicting).length === 0) {
    return progress.fail(`apt-get knows none of them.\n${update.output}`);
  }
  const services = entries.flatMap(entry => entry.services ?? []);
  const results = names.length === 0 ? [] : [await install(prefix, names, services, progress.report)];
  for (const entry of conflicting) results.push(await unpack(knownNames([entry]), entry.folder ?? ''));
  const failed = results.find(({ ok }) => !ok);
  if (failed) progress.fail(`apt-get failed:\n${failed.output}`);
  else progress.finish('Installed');
}

function titles(names: readonly PeerName[]): string {
  return names.map(name => `  - ${PEERS[name].title}`).join('\n');
}
