import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../peers/paths.js';

describe('secur32 and signals', () => {
  it('is ended at once by Ctrl-C where there is nothing to close', async function () {
    if (process.platform === 'win32') this.skip();
    const child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist/cli/main.js'), 'demo', '--provider', 'engine'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout!, 'data');
    child.stdout!.pause();
    child.kill('SIGINT');
    const [code, signal] = await once(child, 'exit');
    assert.deepEqual([code, signal], [null, 'SIGINT']);
  });
});
