/**
 * The contract: one set of test bodies, run over every pair of providers. Elsewhere than on Windows there is the engine
 * only; in the node.exe for Windows, under Wine or on Windows itself, there are all four pairs.
 */
import process from 'node:process';
import type { EngineOptions } from 'secur32/engine';
import type { ProviderName, SecurityFunctionTable } from 'secur32/raw';
import { useAudit } from '../native/windows/audited.js';
import { WINE } from '../native/windows/under-wine.js';
import type { Difference, SuiteName } from './differences/difference.js';
import { differences } from './known-differences.js';
import { engineTable, nativeTable } from './tables.js';

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
        const native = client === 'native' || server === 'native' ? useNative() : nativeTable;
        const titles: string[] = [];
        let clientTable: SecurityFunctionTable | undefined;
        let serverTable: SecurityFunctionTable | undefined;
        body({
          client,
          server,
          get clientTable() {
            clientTable ??= client === 'native' ? native() : engineTable(settle(engines).client);
            return clientTable;
          },
          get serverTable() {
            serverTable ??= server === 'native' ? native() : engineTable(settle(engines).server);
            return serverTable;
          },
          it(title, test) {
            titles.push(title);
            const known = differences(suite, client, server).find(({ tests }) => concerns(tests, title));
            if (known === undefined) it(title, test);
            else it.skip(`${title} (${known.reason})`, test);
          },
          async keep(made) {
            const disposable = await made;
            kept.push(disposable);
            return disposable;
          },
        });
        refuseStaleDifferences(differences(suite, client, server), titles);
      });
    }
  }
}

function settle(engines: PairEngines | (() => PairEngines)): PairEngines {
  return typeof engines === 'function' ? engines() : engines;
}

/** Under Wine the test build of the addon, whose audit wants everything given back after each test. */
function useNative(): () => SecurityFunctionTable {
  if (WINE === undefined) return nativeTable;
  const { sspi } = useAudit();
  return () => sspi;
}

function refuseStaleDifferences(known: readonly Difference[], titles: readonly string[]): void {
  for (const { tests } of known) {
    const unknown = tests === 'all' ? undefined : tests.find(title => !titles.includes(title));
    if (unknown !== undefined) throw new Error(`a known difference names a test that is not there: ${unknown}`);
  }
}

function concerns(tests: Difference['tests'], title: string): boolean {
  return tests === 'all' || tests.includes(title);
}
