import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describeAudited, eventually, nothingAlive, useAudit } from './audited.js';
import { Handshake } from './handshake.js';
import { clientSide, serverSide } from './people.js';

describeAudited('ends', () => {
  const { sspi, audit } = useAudit();

  it('of a process with work pending', async () => {
    assert.equal(await exitCode('exit-with-work-pending'), 7);
  });

  it('of a process that gave its work up', async () => {
    assert.equal(await exitCode('end-with-given-up-work'), 8);
  });

  it('of a process come after the calls that are awaited', async () => {
    assert.equal(await exitCode('wait-for-work'), 9);
  });

  it('of workers that ran side by side', async () => {
    const workers = [1, 2, 3, 4].map(() => start({ rounds: 5, end: 'tidy' }));
    await Promise.all(workers.map(worker => once(worker, 'exit')));
    assert.deepEqual(audit.live(), { credentials: 0, contexts: 0, buffers: 0, tokens: 0, impersonations: 0 });
  });

  it('of a worker that left its handles open', async () => {
    const [code] = await once(start({ rounds: 2, end: 'open' }), 'exit');
    assert.equal(code, 0);
    await nothingAlive(audit);
  });

  it('of a worker that is stopped in the middle of a call', async () => {
    audit.hold('QueryContextAttributesW');
    const worker = start({ rounds: 2, end: 'hang' });
    await eventually(() => audit.held() === 1);
    await worker.terminate();
    assert.equal(audit.held(), 1);
    audit.release();
    await nothingAlive(audit);
  });

  it('of a worker that is stopped while it runs as a client', async () => {
    const worker = start({ rounds: 1, end: 'impersonate' });
    await eventually(() => audit.live().impersonations === 1);
    await worker.terminate();
    await nothingAlive(audit);
    assert.equal(audit.calls()['RevertSecurityContext']?.count, 1);
  });

  it('of a worker leave the others alone', async () => {
    await using handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
    await once(start({ rounds: 1, end: 'open' }), 'exit');
    await eventually(() => audit.live().contexts === 2);
    assert.ok(handshake.client.done);
  });

  function start(workerData: { rounds: number; end: 'tidy' | 'open' | 'hang' | 'impersonate' }): Worker {
    return new Worker(new URL('./programs/worker.js', import.meta.url), { workerData });
  }
});

async function exitCode(program: string): Promise<number> {
  const file = fileURLToPath(new URL(`./programs/${program}.js`, import.meta.url));
  const [code] = await once(spawn(process.execPath, [file], { stdio: 'ignore' }), 'exit');
  return code;
}
