import assert from 'node:assert/strict';
import { describeOnWindows } from '../describe-on-windows.js';
import { loadAudit } from './audit.js';

describeOnWindows('the audit DLL', () => {
  it('starts with nothing alive', () => {
    const audit = loadAudit();
    assert.deepEqual(audit.live(), { credentials: 0, contexts: 0, buffers: 0, tokens: 0, impersonations: 0 });
    assert.deepEqual(audit.calls(), {});
  });
});
