import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAULT, faultText } from '#dist/native/faults.js';
import { PROJECT_ROOT } from '../../peers/paths.js';

describe('faults of the addon', () => {
  it('have the numbers that its source has', () => {
    const { none, ...faults } = enumeration('refusal.hpp', 'Fault');
    assert.equal(none, 0);
    assert.deepEqual(faults, lowerCase(FAULT));
  });

  it('each have words', () => {
    for (const fault of Object.values(FAULT)) assert.ok(faultText(fault)!.detail.length > 0);
    assert.equal(faultText(undefined), undefined);
  });
});

/** The enumerators of a header that give their values. */
function enumeration(header: string, name: string): Record<string, number> {
  const source = readFileSync(join(PROJECT_ROOT, 'native', 'src', header), 'utf8');
  const body = new RegExp(`enum class ${name}[^{]*{([^}]*)}`).exec(source)![1]!;
  return Object.fromEntries([...body.matchAll(/^\s*(\w+) = (\d+),/gm)].map(([, key, value]) => [key!, Number(value)]));
}

function lowerCase(numbers: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name.toLowerCase(), value]));
}
