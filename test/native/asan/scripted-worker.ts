/** An environment of its own that ends in the way that `workerData` says. */
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { type CtxtHandle, SECPKG_ATTR } from 'secur32/raw';
import { loadNativeFrom } from '#dist/native/load-native.js';
import { asanFolder, loadFakeWindows } from './fake.js';

/** `tidy`: closes what it has; `open`: does not; `waiting`: in the middle of calls; `given up`: of calls of contexts that it deleted. */
export type ScriptedEnd = 'tidy' | 'open' | 'waiting' | 'given up';

const end = workerData as ScriptedEnd;
const windows = loadFakeWindows();
const sspi = loadNativeFrom([`${asanFolder()}/secur32.node`]);
const { credential } = await sspi.acquireCredentialsHandle({ package: 'Fake', credentialUse: 'both' });
const contexts = await Promise.all(Array.from({ length: 10 }, open));

if (end === 'tidy') {
  for (const context of contexts) await sspi.deleteSecurityContext(context);
  await sspi.freeCredentialsHandle(credential);
} else if (end !== 'open') {
  for (const _ of contexts) windows.answer('QueryContextAttributesW', { nap: 30 });
  for (const context of contexts) for (let i = 0; i < 4; i++) void ask(context).catch(() => {});
  // Until the calls that nap have begun.
  await wait(5);
  if (end === 'given up') for (const context of contexts) void sspi.deleteSecurityContext(context);
  process.exit(0);
}

async function open(): Promise<CtxtHandle> {
  return (await sspi.initializeSecurityContext({ credential, targetName: 't', contextReq: 0 })).context;
}

function ask(context: CtxtHandle): Promise<unknown> {
  return sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES);
}
