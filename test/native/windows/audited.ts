import assert from 'node:assert/strict';
import process from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { SecurityFunctionTable } from 'secur32/raw';
import { describeOnWindows } from '../describe-on-windows.js';
import { type Audit, type AuditCounts, loadAudit } from './audit.js';
import { auditedTable } from './tables.js';

/**
 * A `describe` for tests of the test build of the addon, which is cross-built: GitHub's runners of Windows get it from the job that
 * cross-builds, except for arm64, which no cross compiler here builds for.
 */
export function describeAudited(title: string, body: (this: Mocha.Suite) => void): void {
  if (process.env['SECUR32_TEST_ADDON'] !== undefined) describeOnWindows(title, body);
  else if (process.platform === 'win32') describe.skip(`${title} (SECUR32_TEST_ADDON names no test build)`, body);
}

/** The test build of the addon with its audit. After each test nothing may be alive, and nothing may have been misused. */
export function useAudit(): { readonly sspi: SecurityFunctionTable; readonly audit: Audit } {
  const audit = loadAudit();
  beforeEach(() => audit.reset());
  afterEach('everything was given back', async () => {
    audit.release();
    await nothingAlive(audit);
    if (process.env['SECUR32_HEAP_CHECK'] !== undefined)
      assert.ok(audit.heapIsSound(), 'something wrote beyond a block');
    assert.deepEqual(audit.misuse(), { ...NOTHING, concurrent: 0, orphaned: 0 });
  });
  return { sspi: auditedTable(), audit };
}

/** Waits until everything is given back; what is forgotten is found by the test's own time limit. */
export async function nothingAlive(audit: Audit): Promise<void> {
  await eventually(() => Object.values(audit.live()).every(count => count === 0));
}

export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

/** Collects garbage, and lets finalizers run. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  await turn();
}

const NOTHING: AuditCounts = { credentials: 0, contexts: 0, buffers: 0, tokens: 0, impersonations: 0 };
