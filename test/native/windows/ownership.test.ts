import assert from 'node:assert/strict';
import { SECBUFFER, SECPKG_ATTR } from 'secur32/raw';
import { collectGarbage, describeAudited, eventually, useAudit } from './audited.js';
import { Handshake } from './handshake.js';
import { clientSide, clientWithPassword, serverSide } from './people.js';
import { WINE } from './under-wine.js';

describeAudited('what the addon owns', () => {
  const { sspi, audit } = useAudit();

  it('is given back after an exchange', async () => {
    await using handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
    await sspi.queryContextAttributes(handshake.client.context, SECPKG_ATTR.SIZES);
    await sspi.enumerateSecurityPackages();
    const { credentials, contexts, buffers } = audit.live();
    assert.deepEqual({ credentials, contexts, buffers }, { credentials: 2, contexts: 2, buffers: 0 });
  });

  it('is given back after NTLM refused a password', async function () {
    if (WINE === undefined) return this.skip();
    await assert.rejects(Handshake.run(clientWithPassword(sspi, 'wrong'), serverSide(sspi, 'NTLM')), {
      code: 'SEC_E_LOGON_DENIED',
    });
    await eventually(() => audit.live().contexts === 0);
  });

  it('is used on work threads only, but for small messages', async () => {
    await using handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
    const { context } = handshake.client;
    const { maxSignature } = await sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES);
    const buffers = (size: number) => [
      { type: SECBUFFER.DATA, data: new Uint8Array(size) },
      { type: SECBUFFER.TOKEN, data: new Uint8Array(maxSignature) },
    ];
    await sspi.makeSignature(context, { buffers: buffers(100) });
    await sspi.makeSignature(context, { buffers: buffers(100_000) });
    const { MakeSignature, ...others } = audit.calls();
    assert.deepEqual(MakeSignature, { count: 2, onLoop: 1 });
    for (const [name, { onLoop }] of Object.entries(others)) assert.equal(onLoop, 0, name);
  });

  it('a credential lives as long as the contexts that came from it', async () => {
    const { credential } = await sspi.acquireCredentialsHandle(clientSide(sspi).credential);
    const { context } = await sspi.initializeSecurityContext({
      ...{ credential, targetName: 'HTTP/localhost' },
      contextReq: 0,
    });
    await sspi.freeCredentialsHandle(credential);
    assert.equal(audit.live().credentials, 1);
    await sspi.deleteSecurityContext(context);
    assert.equal(audit.live().credentials, 0);
  });

  it('what JavaScript forgets is freed, in the right order', async () => {
    await (async () => {
      const { credential } = await sspi.acquireCredentialsHandle(clientSide(sspi).credential);
      await sspi.initializeSecurityContext({ credential, targetName: 'HTTP/localhost', contextReq: 0 });
    })();
    assert.equal(audit.live().contexts, 1);
    while (audit.live().contexts + audit.live().credentials > 0) await collectGarbage();
  });

  it('a context that is forgotten while a call runs stays until its end', async () => {
    const { credential } = await sspi.acquireCredentialsHandle(clientSide(sspi).credential);
    audit.hold('InitializeSecurityContextW');
    const leg = sspi.initializeSecurityContext({ credential, targetName: 'HTTP/localhost', contextReq: 0 });
    await eventually(() => audit.held() === 1);
    await collectGarbage();
    audit.release();
    const { context } = await leg;
    await sspi.deleteSecurityContext(context);
    await sspi.freeCredentialsHandle(credential);
  });
});
