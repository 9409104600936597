import assert from 'node:assert/strict';
import process from 'node:process';
import { describeOnWindows } from '../describe-on-windows.js';
import { collectGarbage } from './audited.js';
import { clientSide } from './people.js';
import { releaseTable } from './tables.js';

/** SECUR32_SOAK=100000 for the long run. */
const CYCLES = Number(process.env['SECUR32_SOAK'] ?? 10_000);
const LANES = 8;
/** Bytes by which V8's own heap comes and goes. */
const SLACK = 8_000_000;

describeOnWindows('many credentials and contexts', () => {
  const sspi = releaseTable();

  it(`${CYCLES} of them leave the memory as it was`, async function () {
    this.timeout(600_000);
    await cycles(CYCLES / 2);
    const before = await memory();
    await cycles(CYCLES / 2);
    const growth = (await memory()) - before;
    console.log(`      ${growth} bytes more after ${CYCLES} cycles, of ${before}`);
    assert.ok(growth < SLACK, `${growth} bytes more`);
  });

  async function cycles(count: number): Promise<void> {
    let left = count;
    const lane = async () => {
      while (left-- > 0) await cycle();
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  async function cycle(): Promise<void> {
    const { credential: call, ...leg } = clientSide(sspi);
    const { credential } = await sspi.acquireCredentialsHandle(call);
    const { contextReq, targetName } = leg;
    const { context } = await sspi.initializeSecurityContext({ credential, targetName: targetName!, contextReq });
    await sspi.deleteSecurityContext(context);
    await sspi.freeCredentialsHandle(credential);
  }
});

async function memory(): Promise<number> {
  await collectGarbage();
  return process.memoryUsage.rss();
}
