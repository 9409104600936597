import assert from 'node:assert/strict';
import { COMMANDS } from '#dist/cli/commands/table.js';
import { parseCommandLine } from '#dist/cli/parse-command-line.js';
import { listFiles, readProjectFile } from '../docs/source-files.js';

const DOCUMENTS = ['README.md', 'SECURITY.md', ...listFiles('docs', '.md'), ...listFiles('examples', '.ts')];

/** What is called in a text: `npx secur32 ...` until the line, the backtick or the gap before a remark ends it. */
function commandLines(text: string): string[][] {
  return [...text.matchAll(/(?:npx |^ {4}|`)secur32 ([a-z][^`\n]*)/gm)].map(([, line = '']) => {
    const [command = ''] = line.split(/ {2,}|;/);
    return [...command.replace(/[[\]]/g, '').matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, word = '']) => quoted ?? word,
    );
  });
}

describe('the command lines of the documents', () => {
  for (const path of DOCUMENTS) {
    const lines = commandLines(readProjectFile(path));
    if (lines.length === 0) continue;
    it(`${path}: there are such commands, and they take these options`, () => {
      for (const [name, ...args] of lines) {
        const command = COMMANDS.find(each => each.name === name);
        assert.ok(command, `secur32 ${name}`);
        // "..." stands for more of a command.
        assert.doesNotThrow(
          () =>
            parseCommandLine(
              command,
              args.filter(arg => arg !== '...'),
            ),
          `${name} ${args.join(' ')}`,
        );
      }
    });
  }

  it('would be found wrong if they were', () => {
    assert.deepEqual(commandLines('    npx secur32 klist --keytab  the keys\n`secur32 decode "a b"`'), [
      ['klist', '--keytab'],
      ['decode', 'a b'],
    ]);
    const kinit = COMMANDS.find(({ name }) => name === 'kinit')!;
    assert.throws(() => parseCommandLine(kinit, ['--no-such-option']));
  });
});
