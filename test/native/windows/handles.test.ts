import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { CredHandle, CtxtHandle } from 'secur32/raw';
import { SECBUFFER, SECPKG_ATTR, SECPKG_CRED_ATTR } from 'secur32/raw';
import { describeAudited, useAudit } from './audited.js';
import { Handshake } from './handshake.js';
import { clientSide, PACKAGE, serverSide } from './people.js';

const INVALID = { code: 'SEC_E_INVALID_HANDLE', provider: 'native' };

describeAudited('handles', () => {
  let handshake: Handshake;
  afterEach('close the exchange', () => handshake[Symbol.asyncDispose]());
  const { sspi, audit } = useAudit();

  beforeEach(async () => {
    handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
  });

  it('show nothing', () => {
    const { context } = handshake.client;
    assert.equal(inspect(context), 'Object [CtxtHandle] {}');
    assert.deepEqual([Reflect.ownKeys(context), JSON.stringify(context)], [[Symbol.toStringTag], '{}']);
    assert.ok(Object.isFrozen(context));
  });

  it('of another kind are refused by every function', async () => {
    const { client } = handshake;
    const proxy = new Proxy(client.context, {});
    const foreign = [
      client.credential,
      {},
      [],
      () => {},
      null,
      undefined,
      1,
      'handle',
      proxy,
      Object.create(client.context),
    ];
    for (const value of foreign) {
      for (const [name, use] of Object.entries(contextUses(value as CtxtHandle)))
        await assert.rejects(async () => use(), INVALID, name);
    }
    for (const value of [client.context, {}, null, 1])
      for (const [name, use] of Object.entries(credentialUses(value as unknown as CredHandle)))
        await assert.rejects(async () => use(), INVALID, name);
    assert.equal(audit.live().contexts, 2);
  });

  it('are good for nothing once closed', async () => {
    const { credential } = await sspi.acquireCredentialsHandle(clientSide(sspi).credential);
    const { context } = await sspi.initializeSecurityContext({
      ...{ credential, targetName: 'HTTP/localhost' },
      contextReq: 0,
    });
    await sspi.deleteSecurityContext(context);
    await sspi.freeCredentialsHandle(credential);
    for (const [name, use] of Object.entries(contextUses(context)))
      await assert.rejects(async () => use(), INVALID, name);
    for (const [name, use] of Object.entries(credentialUses(credential)))
      await assert.rejects(async () => use(), INVALID, name);
  });

  it('are closed once, however many ask at the same time', async () => {
    const { credential } = await sspi.acquireCredentialsHandle(clientSide(sspi).credential);
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => sspi.freeCredentialsHandle(credential)));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    );
  });

  it('of a client do not serve a server, nor a credential of one package another', async () => {
    const { client } = handshake;
    const input = [{ type: SECBUFFER.TOKEN, data: new Uint8Array(4) }];
    await assert.rejects(sspi.acceptSecurityContext({ context: client.context, input, contextReq: 0 }), INVALID);
    const another = PACKAGE === 'NTLM' ? 'Negotiate' : 'NTLM';
    const other = await sspi.acquireCredentialsHandle({ package: another, credentialUse: 'outbound' });
    await assert.rejects(
      sspi.initializeSecurityContext({ credential: other.credential, context: client.context, input, contextReq: 0 }),
      { code: 'SEC_E_WRONG_CREDENTIAL_HANDLE' },
    );
    await sspi.freeCredentialsHandle(other.credential);
  });

  it('that are half-open sign nothing, and failed ones go no further', async () => {
    const { credential } = await sspi.acquireCredentialsHandle(clientSide(sspi).credential);
    const leg = { credential, targetName: 'HTTP/localhost', contextReq: clientSide(sspi).contextReq };
    const { context } = await sspi.initializeSecurityContext(leg);
    assert.throws(() => sspi.makeSignatureSync(context, { buffers: [] }), INVALID);
    const input = [{ type: SECBUFFER.TOKEN, data: new Uint8Array(20) }];
    await assert.rejects(sspi.initializeSecurityContext({ ...leg, context, input }), (error: { context?: unknown }) => {
      assert.equal(error.context, context);
      return true;
    });
    await assert.rejects(sspi.initializeSecurityContext({ ...leg, context, input }), INVALID);
    await sspi.deleteSecurityContext(context);
    await sspi.freeCredentialsHandle(credential);
  });

  function contextUses(context: CtxtHandle): Readonly<Record<string, () => unknown>> {
    const message = { buffers: [{ type: SECBUFFER.DATA, data: new Uint8Array(4) }] };
    const large = { buffers: [{ type: SECBUFFER.DATA, data: new Uint8Array(100_000) }] };
    const { credential } = handshake.client;
    return {
      ...(context !== undefined && {
        initialize: () => sspi.initializeSecurityContext({ credential, context, contextReq: 0 }),
        accept: () => sspi.acceptSecurityContext({ credential, context, input: [], contextReq: 0 }),
      }),
      complete: () => sspi.completeAuthToken(context, []),
      apply: () => sspi.applyControlToken(context, []),
      delete: () => sspi.deleteSecurityContext(context),
      query: () => sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES),
      set: () => sspi.setContextAttributes(context, SECPKG_ATTR.DTLS_MTU, { mtu: 1000 }),
      impersonate: () => sspi.impersonate(context, () => 1),
      token: () => sspi.querySecurityContextToken(context),
      export: () => sspi.exportSecurityContext(context),
      sign: () => sspi.makeSignature(context, message),
      signLarge: () => sspi.makeSignature(context, large),
      signSync: () => sspi.makeSignatureSync(context, message),
      decryptSync: () => sspi.decryptMessageSync(context, message),
    };
  }

  function credentialUses(credential: CredHandle): Readonly<Record<string, () => unknown>> {
    return {
      initialize: () => sspi.initializeSecurityContext({ credential, contextReq: 0 }),
      accept: () => sspi.acceptSecurityContext({ credential, input: [], contextReq: 0 }),
      query: () => sspi.queryCredentialsAttributes(credential, SECPKG_CRED_ATTR.NAMES),
      set: () => sspi.setCredentialsAttributes(credential, SECPKG_CRED_ATTR.CERT, { thumbprint: new Uint8Array(20) }),
      free: () => sspi.freeCredentialsHandle(credential),
    };
  }
});
