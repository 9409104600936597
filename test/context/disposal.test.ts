import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { SaslServer } from 'secur32';
import type { CtxtHandle, SecurityFunctionTable } from 'secur32/raw';
import { aliceEngine, inbound, SaslPair, TARGET } from './sasl-pair.js';

/** A table that counts the contexts that are begun and deleted. The calls themselves are the engine's. */
function counting(sspi: SecurityFunctionTable): { sspi: SecurityFunctionTable; open: Set<CtxtHandle> } {
  const open = new Set<CtxtHandle>();
  return {
    open,
    sspi: {
      ...sspi,
      async saslAcceptSecurityContext(call) {
        const leg = await sspi.saslAcceptSecurityContext(call);
        open.add(leg.context);
        return leg;
      },
      async deleteSecurityContext(context) {
        await sspi.deleteSecurityContext(context);
        open.delete(context);
      },
    },
  };
}

describe('A context’s end', () => {
  it('comes with close(), once', async () => {
    const { sspi, open } = counting(aliceEngine());
    await using credential = await inbound(sspi);
    const server = await SaslServer.create({ ...TARGET, credential });
    await server.close();
    assert.equal(open.size, 0, 'there was nothing yet');
    await assert.rejects(server.step(), { code: 'SEC_E_INVALID_HANDLE' });
    {
      await using another = await SaslServer.create({ ...TARGET, credential });
      await another.step();
      assert.equal(open.size, 1);
      await Promise.all([another.close(), another.close()]);
      assert.equal(open.size, 0);
    }
    assert.equal(open.size, 0);
  });

  it('comes with every failure', async () => {
    const { sspi, open } = counting(aliceEngine());
    const failures: ((pair: SaslPair) => Promise<void>)[] = [
      async ({ server }) => {
        await server.step();
        await assert.rejects(server.step(Buffer.from('junk')), { code: 'SEC_E_INVALID_TOKEN' });
      },
      async pair => {
        await pair.logOn();
        assert.throws(() => pair.server.unwrap(Buffer.alloc(4)), { code: 'SEC_E_INVALID_TOKEN' });
        await new Promise(resolve => setImmediate(resolve));
      },
      async pair => {
        await assert.rejects(pair.logOn(), { code: 'SEC_E_WRONG_PRINCIPAL' });
      },
    ];
    for (const [n, fail] of failures.entries()) {
      await using pair = await SaslPair.create(n === 2 ? { host: 'elsewhere' } : {}, {}, sspi);
      await fail(pair);
      assert.equal(open.size, 0);
    }
  });
});

/** Runs a module in a process of its own, in which `gc()` can be called. */
function run(source: string): { status: number | null; stdout: string; stderr: string } {
  const child = spawnSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', source], {
    encoding: 'utf8',
    cwd: new URL('../../..', import.meta.url),
    timeout: 30_000,
  });
  return { status: child.status, stdout: child.stdout, stderr: child.stderr };
}

const PRELUDE = `
  import { Credential, SaslServer } from 'secur32';
  import { createEngine, memoryAccounts } from 'secur32/engine';
  import { setImmediate as turn } from 'node:timers/promises';
  const engine = createEngine({ accounts: memoryAccounts([]) });
  let deleted = 0;
  let freed = 0;
  const sspi = {
    ...engine,
    async deleteSecurityContext(context) { deleted++; return engine.deleteSecurityContext(context); },
    async freeCredentialsHandle(credential) { freed++; return engine.freeCredentialsHandle(credential); },
  };
  const warnings = [];
  process.on('warning', warning => warnings.push(warning.code));
  async function collect(done) {
    for (let n = 0; n < 200 && !done(); n++) { gc(); await turn(); }
    await turn();
  }
  const credential = await Credential.acquire({ package: 'WDigest', use: 'inbound', sspi });
  const options = { mechanism: 'DIGEST-MD5', service: 'imap', host: 'localhost', credential };
`;

describe('What was forgotten', () => {
  it('is freed by the garbage collector, with one warning', () => {
    const { stdout, stderr, status } = run(`${PRELUDE}
      await (async () => {
        for (let n = 0; n < 3; n++) await (await SaslServer.create(options)).step();
        await Credential.acquire({ package: 'WDigest', use: 'inbound', sspi });
      })();
      await collect(() => deleted === 3 && freed === 1);
      console.log(JSON.stringify({ deleted, freed, warnings }));
    `);
    assert.equal(status, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { deleted: 3, freed: 1, warnings: ['SECUR32_NOT_CLOSED'] });
    assert.match(stderr, /Secur32Warning: A (SaslServer|Credential) was dropped without close\(\)/);
  });

  it('is not what was closed', () => {
    const { stdout, stderr, status } = run(`${PRELUDE}
      await (async () => {
        const server = await SaslServer.create(options);
        await server.step();
        await server.close();
        await credential.close();
      })();
      for (let n = 0; n < 20; n++) { gc(); await turn(); }
      console.log(JSON.stringify({ deleted, freed, warnings }));
    `);
    assert.equal(status, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), { deleted: 1, freed: 1, warnings: [] });
  });

  it('is not a context whose stream is in use', () => {
    const { stdout, stderr, status } = run(`${PRELUDE}
      import { PassThrough } from 'node:stream';
      import { SaslClient } from 'secur32';
      const engine2 = createEngine({ accounts: memoryAccounts([{ user: 'alice', password: 'x' }]) });
      const sspi2 = { ...engine2, async deleteSecurityContext(context) { deleted++; return engine2.deleteSecurityContext(context); } };
      const identity = { kind: 'password', user: 'alice', password: 'x' };
      const target = { mechanism: 'DIGEST-MD5', service: 'imap', host: 'localhost' };
      const wire = new PassThrough();
      const { client, stream } = await (async () => {
        const inbound = await Credential.acquire({ package: 'WDigest', use: 'inbound', sspi: sspi2 });
        const outbound = await Credential.acquire({ package: 'WDigest', use: 'outbound', sspi: sspi2, identity });
        const server = await SaslServer.create({ ...target, credential: inbound });
        const client = await SaslClient.create({ ...target, credential: outbound });
        const response = await client.step((await server.step()).token);
        await client.step((await server.step(response.token)).token);
        return { client, stream: server.protect(wire) };
      })();
      for (let n = 0; n < 20; n++) { gc(); await turn(); }
      wire.write(client.wrap(Buffer.from('still here')));
      for await (const chunk of stream) { console.log(chunk.toString(), deleted); break; }
      await client.close();
    `);
    assert.equal(status, 0, stderr);
    assert.equal(stdout, 'still here 0\n');
  });
});
