/** What a figure is: data, so that a new family of figures is a new file of data and the work it names. */

/** Something that can be measured: a module of this directory run by Node.js, or a C program of `peers/`. */
export type Contender = ScriptContender | DriverContender;

export interface ScriptContender {
  readonly label: string;
  /** Module under `bench/`, without extension, that exports `createWork(...args)`. */
  readonly script: string;
  readonly args: readonly string[];
}

export interface DriverContender {
  readonly label: string;
  readonly driver: Driver;
  readonly args: readonly string[];
}

/** A C source of `peers/` and what it needs. */
export interface Driver {
  /** File name in `peers/` without `.c`. */
  readonly source: string;
  /** Linker arguments. */
  readonly libraries: readonly string[];
  /** Debian packages to install when it does not build. */
  readonly packages: readonly string[];
}

export interface BenchCase {
  /** What `--only` selects, together with `name`. */
  readonly family: string;
  readonly name: string;
  readonly unit: Unit;
  /** When given: that many operations, and the figure is the growth of the resident set over them. */
  readonly count?: number;
  /** Runs before the contenders do: writes files that they share. */
  readonly setUp?: () => void;
  readonly ours: ScriptContender;
  readonly peers: readonly Contender[];
}

/** Per second of CPU time, or growth of the resident set. */
export type Unit = '/s' | 'MB/s' | 'MiB';

export interface BenchFamily {
  readonly family: string;
  /** A line for people: what is counted. */
  readonly title: string;
  readonly cases: readonly BenchCase[];
}
