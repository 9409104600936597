import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { SspiError } from '#dist/sspi/error.js';
import { SEC_E, SEC_I } from '#dist/sspi/status.js';

describe('SspiError', () => {
  const init = { status: SEC_E.LOGON_DENIED, syscall: 'AcceptSecurityContext', provider: 'engine' } as const;

  it('names the status, the function and what to do', () => {
    const error = new SspiError(init);
    assert.equal(error.name, 'SspiError');
    assert.equal(error.code, 'SEC_E_LOGON_DENIED');
    assert.equal(error.status, 0x8009030c);
    assert.match(error.message, /^AcceptSecurityContext: .*\(SEC_E_LOGON_DENIED\)$/);
    assert.ok(error.hint.length > 20);
    assert.equal('token' in error, false);
    assert.equal('context' in error, false);
    assert.equal('cause' in error, false);
  });

  it('takes a signed status and one that has no name', () => {
    assert.equal(new SspiError({ ...init, status: -2146893044 }).code, 'SEC_E_LOGON_DENIED');
    assert.equal(new SspiError({ ...init, status: 0xc0001234 }).code, '0xC0001234');
  });

  it('carries informational statuses that end a call, and never SEC_E_OK', () => {
    assert.equal(new SspiError({ ...init, status: SEC_I.NO_RENEGOTIATION }).code, 'SEC_I_NO_RENEGOTIATION');
    assert.throws(() => new SspiError({ ...init, status: SEC_E.OK }), TypeError);
  });

  it('keeps detail, hint, token and cause', () => {
    const cause = new Error('why');
    const token = Uint8Array.of(1);
    const error = new SspiError({ ...init, detail: 'no such user', hint: 'Add one.', token, cause });
    assert.equal(error.message, 'AcceptSecurityContext: no such user (SEC_E_LOGON_DENIED)');
    assert.equal(error.hint, 'Add one.');
    assert.equal(error.token, token);
    assert.equal(error.cause, cause);
  });

  it('is known by instanceof across copies of the package', async () => {
    const copy = await import(`${import.meta.resolve('#dist/sspi/error.js')}?copy`);
    assert.notEqual(copy.SspiError, SspiError);
    assert.ok(new copy.SspiError(init) instanceof SspiError);
    assert.ok(new SspiError(init) instanceof copy.SspiError);
    assert.equal(new Error('x') instanceof SspiError, false);
    assert.equal((null as unknown) instanceof SspiError, false);
  });

  it('shows no brand to people who print it', () => {
    assert.doesNotMatch(inspect(new SspiError(init)), /Symbol\(/);
  });
});
