import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requirePeer } from '../peers/require-peer.js';
import { buildWithSanitizers, type SanitizedBuild } from './asan/build.js';
import { runSanitized, runSanitizedSuite } from './asan/run.js';

const FOLDER: string = fileURLToPath(new URL('./asan/suites/', import.meta.url));
const SUITES: readonly string[] = readdirSync(FOLDER).filter(name => name.endsWith('.suite.js'));

describe('the addon with sanitizers, over a Windows that answers by script', function () {
  requirePeer('mingw-headers', 'cmake', 'compiler-cpp');
  this.timeout(600_000);
  let build: SanitizedBuild;
  before('compile it for Linux', async () => {
    build = await buildWithSanitizers('asan');
  });

  for (const [sin, sign] of Object.entries({
    overflow: /heap-buffer-overflow/,
    undefined: /signed integer overflow/,
    leak: /LeakSanitizer: detected memory leaks/,
  })) {
    it(`would see: ${sin}`, async () => {
      const { code, output } = await runSanitized(build, ['-e', commit(sin)]);
      assert.notEqual(code, 0);
      assert.match(output, sign);
    });
  }

  it('sees nothing where there is nothing', async () => {
    assert.deepEqual(await runSanitized(build, ['-e', commit('none')]), { code: 0, output: '' });
  });

  for (const name of SUITES) it(basename(name, '.suite.js'), () => findsNothing(build, name));
});

describe('the addon with ThreadSanitizer, over a Windows that answers by script', function () {
  requirePeer('mingw-headers', 'cmake', 'compiler-cpp');
  this.timeout(600_000);
  let build: SanitizedBuild;
  before('compile it for Linux', async () => {
    build = await buildWithSanitizers('tsan');
  });

  it('would see: race', async () => {
    const { output } = await runSanitized(build, ['-e', commit('race')]);
    assert.match(output, /ThreadSanitizer: data race/);
  });

  it('sees nothing where there is nothing', async () => {
    assert.deepEqual(await runSanitized(build, ['-e', commit('none')]), { code: 0, output: '' });
  });

  for (const name of SUITES) it(basename(name, '.suite.js'), () => findsNothing(build, name));
});

async function findsNothing(build: SanitizedBuild, suite: string): Promise<void> {
  const { code, output, passed, failed, done } = await runSanitizedSuite(build, join(FOLDER, suite));
  assert.deepEqual(failed, []);
  assert.ok(done, output);
  assert.equal(code, 0, output);
  assert.doesNotMatch(output, /runtime error|Sanitizer/);
  assert.ok(passed > 0, 'not one test ran');
}

function commit(sin: string): string {
  return `require(process.env.SECUR32_ASAN_FOLDER + '/fake-windows.node').sin('${sin}')`;
}
