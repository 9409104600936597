import assert from 'node:assert/strict';
import { ASC_REQ, type ContextLeg, type CtxtHandle, SEC_E, SEC_I, SspiError, tokenBuffer } from 'secur32/raw';
import { addSaslFunctions } from '#dist/sasl/sasl-functions.js';
import type { PackageFunctionTable } from '#dist/sspi/function-table.js';
import { NOTHING, type RawPair, rawPair } from './raw-exchange.js';

/*
 * The Sasl functions stand on any table. These tables answer as packages do that the engine does not have: one function of the
 * engine's own table is changed in each.
 */

async function over(change: (engine: PackageFunctionTable) => Partial<PackageFunctionTable>): Promise<RawPair> {
  const pair = await rawPair();
  const sspi = addSaslFunctions({ ...pair.sspi, ...change(pair.sspi) });
  const { credential } = await sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'inbound' });
  return { ...pair, sspi, inbound: credential };
}

/** A first leg of a server whose package answers `change`. */
async function firstLeg(change: Partial<ContextLeg>, calls: string[] = []): Promise<ContextLeg> {
  const { sspi, inbound } = await over(engine => ({
    async acceptSecurityContext(call) {
      return { ...(await engine.acceptSecurityContext(call)), ...change };
    },
    async completeAuthToken(_context: CtxtHandle, token) {
      calls.push(`CompleteAuthToken with ${token.length}`);
    },
    async deleteSecurityContext(context) {
      calls.push('DeleteSecurityContext');
      await engine.deleteSecurityContext(context);
    },
  }));
  return sspi.saslAcceptSecurityContext({
    credential: inbound,
    input: [tokenBuffer(NOTHING)],
    contextReq: ASC_REQ.INTEGRITY,
  });
}

describe('Sasl functions over a package that', () => {
  it('asks for CompleteAuthToken get it done', async () => {
    const calls: string[] = [];
    assert.equal((await firstLeg({ status: SEC_I.COMPLETE_NEEDED }, calls)).status, SEC_E.OK);
    assert.equal((await firstLeg({ status: SEC_I.COMPLETE_AND_CONTINUE }, calls)).status, SEC_I.CONTINUE_NEEDED);
    assert.deepEqual(calls, ['CompleteAuthToken with 1', 'CompleteAuthToken with 1']);
  });

  it('takes streams refuse its status, and leave no context', async () => {
    for (const status of [SEC_E.INCOMPLETE_MESSAGE, SEC_I.INCOMPLETE_CREDENTIALS, SEC_I.MESSAGE_FRAGMENT]) {
      const calls: string[] = [];
      await assert.rejects(firstLeg({ status }, calls), { code: 'SEC_E_INVALID_TOKEN' });
      assert.deepEqual(calls, ['DeleteSecurityContext']);
    }
  });

  it('says nothing give one empty TOKEN buffer', async () => {
    const { output } = await firstLeg({ output: [] });
    assert.deepEqual(output, [tokenBuffer(NOTHING)]);
  });

  it('leaves an error token hand it on', async () => {
    const token = Buffer.from('reject');
    const { sspi, inbound } = await over(() => ({
      acceptSecurityContext: () =>
        Promise.reject(
          new SspiError({ status: SEC_E.LOGON_DENIED, syscall: 'AcceptSecurityContext', provider: 'engine', token }),
        ),
    }));
    await assert.rejects(
      sspi.saslAcceptSecurityContext({ credential: inbound, input: [tokenBuffer(NOTHING)], contextReq: 0 }),
      { code: 'SEC_E_LOGON_DENIED', syscall: 'SaslAcceptSecurityContext', token },
    );
  });

  it('carries no profile say so', async () => {
    // The credential is of a package of which every query but that for WDigest says that it is another one.
    const { sspi } = await over(engine => ({
      acquireCredentialsHandle: call => engine.acquireCredentialsHandle({ ...call, package: 'WDigest' }),
      async querySecurityPackageInfo(name) {
        const info = await engine.querySecurityPackageInfo('WDigest');
        return { ...info, name };
      },
    }));
    const { credential } = await sspi.acquireCredentialsHandle({ package: 'NTLM', credentialUse: 'inbound' });
    await assert.rejects(sspi.saslAcceptSecurityContext({ credential, input: [tokenBuffer(NOTHING)], contextReq: 0 }), {
      code: 'SEC_E_UNSUPPORTED_FUNCTION',
      message: /NTLM carries no SASL profile/,
    });
  });

  it('is not there have no profile of it', async () => {
    const { sspi, inbound } = await over(() => ({
      querySecurityPackageInfo: () =>
        Promise.reject(
          new SspiError({ status: SEC_E.SECPKG_NOT_FOUND, syscall: 'QuerySecurityPackageInfo', provider: 'engine' }),
        ),
    }));
    assert.deepEqual(await sspi.saslEnumerateProfiles(), []);
    await assert.rejects(sspi.saslGetProfilePackage('DIGEST-MD5'), { code: 'SEC_E_SECPKG_NOT_FOUND' });
    await assert.rejects(
      sspi.saslAcceptSecurityContext({ credential: inbound, input: [tokenBuffer(NOTHING)], contextReq: 0 }),
      { code: 'SEC_E_SECPKG_NOT_FOUND', syscall: 'SaslAcceptSecurityContext' },
    );
  });
});
