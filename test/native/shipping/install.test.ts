import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../peers/paths.js';
import { requirePeer } from '../../peers/require-peer.js';
import { nodeExe, nodeRelease } from '../wine/node-exe.js';
import { toWindowsPath } from '../wine/paths.js';
import { hostWine, Wine } from '../wine/wine.js';
import { npm } from './npm.js';

/** Prints which provider it got and the names of the packages there. */
const BODY = `
const sspi = initSecurityInterface({ provider: process.argv[2] });
sspi.enumerateSecurityPackages().then(packages => {
  console.log(JSON.stringify({ provider: sspi.provider, packages: packages.map(({ name }) => name) }));
});
`;
const SCRIPTS: Readonly<Record<string, string>> = {
  'main.mjs': `import { initSecurityInterface } from 'secur32/raw';${BODY}`,
  'main.cjs': `const { initSecurityInterface } = require('secur32/raw');${BODY}`,
};
Object.freeze(SCRIPTS);

describe('the package as npm installs it', function () {
  this.timeout(120_000);
  let folder: string;
  let project: string;
  let installed: string;

  before('pack it, and install it into an empty project', () => {
    folder = mkdtempSync(join(tmpdir(), 'secur32-install-'));
    project = join(folder, 'project');
    installed = join(project, 'node_modules', 'secur32');
    const home = join(folder, 'npm');
    for (const path of [project, home]) mkdirSync(path);
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
    const tarball = npm(pack, { cwd: PROJECT_ROOT, home }).trim();
    writeFileSync(join(project, 'package.json'), '{ "private": true }\n');
    for (const [file, text] of Object.entries(SCRIPTS)) writeFileSync(join(project, file), text);
    npm(['install', '--no-audit', '--no-fund', join(folder, tarball)], { cwd: project, home });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has the manifest, and the binaries in it', () => {
    const manifest = readFileSync(join(PROJECT_ROOT, 'prebuilds', 'manifest.json'), 'utf8');
    assert.equal(readFileSync(join(installed, 'prebuilds', 'manifest.json'), 'utf8'), manifest);
    for (const platform of Object.keys(JSON.parse(manifest).binaries)) {
      const ours = readFileSync(join(PROJECT_ROOT, 'prebuilds', platform, 'secur32.node'));
      assert.ok(readFileSync(join(installed, 'prebuilds', platform, 'secur32.node')).equals(ours), platform);
    }
  });

  it('compiled nothing, and has nothing that would', () => {
    for (const name of ['build', 'binding.gyp', 'native']) assert.ok(!existsSync(join(installed, name)), name);
    const { gypfile, scripts } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    assert.equal(gypfile, false);
    for (const name of ['preinstall', 'install', 'postinstall']) assert.equal(scripts[name], undefined, name);
  });

  for (const script of Object.keys(SCRIPTS)) {
    for (const provider of process.platform === 'win32' ? ['engine', 'native'] : ['engine']) {
      it(`has its ${provider} by ${script}`, () => {
        hasPackages(execFileSync(process.execPath, [script, provider], { cwd: project, encoding: 'utf8' }), provider);
      });
    }
  }

  describe('under Wine', () => {
    requirePeer('wine');
    let wine: Wine;
    before('open Wine', async () => {
      wine = await Wine.open(await hostWine());
    });

    for (const script of Object.keys(SCRIPTS)) {
      it(`calls Secur32.dll by ${script}`, async () => calls(await nodeExe(nodeRelease(22)), script));
    }

    it('calls Secur32.dll in a host that is not called node.exe', async () => {
      const host = join(folder, 'host.exe');
      copyFileSync(await nodeExe(nodeRelease(22)), host, constants.COPYFILE_FICLONE);
      await calls(host, 'main.mjs');
    });

    async function calls(command: string, script: string): Promise<void> {
      const output = join(folder, 'log');
      const args = [toWindowsPath(join(project, script)), 'native'];
      const { code } = await wine.run({ command, args, env: {}, output, limit: 60_000 });
      const log = readFileSync(output, 'utf8');
      assert.equal(code, 0, log);
      hasPackages(log, 'native');
    }
  });
});

function hasPackages(log: string, expected: string): void {
  const { provider, packages } = JSON.parse(log);
  assert.equal(provider, expected);
  assert.ok(packages.length > 0, log);
}
