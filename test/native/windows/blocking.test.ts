import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { CredHandle, CtxtHandle } from 'secur32/raw';
import { SEC_I, SECBUFFER, SECPKG_ATTR, tokenBuffer } from 'secur32/raw';
import { describeAudited, eventually, useAudit } from './audited.js';
import { clientSide } from './people.js';

/** More than libuv has threads. */
const MANY = 8;

describeAudited('calls that take long', () => {
  let credential: CredHandle;
  afterEach('free the credential', () => sspi.freeCredentialsHandle(credential));
  const { sspi, audit } = useAudit();

  beforeEach(async () => {
    ({ credential } = await sspi.acquireCredentialsHandle(clientSide(sspi).credential));
  });

  it('hold up neither the file system nor other calls', async () => {
    const hanging: Promise<unknown>[] = [];
    while (hanging.length < MANY) {
      audit.hold('EnumerateSecurityPackagesW');
      hanging.push(sspi.enumerateSecurityPackages());
      await eventually(() => audit.held() === hanging.length);
    }
    assert.ok((await readFile(fileURLToPath(import.meta.url))).length > 0);
    assert.equal((await sspi.querySecurityPackageInfo('NTLM')).name, 'NTLM');
    assert.equal(audit.held(), MANY);
    audit.release();
    await Promise.all(hanging);
  });

  it('keep the order of the calls of their context, and deletion comes last', async () => {
    const { context } = await firstLeg();
    const ended: string[] = [];
    const note = (name: string) => () => ended.push(name);
    audit.hold('QueryContextAttributesW');
    const calls = [
      sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES).then(note('query')),
      secondLeg(context).then(note('leg'), note('leg')),
      sspi.queryContextAttributes(context, SECPKG_ATTR.FLAGS).then(note('flags'), note('flags')),
      sspi.deleteSecurityContext(context).then(note('delete')),
    ];
    await eventually(() => audit.held() === 1);
    await sspi.querySecurityPackageInfo('NTLM');
    assert.deepEqual(ended, []);
    assert.equal(audit.live().contexts, 1);
    audit.release();
    await Promise.all(calls);
    assert.deepEqual(ended, ['query', 'leg', 'flags', 'delete']);
  });

  it('refuse work that cannot wait', async () => {
    const { context } = await firstLeg();
    audit.hold('QueryContextAttributesW');
    const query = sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES);
    assert.throws(() => sspi.makeSignatureSync(context, { buffers: [] }), { code: 'SEC_E_OUT_OF_SEQUENCE' });
    await eventually(() => audit.held() === 1);
    audit.release();
    await query;
    await sspi.deleteSecurityContext(context);
  });

  it('can be given up: the context can only be deleted, and that does not wait', async () => {
    const { context } = await firstLeg();
    const abort = new AbortController();
    const reason = new Error('too slow');
    audit.hold('InitializeSecurityContextW');
    const leg = secondLeg(context, abort.signal);
    const behind = sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES);
    await eventually(() => audit.held() === 1);
    abort.abort(reason);
    await assert.rejects(leg, reason);
    await assert.rejects(behind, { code: 'SEC_E_INVALID_HANDLE' });
    await assert.rejects(secondLeg(context), { code: 'SEC_E_INVALID_HANDLE' });
    await sspi.deleteSecurityContext(context);
    assert.equal(audit.held(), 1);
    assert.equal(audit.live().contexts, 1);
  });

  it('can be given up on the first leg: nothing is left of it', async () => {
    const abort = new AbortController();
    audit.hold('InitializeSecurityContextW');
    const leg = firstLeg(abort.signal);
    await eventually(() => audit.held() === 1);
    abort.abort();
    await assert.rejects(leg, { name: 'AbortError' });
  });

  it('are not begun for a signal that is aborted already', async () => {
    await assert.rejects(firstLeg(AbortSignal.abort()), { name: 'AbortError' });
    assert.equal(audit.calls()['InitializeSecurityContextW'], undefined);
  });

  it('leave a context alone that is aborted after its leg', async () => {
    const abort = new AbortController();
    const { context, status } = await firstLeg(abort.signal);
    abort.abort();
    assert.equal(status, SEC_I.CONTINUE_NEEDED);
    await sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES);
    await sspi.deleteSecurityContext(context);
  });

  it('give messages in the promise form their turn', async () => {
    const { context } = await firstLeg();
    audit.hold('QueryContextAttributesW');
    const query = sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES);
    const sign = sspi.makeSignature(context, { buffers: [{ type: SECBUFFER.DATA, data: new Uint8Array(1) }] });
    await eventually(() => audit.held() === 1);
    audit.release();
    await query;
    // The legs are not through, so this is as far as it gets: to its turn.
    await assert.rejects(sign, { code: 'SEC_E_INVALID_HANDLE' });
    await sspi.deleteSecurityContext(context);
  });

  function firstLeg(signal?: AbortSignal) {
    const { contextReq } = clientSide(sspi);
    return sspi.initializeSecurityContext({
      credential,
      targetName: 'HTTP/localhost',
      contextReq,
      ...(signal && { signal }),
    });
  }

  function secondLeg(context: CtxtHandle, signal?: AbortSignal) {
    const input = [tokenBuffer(new Uint8Array(10))];
    return sspi.initializeSecurityContext({ context, input, contextReq: 0, ...(signal && { signal }) });
  }
});
