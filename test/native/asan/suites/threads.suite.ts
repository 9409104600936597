import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { SECPKG_ATTR } from 'secur32/raw';
import { useScripted } from '../scripted.js';
import type { ScriptedEnd } from '../scripted-worker.js';

describe('threads', () => {
  const { windows, sspi, context } = useScripted();

  it('of many contexts at the same time', async () => {
    const contexts = await Promise.all(Array.from({ length: 20 }, context));
    await Promise.all(
      contexts.flatMap(each => [ask(each), ask(each), sspi.querySecurityContextToken(each), ask(each)]),
    );
    await Promise.all(contexts.map(each => sspi.deleteSecurityContext(each)));
  });

  it('of contexts that are deleted while their calls run', async () => {
    const contexts = await Promise.all(Array.from({ length: 20 }, context));
    for (const _ of contexts) windows.answer('QueryContextAttributesW', { nap: 5 });
    const calls = contexts.flatMap(each => [ask(each), ask(each), ask(each)]);
    const ended = Promise.allSettled(calls);
    await Promise.all(contexts.map(each => sspi.deleteSecurityContext(each)));
    await ended;
  });

  it('of contexts whose client this one runs as', async () => {
    const contexts = await Promise.all(Array.from({ length: 20 }, context));
    const all = contexts.map(async each => {
      const before = ask(each);
      const { during, after } = await sspi.impersonate(each, () => ({
        during: ask(each),
        after: sspi.impersonate(each, () => 'second'),
      }));
      await Promise.all([before, during]);
      return after;
    });
    assert.deepEqual([...new Set(await Promise.all(all))], ['second']);
  });

  it('of environments side by side', async () => {
    await Promise.all([end('tidy'), end('tidy'), end('open'), end('open')]);
  });

  it('of an environment that ends before its calls do', async () => {
    await Promise.all([end('waiting'), end('waiting'), end('waiting')]);
  });

  it('of an environment that ends before the calls that it gave up', async () => {
    await Promise.all([end('given up'), end('given up'), end('given up')]);
  });

  function ask(handle: Parameters<typeof sspi.queryContextAttributes>[0]): Promise<unknown> {
    return sspi.queryContextAttributes(handle, SECPKG_ATTR.SIZES);
  }

  async function end(workerData: ScriptedEnd): Promise<void> {
    const [code] = await once(new Worker(new URL('../scripted-worker.js', import.meta.url), { workerData }), 'exit');
    assert.equal(code, 0);
  }
});
