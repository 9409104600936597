import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { Logon } from '../contexts/logon.js';
import type { Mechanism } from '../mechanisms.js';
import type { Pair } from '../pairs.js';

/** ClientContext and ServerContext, which are the same over every provider. */
export function contextTests(pair: Pair, mechanism: Mechanism, user: string): void {
  pair.it('know when they are established, and which package they have', async () => {
    const { client, server } = await pair.keep(Logon.run(pair, mechanism));
    assert.ok(client.established && server.established);
    assert.deepEqual([client.packageName, server.packageName], [mechanism.package, mechanism.package]);
  });

  pair.it('know who the client is', async () => {
    const { server } = await pair.keep(Logon.run(pair, mechanism));
    assert.equal(server.identity.name.toLowerCase(), user.toLowerCase());
    assert.equal(server.identity.package, mechanism.package);
  });

  pair.it('seal where both sides require it', async () => {
    const terms = { require: ['integrity', 'confidentiality'] } as const;
    const { client, server } = await pair.keep(Logon.run(pair, mechanism, terms, terms));
    for (const text of ['a', 'sesame', 'long '.repeat(10_000)]) {
      const bytes = Buffer.from(text);
      assert.equal(Buffer.from(await server.decrypt(await client.encrypt(bytes))).toString(), text);
      assert.equal(Buffer.from(await client.decrypt(await server.encrypt(bytes))).toString(), text);
    }
  });

  pair.it('sign where both sides require it', async () => {
    const terms = { require: ['integrity'] } as const;
    const { client, server } = await pair.keep(Logon.run(pair, mechanism, terms, terms));
    const bytes = Buffer.from('pay 1');
    await server.verify(bytes, await client.sign(bytes));
    await client.verify(bytes, await server.sign(bytes));
    await assert.rejects(server.verify(Buffer.from('pay 2'), await client.sign(bytes)), {
      code: 'SEC_E_MESSAGE_ALTERED',
    });
  });
}
