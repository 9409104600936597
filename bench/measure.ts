/**
 * Measures one piece of work in this process: operations per second of CPU time, the median of several slices. The C drivers
 * follow the same rules in `peers/bench.h`, so that both sides of a ratio are measured alike.
 */

/** One figure's work. */
export interface Work {
  /** Operations that one call of {@link Work.run} does: enough of them that reading the clock does not count. */
  readonly batch: number;
  /** What one operation is worth in the figure's unit: 1, or the megabytes of a message. */
  readonly scale: number;
  /** Runs before each `run`, outside the measured time. */
  prepare?(): void | Promise<void>;
  run(): void | Promise<void>;
}

/** How long to measure. */
export interface Plan {
  readonly slices: number;
  /** Milliseconds of CPU time. */
  readonly sliceMs: number;
  /** Milliseconds of CPU time before the first slice. */
  readonly warmupMs: number;
  /** That many operations in all instead of slices of a fixed time; three tenths of them more as warm-up. */
  readonly count?: number;
}

export interface Measurement {
  /** In the figure's unit, per second of CPU time. */
  readonly value: number;
  readonly cpuSeconds: number;
  readonly iterations: number;
  /** Bytes by which the resident set grew between the end of the warm-up and the end. */
  readonly rssGrowth: number;
}

const COUNTED_SLICES = 10;
/** V8 gives its young generation more room in the beginning: that is no growth that goes on. */
const COUNTED_WARM_UP = 3;

export async function measure(work: Work, plan: Plan): Promise<Measurement> {
  const slices = plan.count === undefined ? plan.slices : COUNTED_SLICES;
  const enough = enoughFor(plan, slices);
  await warmUp(work, plan, enough);

  const before = settledRss();
  const rates: number[] = [];
  let cpuSeconds = 0;
  let iterations = 0;
  for (let slice = 0; slice < slices; slice++) {
    const spent = await runSlice(work, enough);
    rates.push((spent.operations / spent.cpu) * 1e6 * work.scale);
    cpuSeconds += spent.cpu / 1e6;
    iterations += spent.operations;
  }
  return { value: median(rates), cpuSeconds, iterations, rssGrowth: settledRss() - before };
}

async function warmUp(work: Work, { count, warmupMs }: Plan, enough: (spent: Spent) => boolean): Promise<void> {
  if (count === undefined) await runSlice(work, spent => spent.cpu >= warmupMs * 1e3);
  else for (let slice = 0; slice < COUNTED_WARM_UP; slice++) await runSlice(work, enough);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The plan as arguments, which the C drivers and `child.ts` read alike. */
export function planArguments(plan: Plan): string[] {
  const { slices, sliceMs, warmupMs, count } = plan;
  const args = ['--slices', slices, '--slice-ms', sliceMs, '--warmup-ms', warmupMs];
  return (count === undefined ? args : [...args, '--count', count]).map(String);
}

interface Spent {
  operations: number;
  /** Microseconds. */
  cpu: number;
}

function enoughFor(plan: Plan, slices: number): (spent: Spent) => boolean {
  const { count, sliceMs } = plan;
  return count === undefined ? spent => spent.cpu >= sliceMs * 1e3 : spent => spent.operations >= count / slices;
}

async function runSlice(work: Work, enough: (spent: Spent) => boolean): Promise<Spent> {
  const spent = { operations: 0, cpu: 0 };
  while (!enough(spent)) {
    await work.prepare?.();
    const start = process.cpuUsage();
    // Awaiting what is no promise would charge synchronous work with a microtask.
    const running = work.run();
    if (running !== undefined) await running;
    const used = process.cpuUsage(start);
    spent.cpu += used.user + used.system;
    spent.operations += work.batch;
  }
  return spent;
}

/** The resident set without garbage that merely waits for its collection (needs `--expose-gc`). */
function settledRss(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}
