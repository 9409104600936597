/**
 * The contract: one set of test bodies, run over every pair of providers. Elsewhere than on Windows there is the engine
 * only; in the node.exe for Windows, under Wine or on Windows itself, there are all four pairs.
 */
import process from 'node:process';
import { createEngine, type EngineOptions } from 'secur32/engine';
import type { ProviderName, SecurityFunctionTable } from 'secur32/raw';
import { useAudit } from '../native/windows/audited.js';
import { releaseTable } from '../native/windows/tables.js';
import { WINE } from '../native/windows/under-wine.js';
import type { Difference, SuiteName } from './differences/difference.js';
import { differences } from './known-differences.js';

/** Who talks to whom in a suite. */
export interface Pair {
  readonly client: ProviderName;
  readonly server: ProviderName;
  /** The client's functions. */
  readonly clientTable: SecurityFunctionTable;
  /** The server's functions; never the same engine as the client's. */
  readonly serverTable: SecurityFunctionTable;
  /** A test, unless the pair is known to differ in it. */
  it(title: string, body: () => Promise<void>): void;
  /** What is to be closed after the test. */
  keep<T extends AsyncDisposable>(made: Promise<T>): Promise<T>;
}

/** Engines of the two sides. */
export interface PairEngines {
  readonly client: EngineOptions;
  readonly server: EngineOptions;
}

const PROVIDERS: readonly ProviderName[] = process.platform === 'win32' ? ['engine', 'native'] : ['engine'];

/** Defines the tests of a suite once for every pair that there is here. The tables are made when a test asks for them. */
export function describePairs(
  suite: SuiteName,
  engines: PairEngines | (() => PairEngines),
  body: (pair: Pair) => void,
): void {
  for (const client of PROVIDERS) {
    for (const server of PROVIDERS) {
      describe(`${suite}, client ${client}, server ${server}`, () => {
        const kept: AsyncDisposable[] = [];
        afterEach('close what the test made', async () => {
          for (const made of kept.splice(0)) await made[Symbol.asyncDispose]();
        });
        const native = client === 'native' || server === 'native' ? useNative() : noNative;
        const tableOf = (side: keyof PairEngines, provider: ProviderName): SecurityFunctionTable =>
          provider === 'native' ? native() : createEngine(settle(engines)[side]);
        const known = differences(suite, client, server);
        const pair = new PairOfSuite(client, server, tableOf, known, kept);
        body(pair);
        pair.refuseStaleDifferences();
      });
    }
  }
}

type MakeTable = (side: keyof PairEngines, provider: ProviderName) => SecurityFunctionTable;

class PairOfSuite implements Pair {
  readonly client: ProviderName;
  readonly server: ProviderName;
  readonly #makeTable: MakeTable;
  readonly #differences: readonly Difference[];
  readonly #kept: AsyncDisposable[];
  readonly #titles: string[] = [];
  #clientTable: SecurityFunctionTable | undefined;
  #serverTable: SecurityFunctionTable | undefined;

  constructor(
    client: ProviderName,
    server: ProviderName,
    makeTable: MakeTable,
    known: readonly Difference[],
    kept: AsyncDisposable[],
  ) {
    this.client = client;
    this.server = server;
    this.#makeTable = makeTable;
    this.#differences = known;
    this.#kept = kept;
  }

  get clientTable(): SecurityFunctionTable {
    this.#clientTable ??= this.#makeTable('client', this.client);
    return this.#clientTable;
  }

  get serverTable(): SecurityFunctionTable {
    this.#serverTable ??= this.#makeTable('server', this.server);
    return this.#serverTable;
  }

  it(title: string, body: () => Promise<void>): void {
    this.#titles.push(title);
    const known = this.#differences.find(({ tests }) => tests === 'all' || tests.includes(title));
    if (known === undefined) it(title, body);
    else it.skip(`${title} (${known.reason})`, body);
  }

  async keep<T extends AsyncDisposable>(made: Promise<T>): Promise<T> {
    const disposable = await made;
    this.#kept.push(disposable);
    return disposable;
  }

  refuseStaleDifferences(): void {
    for (const { tests } of this.#differences) {
      const unknown = tests === 'all' ? undefined : tests.find(title => !this.#titles.includes(title));
      if (unknown !== undefined) throw new Error(`a known difference names a test that is not there: ${unknown}`);
    }
  }
}

function settle(engines: PairEngines | (() => PairEngines)): PairEngines {
  return typeof engines === 'function' ? engines() : engines;
}

/** The addon as it is shipped; under Wine its test build, whose audit wants everything given back after each test. */
function useNative(): () => SecurityFunctionTable {
  if (WINE === undefined) return releaseTable;
  const { sspi } = useAudit();
  return () => sspi;
}

function noNative(): never {
  throw new Error('this pair has no native side');
}
