/** Runs figures: every contender in a process of its own, ours and the peers in turn. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildDriver } from './build-peers.js';
import type { BenchCase, Contender, Unit } from './cases/case.js';
import { type Measurement, median, type Plan, planArguments } from './measure.js';

/** The value is in the unit of the figure. */
export interface Measured extends Measurement {
  readonly state: 'measured';
  readonly label: string;
  /** The value of each pass. */
  readonly passes: readonly number[];
}

/** Nothing was measured: `skipped` because the peer is not installed, `failed` because it did not do the work. */
export interface NotMeasured {
  readonly state: 'skipped' | 'failed';
  readonly label: string;
  readonly reason: string;
}

export type Outcome = Measured | NotMeasured;

export interface Figure {
  readonly case: BenchCase;
  readonly ours: Outcome;
  readonly peers: readonly Outcome[];
}

export interface Schedule {
  readonly plan: Plan;
  readonly passes: number;
  readonly countShare: number;
  /** Called before each process. */
  readonly onStart?: (figure: BenchCase, contender: Contender) => void;
}

/** Measures one figure. Contenders take turns pass by pass, so that a drift of the machine meets all of them. */
export async function runFigure(figure: BenchCase, schedule: Schedule): Promise<Figure> {
  const { count } = figure;
  const plan =
    count === undefined ? schedule.plan : { ...schedule.plan, count: Math.ceil(count * schedule.countShare) };
  figure.setUp?.();
  const contenders = [figure.ours, ...figure.peers].map(contender => ({ contender, runs: [] as Outcome[] }));
  for (let pass = 0; pass < schedule.passes; pass++) {
    for (const { contender, runs } of contenders) {
      schedule.onStart?.(figure, contender);
      runs.push(readAs(figure.unit, await runContender(contender, plan)));
    }
  }
  const [ours, ...peers] = contenders.map(({ runs }) => combine(runs));
  return { case: figure, ours: ours!, peers };
}

async function runContender(contender: Contender, plan: Plan): Promise<Outcome> {
  const { label } = contender;
  const args = [...contender.args, ...planArguments(plan)];
  if ('script' in contender) {
    return await runProgram(label, process.execPath, ['--expose-gc', CHILD, contender.script, ...args]);
  }
  const built = buildDriver(contender.driver);
  if ('missing' in built) return { state: 'skipped', label, reason: built.missing };
  return await runProgram(label, built.program, args);
}

async function runProgram(label: string, program: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const ending = await new Promise<string | number>(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('close', (code, signal) => resolve(code ?? `${signal}`));
  });
  if (ending === LEFT_OUT) return { state: 'skipped', label, reason: complaints.trim() };
  const measurement = ending === 0 ? parseMeasurement(output) : undefined;
  if (measurement !== undefined) return { state: 'measured', label, ...measurement, passes: [measurement.value] };
  const what = ending === 0 ? `printed no figure: ${output.trim()}` : `ended with ${ending}`;
  const reason = [what, complaints.trim()].filter(Boolean).join(': ');
  return { state: 'failed', label, reason };
}

function parseMeasurement(line: string): Measurement | undefined {
  let parsed: Partial<Record<string, unknown>>;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { value, cpuSeconds, iterations, rssGrowth } = parsed;
  if (![value, cpuSeconds, iterations, rssGrowth].every(Number.isFinite)) return undefined;
  return { value, cpuSeconds, iterations, rssGrowth } as Measurement;
}

/** A figure in MiB is about the growth of memory, not about the rate that every process reports. */
function readAs(unit: Unit, outcome: Outcome): Outcome {
  if (unit !== 'MiB' || outcome.state !== 'measured') return outcome;
  const value = outcome.rssGrowth / 2 ** 20;
  return { ...outcome, value, passes: [value] };
}

/** One outcome of several passes; the first that was not measured speaks for all. */
function combine(runs: readonly Outcome[]): Outcome {
  const missing = runs.find(run => run.state !== 'measured');
  if (missing !== undefined) return missing;
  const measured = runs.filter(run => run.state === 'measured');
  const passes = measured.map(run => run.value);
  const total = (pick: (run: Measured) => number) => measured.map(pick).reduce((sum, value) => sum + value, 0);
  return {
    state: 'measured',
    label: runs[0]!.label,
    value: median(passes),
    cpuSeconds: total(run => run.cpuSeconds),
    iterations: total(run => run.iterations),
    rssGrowth: median(measured.map(run => run.rssGrowth)),
    passes,
  };
}

/** Exit code of a driver whose library cannot do the work (`leave_out` in `peers/bench.h`). */
const LEFT_OUT = 3;
const CHILD = fileURLToPath(new URL('child.js', import.meta.url));
