import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type CredHandle, type CtxtHandle, SEC_E, SECBUFFER, type SecurityFunctionTable, SspiError } from 'secur32/raw';
import { loadNativeFrom } from '#dist/native/load-native.js';
import { type Answer, asanFolder, type FakeWindows, loadFakeWindows } from './fake.js';

/** The provider over the fake Windows. After each test everything must have been given back. */
export interface Scripted {
  readonly windows: FakeWindows;
  readonly sspi: SecurityFunctionTable;
  /** An outbound and inbound credential. */
  credential(): Promise<CredHandle>;
  /** A context that is established. */
  context(): Promise<CtxtHandle>;
  /** One leg of each of the functions that have legs, with this answer. */
  legs(answer: Answer): Promise<PromiseSettledResult<unknown>[]>;
}

export function useScripted(): Scripted {
  const windows = loadFakeWindows();
  const sspi = loadNativeFrom([`${asanFolder()}/secur32.node`]);
  afterEach('everything was given back', async () => {
    windows.forget();
    await nothingAlive(windows);
  });
  return { windows, sspi, credential, context, legs };

  async function credential(): Promise<CredHandle> {
    return (await sspi.acquireCredentialsHandle({ package: 'Fake', credentialUse: 'both' })).credential;
  }

  async function context(): Promise<CtxtHandle> {
    const leg = await sspi.initializeSecurityContext({
      credential: await credential(),
      targetName: 't',
      contextReq: 0,
    });
    assert.equal(leg.status, SEC_E.OK);
    return leg.context;
  }

  async function legs(answer: Answer): Promise<PromiseSettledResult<unknown>[]> {
    const call = { credential: await credential(), targetName: 'a/b', contextReq: 0, input: TOKEN };
    for (const name of LEG_FUNCTIONS) windows.answer(name, answer);
    return Promise.allSettled([
      sspi.initializeSecurityContext(call),
      sspi.acceptSecurityContext(call),
      sspi.saslInitializeSecurityContext(call),
      sspi.saslAcceptSecurityContext(call),
    ]);
  }
}

/** The addon refused an answer that does not fit together. */
export function refused(result: PromiseSettledResult<unknown>): void {
  assert.equal(result.status, 'rejected');
  assert.equal(result.reason.code, 'SEC_E_INTERNAL_ERROR', String(result.reason.stack));
}

/** Every result is an answer or an error of SSPI: nothing else went wrong. */
export function answered(result: PromiseSettledResult<unknown>): void {
  if (result.status === 'rejected') assert.ok(result.reason instanceof SspiError, String(result.reason.stack));
}

async function nothingAlive(windows: FakeWindows): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  while (Object.values(windows.live()).some(count => count !== 0)) {
    collect();
    await turn();
  }
}

const LEG_FUNCTIONS: readonly string[] = [
  'InitializeSecurityContextW',
  'AcceptSecurityContext',
  'SaslInitializeSecurityContextW',
  'SaslAcceptSecurityContext',
];
const TOKEN = [
  { type: SECBUFFER.TOKEN, data: new Uint8Array(16) },
  { type: SECBUFFER.EMPTY, data: new Uint8Array() },
];
