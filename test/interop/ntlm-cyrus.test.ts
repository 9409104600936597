import assert from 'node:assert/strict';
import { type Account, alice, bob, REALM } from '../peers/accounts.js';
import { CyrusDatabase } from '../peers/cyrus/cyrus-database.js';
import { CyrusPeer } from '../peers/cyrus/cyrus-peer.js';
import { CyrusError } from '../peers/cyrus/cyrus-status.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { exchangeTokens, type Party } from '../peers/run/exchange.js';
import { NtlmSide } from './ntlm-side.js';

const WRONG: Account = { ...alice, password: 'pw-bob' };

/** libsasl2's mechanism NTLM, whose tokens are NTLM's own. It knows neither AV pairs nor protection of messages. */
class CyrusParty implements Party {
  readonly #peer: CyrusPeer;
  #begun = false;

  constructor(peer: CyrusPeer) {
    this.#peer = peer;
  }

  async step(token?: Uint8Array) {
    const first = !this.#begun;
    this.#begun = true;
    return first ? this.#peer.start('NTLM', token) : this.#peer.step(token);
  }
}

describe('NTLM: libsasl2 logs on to ours', () => {
  requirePeer('cyrus');
  const logOn = async ({ user, password }: Account, server: NtlmSide) => {
    await using peer = await CyrusPeer.client({ authid: user, password });
    await exchangeTokens(new CyrusParty(peer), server);
  };

  it('is refused: it speaks NTLMv1', async () => {
    await assert.rejects(logOn(alice, new NtlmSide('server')), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
  });

  it('with the right password, where NTLMv1 is let in', async () => {
    const ntlm = { dangerouslyAcceptNtlmV1: true };
    for (const account of [alice, bob]) {
      const server = new NtlmSide('server', { ntlm });
      await logOn(account, server);
      assert.equal(await server.userName(), account.user);
    }
    await assert.rejects(logOn(WRONG, new NtlmSide('server', { ntlm })), { code: 'SEC_E_LOGON_DENIED' });
  });
});

describe('NTLM: ours logs on to libsasl2', () => {
  requirePeer('cyrus');
  const database = usePeer(() => CyrusDatabase.create());
  const logOn = async (account: Account) => {
    await using peer = await CyrusPeer.server({ database: database() });
    await exchangeTokens(new NtlmSide('client', { account, domain: '' }), new CyrusParty(peer));
    return (await peer.props()).user;
  };

  it('with the right password, by NTLMv2 although the server tells nothing of itself', async () => {
    for (const account of [alice, bob]) assert.equal(await logOn(account), `${account.user}@${REALM}`);
  });

  it('is refused with a wrong one', async () => {
    await assert.rejects(logOn(WRONG), CyrusError);
  });
});
