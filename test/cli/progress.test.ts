import assert from 'node:assert/strict';
import { withProgress } from '#dist/cli/kerberos/progress.js';
import { openTerminal } from '#dist/cli/terminal.js';

describe('what takes its time', () => {
  it('is told to who watches', async () => {
    let seen = '';
    let done = (_: string): void => {};
    const work = new Promise<string>(resolve => {
      done = resolve;
    });
    const terminal = openTerminal(
      {
        isTTY: true,
        write: (text: string) => {
          seen += text;
          // Only then is the work done: without a word this would wait for ever.
          done('result');
        },
      },
      { NO_COLOR: '1' },
    );
    assert.equal(await withProgress(terminal, 'waiting for a KDC', work), 'result');
    assert.equal(seen, 'waiting for a KDC ...\n');
  });

  it('is not told to programs, nor of what is quick', async () => {
    let seen = '';
    const write = (text: string): void => {
      seen += text;
    };
    const slow = new Promise<number>(resolve => setTimeout(resolve, 1100, 1));
    assert.equal(await withProgress(openTerminal({ write }, {}), 'waiting', slow), 1);
    assert.equal(await withProgress(openTerminal({ isTTY: true, write }, {}), 'waiting', Promise.resolve(2)), 2);
    await assert.rejects(
      withProgress(openTerminal({ isTTY: true, write }, {}), 'waiting', Promise.reject(new Error('no'))),
    );
    assert.equal(seen, '');
  });
});
