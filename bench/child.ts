/**
 * One figure in a process of its own: `node --expose-gc child.js MODULE [ARGUMENT...] --slices N ...`. MODULE, relative to this
 * directory, exports `createWork(...arguments)`. Prints one JSON line, as the C drivers do.
 */
import { parseArgs } from 'node:util';
import { measure, type Plan, type Work } from './measure.js';

interface WorkModule {
  createWork(...args: string[]): Work | Promise<Work>;
}

const option = { type: 'string' } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { slices: option, 'slice-ms': option, 'warmup-ms': option, count: option },
});

const plan: Plan = {
  slices: Number(values.slices),
  sliceMs: Number(values['slice-ms']),
  warmupMs: Number(values['warmup-ms']),
  ...(values.count === undefined ? {} : { count: Number(values.count) }),
};
const [script, ...args] = positionals;
try {
  const { createWork }: WorkModule = await import(`./${script}.js`);
  const measurement = await measure(await createWork(...args), plan);
  process.stdout.write(`${JSON.stringify({ name: script, ...measurement })}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
}
