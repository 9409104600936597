/**
 * Runs compiled test files in the real node.exe:
 *
 *     node build/test/native/wine/run.js [--node 22] [--ia32] [--wine10] [--heap] build/test/native/windows/packages.test.js ...
 *
 * SECUR32_SOAK says how many cycles soak.test.js runs. Ends with 0 only when every file ran whole and passed.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildAddons } from './addon-builds.js';
import { currentWine } from './debian-13.js';
import { nodeRelease } from './node-exe.js';
import { HEAP_CHECK, runSuite } from './run-suite.js';
import { Surroundings } from './surroundings.js';
import { hostWine, Wine } from './wine.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'string', default: '22' },
    ia32: { type: 'boolean', default: false },
    wine10: { type: 'boolean', default: false },
    heap: { type: 'boolean', default: false },
  },
});
const soak = process.env['SECUR32_SOAK'];
const release = nodeRelease(Number(values.node), values.ia32 ? 'ia32' : 'x64');
const addons = await buildAddons(release.architecture);
await using surroundings = await Surroundings.start();
const wine = await Wine.open(values.wine10 || values.ia32 ? await currentWine() : await hostWine());
for (const file of positionals) {
  const env = { ...surroundings.environment, ...(values.heap && HEAP_CHECK), ...(soak && { SECUR32_SOAK: soak }) };
  const { passed, pending, faults, output } = await runSuite({ wine, release, addons, file: resolve(file), env });
  console.log(output);
  for (const fault of faults) console.log(`FAULT ${fault}`);
  console.log(`${file}: ${passed} passed, ${pending} pending, ${faults.length} faults`);
  if (faults.length > 0) process.exitCode = 1;
}
