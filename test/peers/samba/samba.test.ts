import assert from 'node:assert/strict';
import { alice, ivan, juergen } from '../accounts.js';
import { requirePeer, usePeer } from '../require-peer.js';
import { exchangeTokens } from '../run/exchange.js';
import { GensecPeer } from './gensec-peer.js';
import { NtlmAuth, NtlmAuthRefusal } from './ntlm-auth.js';
import { SambaConfig } from './samba-config.js';

const MECHANISMS = ['ntlmssp', 'spnego'] as const;

describe('the peers of Samba', () => {
  requirePeer('gensec', 'ntlm-auth');
  const config = usePeer(() => SambaConfig.create());

  for (const mechanism of MECHANISMS) {
    for (const account of [alice, juergen, ivan]) {
      it(`${mechanism}: GENSEC logs ${account.user} on to ntlm_auth`, async () => {
        await using client = await GensecPeer.client({ config: config(), mechanism, account });
        await using server = await NtlmAuth.server(mechanism, { config: config(), account });
        await exchangeTokens(client, server);
        assert.deepEqual(await client.sessionKey(), await server.sessionKey());
        assert.deepEqual(await client.features(), ['SIGN', 'SEAL', 'SESSION_KEY']);
      });
    }

    it(`${mechanism}: ntlm_auth logs on to ntlm_auth`, async () => {
      await using client = await NtlmAuth.client(mechanism, { config: config() });
      await using server = await NtlmAuth.server(mechanism, { config: config() });
      await exchangeTokens(client, server);
      if (mechanism === 'ntlmssp') assert.deepEqual(await client.sessionKey(), await server.sessionKey());
    });

    it(`${mechanism}: a wrong password is refused`, async () => {
      const account = { ...alice, password: 'wrong' };
      await using client = await GensecPeer.client({ config: config(), mechanism, account });
      await using server = await NtlmAuth.server(mechanism, { config: config() });
      await assert.rejects(exchangeTokens(client, server), NtlmAuthRefusal);
    });
  }
});
