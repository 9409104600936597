import assert from 'node:assert/strict';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { ASC_REQ, ISC_REQ, type SecurityFunctionTable, SspiError, tokenBuffer } from 'secur32/raw';
import { describeCall } from '#dist/cli/trace/describe-call.js';
import { type TracedCall, traceTable } from '#dist/cli/trace/trace-table.js';

const engine = createEngine({ accounts: memoryAccounts([{ user: 'alice', password: 'open sesame' }]) });

describe('tracing a function table', () => {
  let calls: TracedCall[];
  let traced: SecurityFunctionTable;
  beforeEach(() => {
    calls = [];
    traced = traceTable(engine, call => calls.push(call));
  });
  const described = () => calls.map(describeCall).map(({ name, about, status }) => `${name}(${about}) ${status}`);

  it('has every function of the table, and the provider', () => {
    assert.deepEqual(Object.keys(traced), Object.keys(engine));
    assert.equal(traced.provider, 'engine');
  });

  it('passes results through and tells of each call when it ends', async () => {
    assert.deepEqual(await traced.enumerateSecurityPackages(), await engine.enumerateSecurityPackages());
    const { credential } = await traced.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'inbound' });
    const leg = await traced.saslAcceptSecurityContext({
      credential,
      input: [tokenBuffer(new Uint8Array(0))],
      contextReq: ASC_REQ.CONFIDENTIALITY,
    });
    await traced.deleteSecurityContext(leg.context);
    await traced.freeCredentialsHandle(credential);
    assert.deepEqual(described(), [
      'EnumerateSecurityPackages() SEC_E_OK',
      'AcquireCredentialsHandle(WDigest, inbound) SEC_E_OK',
      'SaslAcceptSecurityContext(no token) SEC_I_CONTINUE_NEEDED',
      'DeleteSecurityContext() SEC_E_OK',
      'FreeCredentialsHandle() SEC_E_OK',
    ]);
    assert.deepEqual(describeCall(calls[2]!).flags, ['CONFIDENTIALITY']);
  });

  it('passes errors through, of promises and of the synchronous functions, and tells of them', async () => {
    await assert.rejects(traced.querySecurityPackageInfo('Nobody'), { code: 'SEC_E_SECPKG_NOT_FOUND' });
    const { credential } = await traced.acquireCredentialsHandle({
      package: 'WDigest',
      credentialUse: 'outbound',
      authData: { kind: 'password', user: 'alice', password: 'open sesame' },
    });
    const { context } = await traced.saslInitializeSecurityContext({
      credential,
      targetName: 'imap/localhost',
      contextReq: ISC_REQ.INTEGRITY,
    });
    const message = { buffers: [{ type: 1, data: new Uint8Array(5) }] };
    assert.throws(() => traced.encryptMessageSync(context, message), SspiError);
    await assert.rejects(traced.decryptMessage(context, message), SspiError);
    await traced.deleteSecurityContext(context);
    await traced.freeCredentialsHandle(credential);
    const [query, acquire, initialize, encrypt, decrypt] = described();
    assert.equal(query, 'QuerySecurityPackageInfo(Nobody) SEC_E_SECPKG_NOT_FOUND');
    assert.equal(acquire, 'AcquireCredentialsHandle(WDigest, outbound, alice with a password) SEC_E_OK');
    assert.equal(initialize, 'SaslInitializeSecurityContext(imap/localhost, no token) SEC_I_CONTINUE_NEEDED');
    assert.match(encrypt!, /^EncryptMessage\(5 bytes\) SEC_E_/);
    assert.match(decrypt!, /^DecryptMessage\(5 bytes\) SEC_E_/);
  });

  it('never shows a password', async () => {
    const authData = { kind: 'password', user: 'alice', password: 'open sesame' } as const;
    const call = { package: 'WDigest', credentialUse: 'outbound', authData } as const;
    await traced.freeCredentialsHandle((await traced.acquireCredentialsHandle(call)).credential);
    assert.ok(!JSON.stringify(calls.map(describeCall)).includes('sesame'));
  });
});
