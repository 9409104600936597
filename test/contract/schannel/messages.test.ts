import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { SchannelConnection } from '../../native/windows/schannel-loop.js';
import { describePairs } from '../pairs.js';
import { Connection } from './connection.js';
import { NO_OPTIONS, VERSIONS } from './versions.js';

const TEXTS: readonly string[] = ['a', 'sesame', 'çà et là', 'long '.repeat(3000)];

describePairs('Schannel: messages', NO_OPTIONS, pair => {
  for (const { name, client: protocols } of VERSIONS) {
    pair.it(`go both ways, ${name}`, async () => {
      const { client, server } = await pair.keep(Connection.make(pair, { protocols }));
      for (const text of TEXTS) {
        await carry(client, server, text);
        await carry(server, client, text);
      }
    });

    pair.it(`arrive byte by byte, ${name}`, async () => {
      const { client, server } = await pair.keep(Connection.make(pair, { protocols, piece: 1 }));
      await carry(client, server, 'sesame');
      await carry(server, client, 'sesame');
    });

    pair.it(`end with close_notify of the client, ${name}`, async () => {
      const { client, server } = await pair.keep(Connection.make(pair, { protocols }));
      await carry(client, server, 'last');
      await client.shutDown();
      assert.equal(await server.receive(), undefined);
    });

    pair.it(`end with close_notify of the server, ${name}`, async () => {
      const { client, server } = await pair.keep(Connection.make(pair, { protocols }));
      await carry(server, client, 'last');
      await server.shutDown();
      assert.equal(await client.receive(), undefined);
    });
  }
});

async function carry(from: SchannelConnection, to: SchannelConnection, text: string): Promise<void> {
  const wanted = Buffer.from(text);
  await from.send(wanted);
  let got = Buffer.alloc(0);
  while (got.length < wanted.length) got = Buffer.concat([got, (await to.receive())!]);
  assert.equal(got.toString(), text);
}
