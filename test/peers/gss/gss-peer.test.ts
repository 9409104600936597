import assert from 'node:assert/strict';
import { accounts, bob } from '../accounts.js';
import { requirePeer, usePeer } from '../require-peer.js';
import { exchangeTokens } from '../run/exchange.js';
import { PeerRefusal } from '../run/json-process.js';
import { GssPeer } from './gss-peer.js';
import { GssUsers } from './gss-users.js';

const text = new TextEncoder();

describe('the peer MIT libgssapi with gss-ntlmssp', () => {
  requirePeer('gss-ntlmssp');
  const users = usePeer(() => GssUsers.create());

  for (const mechanism of ['ntlm', 'spnego'] as const) {
    for (const account of accounts) {
      it(`${mechanism}: ${account.user} logs on and sends sealed messages`, async () => {
        await using client = await GssPeer.client({ users: users(), mechanism, account });
        await using server = await GssPeer.server({ users: users(), mechanism });
        await exchangeTokens(client, server);
        assert.deepEqual(await server.unwrap(await client.wrap(text.encode('hello'))), text.encode('hello'));
        await client.verify(text.encode('signed'), await server.mic(text.encode('signed')));
        assert.deepEqual(await client.sessionKey(), await server.sessionKey());
      });
    }

    it(`${mechanism}: a wrong password is refused`, async () => {
      const account = { ...bob, password: 'wrong' };
      await using client = await GssPeer.client({ users: users(), mechanism, account });
      await using server = await GssPeer.server({ users: users(), mechanism });
      await assert.rejects(exchangeTokens(client, server), PeerRefusal);
    });

    it(`${mechanism}: channel bindings have to be the same`, async () => {
      const bindings = text.encode('tls-server-end-point:one');
      await using client = await GssPeer.client({ users: users(), mechanism, bindings });
      await using server = await GssPeer.server({ users: users(), mechanism, bindings });
      await exchangeTokens(client, server);
      const others = text.encode('tls-server-end-point:other');
      await using wrong = await GssPeer.client({ users: users(), mechanism, bindings: others });
      await using strict = await GssPeer.server({ users: users(), mechanism, bindings });
      await assert.rejects(exchangeTokens(wrong, strict), PeerRefusal);
    });
  }
});
