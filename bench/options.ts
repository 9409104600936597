/** The command line of the bench. */
import { parseArgs } from 'node:util';
import { FAMILIES } from './cases/all.js';
import type { BenchCase } from './cases/case.js';
import type { Plan } from './measure.js';

export interface Options {
  readonly json: boolean;
  readonly list: boolean;
  readonly help: boolean;
  readonly plan: Plan;
  /** How often each figure is measured, in a new process each time; the median of them counts. */
  readonly passes: number;
  /** Part of the operations that a counted case does. */
  readonly countShare: number;
  readonly cases: readonly BenchCase[];
}

/** What was typed makes no sense: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export const USAGE = `npm run bench -- [options]

  --only NAMES   only these families or figures, comma separated, by the beginning of their names
  --list         the names of the figures, and who is measured
  --passes N     measure each figure N times, each in a new process, and take the median (default 1)
  --quick        short slices and few operations: to see that it runs, not to compare
  --json         one JSON document
  --help         this text

Exit code: 0 everything asked for was measured (a peer that cannot be built is named and left out), 1 a figure failed,
2 the command line makes no sense.
`;

const THOROUGH: Plan = { slices: 11, sliceMs: 300, warmupMs: 600 };
const QUICK: Plan = { slices: 3, sliceMs: 100, warmupMs: 100 };
const QUICK_SHARE = 1 / 100;

export function parseOptions(args: readonly string[]): Options {
  const values = readValues(args);
  const passes = Number(values.passes);
  if (!Number.isInteger(passes) || passes < 1) {
    throw new UsageError(`--passes takes a whole number from 1 on, not '${values.passes}'`);
  }
  const { json, list, help, quick } = values;
  return {
    json,
    list,
    help,
    passes,
    plan: quick ? QUICK : THOROUGH,
    countShare: quick ? QUICK_SHARE : 1,
    cases: selectCases(values.only),
  };
}

function readValues(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    json: flag,
    list: flag,
    help: flag,
    quick: flag,
    only: { type: 'string' },
    passes: { type: 'string', default: '1' },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function selectCases(only: string | undefined): BenchCase[] {
  const all = FAMILIES.flatMap(family => family.cases);
  if (only === undefined) return all;
  const wanted = only.split(',').map(name => name.trim());
  for (const name of wanted) {
    if (name !== '' && all.some(figure => figure.name.startsWith(name))) continue;
    throw new UsageError(`no figure begins with '${name}'; there are: ${FAMILIES.map(f => f.family).join(', ')}`);
  }
  return all.filter(figure => wanted.some(name => figure.name.startsWith(name)));
}
