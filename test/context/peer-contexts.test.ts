import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  ClientContext,
  type ClientContextOptions,
  type Credential,
  channelBindings,
  ServerContext,
  type ServerContextOptions,
} from 'secur32';
import { ASC_RET, ISC_RET, SECPKG_ATTR } from 'secur32/raw';
import { aliceEngine, inbound, outbound, PASSWORD } from './sasl-pair.js';

const TARGET_NAME = 'ldap/dc.example.com';

describe('ClientContext and ServerContext', () => {
  const sspi = aliceEngine();
  let server: Credential;
  let client: Credential;
  const open: AsyncDisposable[] = [];

  before(async () => {
    [server, client] = await Promise.all([inbound(sspi), outbound(sspi)]);
  });

  afterEach(async () => {
    for (const context of open.splice(0)) await context[Symbol.asyncDispose]();
  });

  after(() => Promise.all([server.close(), client.close()]));

  function pair(clientOptions: Partial<ClientContextOptions> = {}, serverOptions: ServerContextOptions = {}) {
    const contexts = {
      client: new ClientContext(client, { targetName: TARGET_NAME, ...clientOptions }),
      server: new ServerContext(server, serverOptions),
    };
    open.push(contexts.client, contexts.server);
    return contexts;
  }

  async function logOn(contexts: { client: ClientContext; server: ServerContext }): Promise<void> {
    const challenge = await contexts.server.step();
    const response = await contexts.client.step(challenge.token);
    const proof = await contexts.server.step(response.token);
    assert.equal(proof.done, true);
    assert.deepEqual(await contexts.client.step(proof.token), { done: true });
  }

  async function established(clientOptions?: Partial<ClientContextOptions>, serverOptions?: ServerContextOptions) {
    const contexts = pair(clientOptions, serverOptions);
    await logOn(contexts);
    return contexts;
  }

  it('establish a context, and know what it is', async () => {
    const contexts = await established();
    assert.equal(contexts.server.identity.name, 'alice');
    assert.equal(contexts.server.packageName, 'WDigest');
    assert.equal(contexts.client.packageName, 'WDigest');
    for (const protection of ['integrity', 'confidentiality', 'replayDetection', 'sequenceDetection'] as const) {
      assert.equal(contexts.client.protections.has(protection), true, protection);
      assert.equal(contexts.server.protections.has(protection), true, protection);
    }
    assert.ok(contexts.client.flags & ISC_RET.CONFIDENTIALITY);
    assert.ok(contexts.server.flags & ASC_RET.CONFIDENTIALITY);
    assert.equal(contexts.client.sizes?.maxSignature, 16);
    assert.equal(contexts.client.expiry, undefined);
    const { targetName } = await sspi.queryContextAttributes(
      contexts.server.context,
      SECPKG_ATTR.CLIENT_SPECIFIED_TARGET,
    );
    assert.equal(targetName, TARGET_NAME);
  });

  it('encrypt and decrypt messages of any size', async () => {
    const contexts = await established();
    for (const size of [0, 1, 7, 8, 1000]) {
      const message = Buffer.alloc(size, 'secret');
      const sealed = await contexts.client.encrypt(message);
      assert.equal(Buffer.from(sealed).includes('secret'), false);
      assert.deepEqual(Buffer.from(await contexts.server.decrypt(sealed)), message);
      const back = await contexts.server.encrypt(message);
      assert.deepEqual(Buffer.from(await contexts.client.decrypt(back)), message);
    }
  });

  it('decrypt a message once, and only as it was', async () => {
    const contexts = await established();
    const sealed = await contexts.client.encrypt(Buffer.from('once'));
    const copy = Uint8Array.from(sealed);
    await contexts.server.decrypt(sealed);
    assert.deepEqual(sealed, copy, 'the caller’s bytes stay as they are');
    await assert.rejects(contexts.server.decrypt(sealed), { name: 'SspiError' });
    const others = await established();
    const altered = await others.client.encrypt(Buffer.from('altered'));
    altered[0]! ^= 1;
    await assert.rejects(others.server.decrypt(altered), { code: 'SEC_E_MESSAGE_ALTERED' });
  });

  it('sign and verify', async () => {
    const contexts = await established({ require: ['integrity'], request: [] });
    const message = Buffer.from('signed');
    const signature = await contexts.client.sign(message);
    assert.equal(signature.length, 16);
    await contexts.server.verify(message, signature);
    const next = await contexts.client.sign(message);
    await assert.rejects(contexts.server.verify(Buffer.from('forged'), next), { code: 'SEC_E_MESSAGE_ALTERED' });
  });

  it('refuse protection that was not agreed', async () => {
    const signing = await established({ request: ['integrity'] });
    for (const context of [signing.client, signing.server]) {
      await assert.rejects(context.encrypt(new Uint8Array(1)), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
      await assert.rejects(context.decrypt(new Uint8Array(40)), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
    }
    const bare = await established({ request: [] });
    assert.equal(bare.client.sizes, undefined);
    for (const context of [bare.client, bare.server]) {
      await assert.rejects(context.sign(new Uint8Array(1)), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
      await assert.rejects(context.encrypt(new Uint8Array(1)), { code: 'SEC_E_QOP_NOT_SUPPORTED' });
    }
  });

  it('are no use before the end, nor after close()', async () => {
    const contexts = pair();
    const invalid = { code: 'SEC_E_INVALID_HANDLE' };
    await assert.rejects(contexts.client.encrypt(new Uint8Array(1)), invalid);
    assert.throws(() => contexts.server.identity, invalid);
    assert.throws(() => contexts.client.context, invalid);
    assert.deepEqual([contexts.client.flags, contexts.client.protections.size], [0, 0]);
    await logOn(contexts);
    await contexts.client.close();
    await assert.rejects(contexts.client.encrypt(new Uint8Array(1)), invalid);
    await assert.rejects(contexts.client.step(), invalid);
    assert.deepEqual([contexts.client.complete, contexts.client.established], [true, false]);
  });

  describe('policy', () => {
    async function assertRefused(contexts: ReturnType<typeof pair>, code: string): Promise<void> {
      const { token } = await contexts.client.step((await contexts.server.step()).token);
      await assert.rejects(contexts.server.step(token), { code, syscall: 'AcceptSecurityContext' });
      assert.deepEqual([contexts.server.complete, contexts.server.established], [true, false]);
      assert.throws(() => contexts.server.context, { code: 'SEC_E_INVALID_HANDLE' });
      assert.deepEqual([contexts.server.flags, contexts.server.protections.size], [0, 0]);
    }

    it('refuses less protection than is required', async () => {
      await assertRefused(pair({ request: [] }, { require: ['integrity'] }), 'SEC_E_QOP_NOT_SUPPORTED');
    });

    it('refuses another package than those allowed', async () => {
      await assertRefused(pair({}, { allowedPackages: ['Kerberos'] }), 'SEC_E_DOWNGRADE_DETECTED');
      await established({ allowedPackages: ['wdigest'] }, { allowedPackages: ['Kerberos', 'WDIGEST'] });
    });

    it('refuses another target than its own', async () => {
      await assertRefused(pair({}, { targetNames: ['ldap/other.example.com'] }), 'SEC_E_WRONG_PRINCIPAL');
      await established({}, { targetNames: ['ldap/other.example.com', 'LDAP/dc.example.com'] });
    });
  });

  it('refuse channel bindings that the package would pass over', () => {
    const bindings = channelBindings({ applicationData: Buffer.from('tls-server-end-point:x') });
    const refusal = { code: 'SEC_E_UNSUPPORTED_FUNCTION' };
    assert.throws(() => pair({ channelBindings: bindings }), { ...refusal, syscall: 'InitializeSecurityContext' });
    assert.throws(() => pair({}, { channelBindings: bindings }), { ...refusal, syscall: 'AcceptSecurityContext' });
    assert.throws(() => pair({}, { extendedProtection: 'always' }), { name: 'TypeError' });
  });

  it('refuse options that are none', () => {
    for (const wrong of [
      { targetName: 5 },
      { require: 'integrity' },
      { allowedPackages: [] },
      { channelBindings: 'x' },
    ]) {
      assert.throws(() => pair(wrong as never), TypeError, inspect(wrong));
    }
    for (const wrong of [{ targetNames: 'x' }, { targetNames: [''] }, { extendedProtection: true }]) {
      assert.throws(() => pair({}, wrong as never), TypeError, inspect(wrong));
    }
  });

  it('show no secret to people who print them', async () => {
    const contexts = await established();
    const shown = inspect(contexts, { depth: 10, showHidden: true });
    assert.match(shown, /ServerContext \{/);
    assert.match(shown, /state: 'established'/);
    assert.doesNotMatch(`${shown}${JSON.stringify(contexts)}`, new RegExp(`${PASSWORD}|alice`));
  });
});
