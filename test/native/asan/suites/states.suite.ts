import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { type CtxtHandle, SEC_E, SEC_I, SECBUFFER, SECPKG_ATTR, tokenBuffer } from 'secur32/raw';
import { useScripted } from '../scripted.js';

const FAILED = { code: 'SEC_E_INVALID_HANDLE', message: /earlier call of this context failed/ };
const INPUT = [tokenBuffer(Buffer.from('token'))];
const MS_1601_TO_1970 = 11_644_473_600_000n;
/** A token that is longer than the memory it was given. */
const UNREADABLE = { output: [{ size: 1 << 20 }] };

describe('states of a context', () => {
  const { windows, sspi, credential, context } = useScripted();

  it('is established by CompleteAuthToken where a leg asks for that', async () => {
    for (const status of [SEC_I.COMPLETE_NEEDED, SEC_I.COMPLETE_AND_CONTINUE]) {
      const open = await half(status);
      assert.throws(() => sign(open), { code: 'SEC_E_INVALID_HANDLE', message: /not established/ });
      await sspi.completeAuthToken(open, INPUT);
      sign(open);
    }
  });

  it('is not where CompleteAuthToken fails', async () => {
    const open = await half(SEC_I.COMPLETE_NEEDED);
    windows.answer('CompleteAuthToken', { status: SEC_E.MESSAGE_ALTERED });
    await assert.rejects(sspi.completeAuthToken(open, INPUT), { code: 'SEC_E_MESSAGE_ALTERED' });
    assert.throws(() => sign(open), { message: /not established/ });
  });

  it('is deleted at once where nobody gets to see it: a first leg whose answer cannot be read', async () => {
    const call = { credential: await credential(), input: INPUT, contextReq: 0 };
    windows.answer('AcceptSecurityContext', { status: SEC_I.CONTINUE_NEEDED, ...UNREADABLE });
    await assert.rejects(sspi.acceptSecurityContext(call), (error: { context?: unknown }) => {
      assert.equal(error.context, undefined);
      return true;
    });
    assert.equal(windows.live()['contexts'], 0);
  });

  it('has failed for good after a later leg whose answer cannot be read, whatever its status', async () => {
    const open = await half(SEC_I.CONTINUE_NEEDED);
    windows.answer('AcceptSecurityContext', UNREADABLE);
    const call = { context: open, input: INPUT, contextReq: 0 };
    await assert.rejects(sspi.acceptSecurityContext(call), { code: 'SEC_E_INTERNAL_ERROR', context: open });
    assert.throws(() => sign(open), FAILED);
    await assert.rejects(sspi.acceptSecurityContext(call), FAILED);
  });

  it('goes on after SEC_E_INCOMPLETE_MESSAGE, and not after other failures', async () => {
    const open = await half(SEC_I.CONTINUE_NEEDED);
    const call = { context: open, input: INPUT, contextReq: 0 };
    windows.answer('AcceptSecurityContext', { status: SEC_E.INCOMPLETE_MESSAGE });
    assert.equal((await sspi.acceptSecurityContext(call)).status, SEC_E.INCOMPLETE_MESSAGE);
    windows.answer('AcceptSecurityContext', { status: SEC_E.LOGON_DENIED });
    await assert.rejects(sspi.acceptSecurityContext(call), { code: 'SEC_E_LOGON_DENIED' });
    await assert.rejects(sspi.acceptSecurityContext(call), FAILED);
    // What the package still says of a failed context may be asked for.
    await sspi.queryContextAttributes(open, SECPKG_ATTR.SIZES);
  });

  it('moves to another process with its token', async () => {
    const exported = await sspi.exportSecurityContext(await context());
    assert.ok(exported.token !== undefined && exported.packed.length === 8);
    const imported = await sspi.importSecurityContext(exported);
    sign(imported);
    await sspi.deleteSecurityContext(imported);
  });

  it('is gone after an export that deletes it', async () => {
    const DELETE_OLD = 2;
    const moved = await context();
    await sspi.exportSecurityContext(moved, DELETE_OLD);
    assert.throws(() => sign(moved), FAILED);
    await sspi.deleteSecurityContext(moved);
  });

  it('lets nobody run as its client where that cannot be undone by the package: the thread reverts by itself', async () => {
    const server = await context();
    windows.answer('RevertSecurityContext', { status: SEC_E.INTERNAL_ERROR });
    assert.equal(await sspi.impersonate(server, () => 'done'), 'done');
    // A thread that still ran as a client would be refused.
    assert.equal(await sspi.impersonate(server, () => 'again'), 'again');
  });

  it('takes a time as it is meant, and never as no time', async () => {
    const call = { credential: await credential(), targetName: 't', contextReq: 0 };
    const time = new Date('2030-01-02T03:04:05.678Z');
    windows.answer('InitializeSecurityContextW', { expiry: (BigInt(time.getTime()) + MS_1601_TO_1970) * 10_000n });
    const first = await sspi.initializeSecurityContext(call);
    assert.deepEqual(first.expiry, time);
    for (const expiry of [0x7fff_ffff_ffff_ffffn, 0x7fff_ff36_d596_9fffn, 0n]) {
      windows.answer('InitializeSecurityContextW', { expiry });
      const { context: other, expiry: found } = await sspi.initializeSecurityContext(call);
      assert.equal(found, undefined);
      await sspi.deleteSecurityContext(other);
    }
    await sspi.deleteSecurityContext(first.context);
  });

  async function half(status: number): Promise<CtxtHandle> {
    windows.answer('AcceptSecurityContext', { status });
    const call = { credential: await credential(), input: INPUT, contextReq: 0 };
    return (await sspi.acceptSecurityContext(call)).context;
  }

  function sign(handle: CtxtHandle): void {
    sspi.makeSignatureSync(handle, { buffers: [{ type: SECBUFFER.DATA, data: new Uint8Array(1) }] });
  }
});
