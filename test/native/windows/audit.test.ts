import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { SEC_E } from 'secur32/raw';
import { describeAudited, eventually, useAudit } from './audited.js';
import { clientSide } from './people.js';

// That the instruments of the other suites show what they are for.
describeAudited('the audit DLL', () => {
  const { sspi, audit } = useAudit();

  it('shows what is not given back', async () => {
    const { credential: call } = clientSide(sspi);
    const acquired = await Promise.all([1, 2, 3, 4, 5].map(() => sspi.acquireCredentialsHandle(call)));
    assert.equal(audit.live().credentials, 5);
    for (const { credential } of acquired) await sspi.freeCredentialsHandle(credential);
    assert.equal(audit.live().credentials, 0);
    assert.equal(audit.total().credentials, 5);
  });

  it('tells threads that run JavaScript from others', async () => {
    await sspi.enumerateSecurityPackages();
    assert.deepEqual(audit.calls()['EnumerateSecurityPackagesW'], { count: 1, onLoop: 0 });
  });

  it('makes one call fail, after as many as wanted', async () => {
    assert.ok(audit.failNext('QuerySecurityPackageInfoW', SEC_E.INTERNAL_ERROR, 1));
    const query = (): Promise<string> =>
      sspi.querySecurityPackageInfo('NTLM').then(
        ({ name }) => name,
        error => error.code,
      );
    assert.deepEqual([await query(), await query(), await query()], ['NTLM', 'SEC_E_INTERNAL_ERROR', 'NTLM']);
  });

  it('makes a call wait', async () => {
    audit.hold('EnumerateSecurityPackagesW');
    const packages = sspi.enumerateSecurityPackages();
    await eventually(() => audit.held() === 1);
    audit.release();
    assert.ok((await packages).length > 0);
    assert.equal(audit.held(), 0);
  });

  it('is one for all threads of the process', async () => {
    audit.failNext('QuerySecurityPackageInfoW', SEC_E.INTERNAL_ERROR, 0);
    const worker = new Worker(`${LOAD}.failNext('EnumerateSecurityPackagesW', ${SEC_E.NOT_OWNER}, 0);`, { eval: true });
    await once(worker, 'exit');
    await assert.rejects(sspi.enumerateSecurityPackages(), { code: 'SEC_E_NOT_OWNER' });
    await assert.rejects(sspi.querySecurityPackageInfo('NTLM'), { code: 'SEC_E_INTERNAL_ERROR' });
  });

  it('sees a byte that is written beyond a block, where the heap is checked', () => {
    assert.equal(audit.heapIsSound(), true);
    if (process.env['SECUR32_HEAP_CHECK'] !== undefined) assert.equal(audit.spoilHeap(), false);
    assert.equal(audit.heapIsSound(), true);
  });

  it('takes no thread that is about to free memory for one that wrote into freed memory', () => {
    assert.equal(audit.heapStaysSound(), true);
  });
});

const LOAD = `
const module_ = { exports: {} };
process.dlopen(module_, process.env.SECUR32_TEST_ADDON.replace(/secur32\\.node$/, 'secur32-audit.dll'));
module_.exports`;
