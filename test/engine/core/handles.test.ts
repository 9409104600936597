import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createEngine, type EngineOptions, memoryAccounts } from 'secur32/engine';
import {
  type ContextLeg,
  type CredHandle,
  type CtxtHandle,
  SEC_E,
  SEC_I,
  SECBUFFER,
  SECPKG_ATTR,
  type SecurityFunctionTable,
  SspiError,
} from 'secur32/raw';

const USER = { user: 'alice', password: 'open sesame' };
const EMPTY = [{ type: SECBUFFER.TOKEN, data: new Uint8Array(0) }];
const TARGET = 'imap/localhost';

function engine(options: EngineOptions = {}): SecurityFunctionTable {
  return createEngine({ accounts: memoryAccounts([USER]), digest: { realms: ['example.com'] }, ...options });
}

const code = (name: string) => (error: unknown) => error instanceof SspiError && error.code === name;

async function inbound(sspi: SecurityFunctionTable): Promise<CredHandle> {
  return (await sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'inbound' })).credential;
}

async function outbound(sspi: SecurityFunctionTable): Promise<CredHandle> {
  const call = { package: 'WDigest', credentialUse: 'outbound', authData: { kind: 'password', ...USER } } as const;
  return (await sspi.acquireCredentialsHandle(call)).credential;
}

async function begin(sspi: SecurityFunctionTable, credential: CredHandle): Promise<ContextLeg> {
  return sspi.acceptSecurityContext({ credential, input: EMPTY, contextReq: 0 });
}

async function respond(
  sspi: SecurityFunctionTable,
  credential: CredHandle,
  { output }: ContextLeg,
): Promise<ContextLeg> {
  return sspi.initializeSecurityContext({ credential, targetName: TARGET, input: output, contextReq: 0 });
}

describe('handles of the engine', () => {
  it('are opaque: nothing to read, and no address in what is printed', async () => {
    const sspi = engine();
    const credential = await outbound(sspi);
    const { context } = await begin(sspi, await inbound(sspi));
    for (const handle of [credential, context]) {
      assert.deepEqual(Object.keys(handle), []);
      assert.match(inspect(handle), /^\w+ \{\}$/);
      assert.doesNotMatch(inspect(handle, { depth: 9, showHidden: true, getters: true }), /sesame/);
    }
  });

  it('close once', async () => {
    const sspi = engine();
    const credential = await inbound(sspi);
    const { context } = await begin(sspi, credential);
    await sspi.deleteSecurityContext(context);
    await assert.rejects(sspi.deleteSecurityContext(context), code('SEC_E_INVALID_HANDLE'));
    await sspi.freeCredentialsHandle(credential);
    await assert.rejects(sspi.freeCredentialsHandle(credential), code('SEC_E_INVALID_HANDLE'));
    await assert.rejects(begin(sspi, credential), code('SEC_E_INVALID_HANDLE'));
  });

  it('are good for the engine that made them only', async () => {
    const [ours, theirs] = [engine(), engine()];
    const credential = await inbound(theirs);
    const { context } = await begin(theirs, credential);
    await assert.rejects(begin(ours, credential), code('SEC_E_INVALID_HANDLE'));
    await assert.rejects(ours.deleteSecurityContext(context), code('SEC_E_INVALID_HANDLE'));
    await assert.rejects(ours.queryContextAttributes(context, SECPKG_ATTR.SIZES), code('SEC_E_INVALID_HANDLE'));
    for (const forged of [{}, 7, 'x', null, undefined, Object.create(context)]) {
      await assert.rejects(ours.deleteSecurityContext(forged as unknown as CtxtHandle), code('SEC_E_INVALID_HANDLE'));
    }
    assert.throws(() => ours.encryptMessageSync(context, { buffers: [] }), code('SEC_E_INVALID_HANDLE'));
  });

  it('let a half-open context be stepped and deleted only', async () => {
    const sspi = engine();
    const { context } = await begin(sspi, await inbound(sspi));
    await assert.rejects(sspi.queryContextAttributes(context, SECPKG_ATTR.NAMES), code('SEC_E_INVALID_HANDLE'));
    await assert.rejects(sspi.querySecurityContextToken(context), code('SEC_E_INVALID_HANDLE'));
    await assert.rejects(sspi.encryptMessage(context, { buffers: [] }), code('SEC_E_INVALID_HANDLE'));
    assert.throws(() => sspi.makeSignatureSync(context, { buffers: [] }), code('SEC_E_INVALID_HANDLE'));
    await sspi.deleteSecurityContext(context);
  });

  it('are of one side: the context of a server is none of a client', async () => {
    const sspi = engine();
    const { context } = await begin(sspi, await inbound(sspi));
    const call = { credential: await outbound(sspi), context, targetName: TARGET, input: EMPTY, contextReq: 0 };
    await assert.rejects(sspi.initializeSecurityContext(call), code('SEC_E_INVALID_HANDLE'));
  });

  it('leave only deletion after a leg that failed', async () => {
    const sspi = engine();
    const credential = await inbound(sspi);
    const { context } = await begin(sspi, credential);
    const input = [{ type: SECBUFFER.TOKEN, data: Buffer.from('nonsense') }];
    await assert.rejects(
      sspi.acceptSecurityContext({ credential, context, input, contextReq: 0 }),
      code('SEC_E_INVALID_TOKEN'),
    );
    await assert.rejects(
      sspi.acceptSecurityContext({ credential, context, input, contextReq: 0 }),
      code('SEC_E_INVALID_HANDLE'),
    );
    await sspi.deleteSecurityContext(context);
  });

  it('keep a credential for the contexts that were made from it', async () => {
    const sspi = engine();
    const [server, client] = [await inbound(sspi), await outbound(sspi)];
    const first = await sspi.initializeSecurityContext({ credential: client, targetName: TARGET, contextReq: 0 });
    await sspi.freeCredentialsHandle(client);
    const challenge = await begin(sspi, server);
    const answer = await sspi.initializeSecurityContext({
      context: first.context,
      targetName: TARGET,
      input: challenge.output,
      contextReq: 0,
    });
    assert.equal(answer.status, SEC_I.CONTINUE_NEEDED);
    const proof = await sspi.acceptSecurityContext({ context: challenge.context, input: answer.output, contextReq: 0 });
    assert.equal(proof.status, SEC_E.OK);
  });
});

describe('half-open contexts', () => {
  it('are given up when they stay so for too long', async () => {
    let now = 1e12;
    const sspi = engine({ environment: { now: () => now }, limits: { halfOpenLifetime: 30 } });
    const credential = await inbound(sspi);
    const { context } = await begin(sspi, credential);
    now += 30_001;
    await begin(sspi, credential);
    await assert.rejects(
      sspi.acceptSecurityContext({ credential, context, input: EMPTY, contextReq: 0 }),
      code('SEC_E_CONTEXT_EXPIRED'),
    );
    await sspi.deleteSecurityContext(context);
  });

  it('are given up by their own late leg where no other context begins', async () => {
    let now = 1e12;
    const sspi = engine({ environment: { now: () => now }, limits: { halfOpenLifetime: 30 } });
    const credential = await inbound(sspi);
    const { context } = await begin(sspi, credential);
    now += 30_001;
    const late = () => sspi.acceptSecurityContext({ credential, context, input: EMPTY, contextReq: 0 });
    await assert.rejects(late(), code('SEC_E_CONTEXT_EXPIRED'));
    await assert.rejects(late(), code('SEC_E_CONTEXT_EXPIRED'));
    await sspi.deleteSecurityContext(context);
  });

  it('that are given up while the account store takes its time are not established by it', async () => {
    let answer: () => void = () => {};
    const waiting = new Promise<void>(resolve => {
      answer = resolve;
    });
    const accounts = { find: () => waiting.then(() => USER) };
    const sspi = engine({ accounts, limits: { halfOpenContexts: 1 } });
    const credential = await inbound(sspi);
    const challenge = await begin(sspi, credential);
    const { context } = challenge;
    const peer = engine();
    const response = await respond(peer, await outbound(peer), challenge);
    const leg = sspi.acceptSecurityContext({ credential, context, input: response.output, contextReq: 0 });
    await new Promise(resolve => setImmediate(resolve));
    await begin(sspi, credential);
    answer();
    await assert.rejects(leg, code('SEC_E_CONTEXT_EXPIRED'));
    await assert.rejects(sspi.querySecurityContextToken(context), code('SEC_E_CONTEXT_EXPIRED'));
  });

  it('are bounded in number: the oldest goes', async () => {
    const sspi = engine({ limits: { halfOpenContexts: 3 } });
    const credential = await inbound(sspi);
    const legs = [];
    for (let count = 0; count < 4; count += 1) legs.push(await begin(sspi, credential));
    const statuses = [];
    for (const { context } of legs) {
      const call = { credential, context, input: [{ type: SECBUFFER.TOKEN, data: Buffer.from('x') }], contextReq: 0 };
      statuses.push(await sspi.acceptSecurityContext(call).catch((error: SspiError) => error.code));
    }
    assert.deepEqual(statuses, ['SEC_E_CONTEXT_EXPIRED', ...Array(3).fill('SEC_E_INVALID_TOKEN')]);
  });

  it('do not let 100,000 of them take more memory than their bound', async () => {
    const sspi = engine({ limits: { halfOpenContexts: 1000 } });
    const credential = await inbound(sspi);
    const held: CtxtHandle[] = [];
    const beginMany = async (count: number) => {
      for (let at = 0; at < count; at += 1) held.push((await begin(sspi, credential)).context);
      held.length = 0;
    };
    await beginMany(5000);
    const before = await settledHeap();
    await beginMany(100_000);
    const grown = (await settledHeap()) - before;
    assert.ok(grown < 8 * 2 ** 20, `the heap grew by ${grown} bytes`);
  });
});

describe('calls of the engine', () => {
  it('refuse arguments of the wrong type with a TypeError', async () => {
    const sspi = engine();
    const credential = await inbound(sspi);
    const wrong: [string, () => Promise<unknown>][] = [
      [
        'a package that is no string',
        () => sspi.acquireCredentialsHandle({ package: 7 as never, credentialUse: 'inbound' }),
      ],
      [
        'a use that is none',
        () => sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'sideways' as never }),
      ],
      [
        'an identity of no kind',
        () => sspi.acquireCredentialsHandle({ package: 'WDigest', credentialUse: 'outbound', authData: {} as never }),
      ],
      ['input that is no array', () => sspi.acceptSecurityContext({ credential, input: {} as never, contextReq: 0 })],
      [
        'a buffer without data',
        () => sspi.acceptSecurityContext({ credential, input: [{ type: 2 } as never], contextReq: 0 }),
      ],
      ['flags that are negative', () => sspi.acceptSecurityContext({ credential, input: EMPTY, contextReq: -1 })],
      ['no call at all', () => sspi.acceptSecurityContext(undefined as never)],
    ];
    for (const [what, call] of wrong) {
      await assert.rejects(
        call(),
        (error: unknown) => error instanceof TypeError && !(error instanceof SspiError),
        what,
      );
    }
  });

  it('say which packages there are when one is not', async () => {
    const sspi = engine();
    await assert.rejects(sspi.querySecurityPackageInfo('Kerberoast'), (error: SspiError) => {
      return (
        error.code === 'SEC_E_SECPKG_NOT_FOUND' &&
        error.hint.includes('WDigest') &&
        error.syscall === 'QuerySecurityPackageInfo'
      );
    });
    assert.equal((await sspi.querySecurityPackageInfo('wdigest')).name, 'WDigest');
  });

  it('say so where the engine cannot do what Windows does', async () => {
    const sspi = engine();
    const { context } = await begin(sspi, await inbound(sspi));
    const unsupported = [
      () => sspi.impersonate(context, () => assert.fail('ran')),
      () => sspi.exportSecurityContext(context),
      () => sspi.importSecurityContext({ package: 'WDigest', packed: new Uint8Array(4) }),
      () => sspi.applyControlToken(context, []),
    ];
    for (const call of unsupported) await assert.rejects(call(), code('SEC_E_UNSUPPORTED_FUNCTION'));
  });

  it('give a leg up by its signal', async () => {
    const sspi = engine();
    const credential = await inbound(sspi);
    const reason = new Error('enough');
    const gone = AbortSignal.abort(reason);
    await assert.rejects(sspi.acceptSecurityContext({ credential, input: EMPTY, contextReq: 0, signal: gone }), reason);
    const { context } = await begin(sspi, credential);
    await assert.rejects(
      sspi.acceptSecurityContext({ credential, context, input: EMPTY, contextReq: 0, signal: gone }),
      reason,
    );
  });

  it('run in their order, and deletion waits for what runs', async () => {
    let answer: () => void = () => {};
    const waiting = new Promise<void>(resolve => {
      answer = resolve;
    });
    const accounts = { find: () => waiting.then(() => USER) };
    const sspi = engine({ accounts });
    const [server, client] = [await inbound(sspi), await outbound(sspi)];
    const challenge = await begin(sspi, server);
    const response = await respond(sspi, client, challenge);
    const leg = sspi.acceptSecurityContext({
      credential: server,
      context: challenge.context,
      input: response.output,
      contextReq: 0,
    });
    await new Promise(resolve => setImmediate(resolve));
    const log: string[] = [];
    const both = [
      leg.then(({ status }) => log.push(`leg ${status}`)),
      sspi.deleteSecurityContext(challenge.context).then(() => log.push('deleted')),
    ];
    await assert.rejects(
      sspi.queryContextAttributes(challenge.context, SECPKG_ATTR.SIZES),
      code('SEC_E_INVALID_HANDLE'),
    );
    answer();
    await Promise.all(both);
    assert.deepEqual(log, ['leg 0', 'deleted']);
  });
});

/** Bytes of the heap after a collection that the inspector asks for, so that no flag is needed. */
async function settledHeap(): Promise<number> {
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.collectGarbage');
  session.disconnect();
  return process.memoryUsage().heapUsed;
}
