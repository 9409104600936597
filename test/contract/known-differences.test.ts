import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../peers/paths.js';
import { KNOWN_DIFFERENCES } from './known-differences.js';

describe('the known differences of the contract', () => {
  const folder = join(PROJECT_ROOT, 'test/contract');
  const sources = readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter(name => name.endsWith('.test.ts'))
    .map(name => readFileSync(join(folder, name), 'utf8'));

  it('are of suites that there are', () => {
    for (const suite of new Set(KNOWN_DIFFERENCES.map(({ suite }) => suite)))
      assert.ok(
        sources.some(source => source.includes(`describePairs('${suite}'`)),
        suite,
      );
  });

  it('have their reasons, and are none of the engine with itself', () => {
    for (const { pairs, reason } of KNOWN_DIFFERENCES) {
      assert.ok(reason.length > 10);
      assert.ok(pairs.length > 0 && !pairs.includes('engine-engine'));
    }
  });
});
