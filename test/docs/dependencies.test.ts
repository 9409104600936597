import assert from 'node:assert/strict';
import { readProjectFile } from './source-files.js';

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const manifest = JSON.parse(readProjectFile('package.json')) as Manifest;

/** The names in the first column of a section's table. */
function tableNames(section: string): string[] {
  const text = readProjectFile('docs/dependencies.md');
  const start = text.indexOf(`\n## ${section}\n`);
  assert.ok(start >= 0, section);
  const end = text.indexOf('\n## ', start + 1);
  return [...text.slice(start, end).matchAll(/^\| `([^`]+)` \| \S.*\|$/gm)].map(([, name = '']) => name).sort();
}

describe('docs/dependencies.md', () => {
  it('has a reason for every runtime dependency, and for nothing else', () => {
    const { dependencies = {}, peerDependencies = {}, optionalDependencies = {} } = manifest;
    const names = Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }).sort();
    assert.deepEqual(tableNames('At run time'), names);
  });

  it('has a reason for every development dependency, and for nothing else', () => {
    assert.deepEqual(tableNames('For development'), Object.keys(manifest.devDependencies ?? {}).sort());
  });
});
