import assert from 'node:assert/strict';
import { winbindAccounts } from 'secur32/engine';
import { ISC_REQ } from 'secur32/raw';
import { nodeEnvironment } from '#dist/engine/environment.js';
import { type Account, accounts, alice } from '../peers/accounts.js';
import { requirePeer, requireRoot, usePeer } from '../peers/require-peer.js';
import { exchangeTokens } from '../peers/run/exchange.js';
import { SambaAd } from '../peers/samba-ad/samba-ad.js';
import { LENGTHS, NtlmSide, type NtlmSideOptions, textOf } from './ntlm-side.js';

const WRONG: Account = { ...alice, password: 'pw-bob' };
const denied = { code: 'SEC_E_LOGON_DENIED' };

describe('NTLM: accounts of a domain, by winbindd', function () {
  this.timeout(120_000);
  requirePeer('samba-ad', 'ntlm-auth');
  requireRoot();
  const dc = usePeer(() => SambaAd.start());

  /** As `winbindAccounts()` on a machine of the domain: the way to winbindd is in the environment here. */
  const domainAccounts = (options: { readonly programs?: number } = {}) => {
    const { startProgram } = nodeEnvironment();
    const variables = Object.entries(dc().env).map(([name, value]) => `${name}=${value}`);
    return winbindAccounts(
      { configFile: dc().config.path, ...options },
      { startProgram: (command, args) => startProgram('env', [...variables, command, ...args]) },
    );
  };
  const logOn = async (client: NtlmSideOptions, store = domainAccounts()) => {
    const server = new NtlmSide('server', { store });
    const side = new NtlmSide('client', { domain: dc().domain, contextReq: ISC_REQ.CONFIDENTIALITY, ...client });
    await exchangeTokens(side, server);
    assert.deepEqual(await server.sessionKey(), await side.sessionKey());
    return { client: side, server };
  };

  for (const account of accounts) {
    it(account.user, async () => {
      const { client, server } = await logOn({ account });
      assert.equal(await server.userName(), `${dc().domain}\\${account.user}`);
      for (const length of LENGTHS) {
        const text = textOf(length);
        assert.equal(server.endpoint.open(client.endpoint.seal(text)).text, text);
        assert.equal(client.endpoint.open(server.endpoint.seal(text)).text, text);
      }
    });
  }

  it('by the name of the domain in DNS, by user@domain, and by no domain', async () => {
    await logOn({ domain: 'ad.example' });
    await logOn({ domain: '', account: { ...alice, user: 'alice@ad.example' } });
    await logOn({ domain: '' });
  });

  it('is denied with a wrong password, for a user that there is not, and for half a name', async () => {
    const store = domainAccounts();
    await assert.rejects(logOn({ account: WRONG }, store), denied);
    await assert.rejects(logOn({ account: { user: 'nobody', password: alice.password } }, store), denied);
    await assert.rejects(logOn({ account: { user: 'alice\0', password: alice.password } }, store), denied);
    await assert.rejects(logOn({ account: { user: 'alice\n.\n', password: alice.password } }, store), denied);
    await logOn({}, store);
  });

  it('many at the same time, by two programs', async () => {
    const store = domainAccounts({ programs: 2 });
    await Promise.all(Array.from({ length: 12 }, () => logOn({}, store)));
  });

  it('a MIC that does not match is still refused', async () => {
    const server = new NtlmSide('server', { store: domainAccounts() });
    const client = new NtlmSide('client', { domain: dc().domain });
    const challenge = await server.step((await client.step()).token);
    const { token } = await client.step(challenge.token);
    token![64]! ^= 1;
    await assert.rejects(server.step(token), { code: 'SEC_E_MESSAGE_ALTERED' });
  });

  it('a machine without winbindd has nobody to ask', async () => {
    const store = winbindAccounts({ configFile: dc().config.path });
    await assert.rejects(logOn({}, store), { code: 'SEC_E_NO_AUTHENTICATING_AUTHORITY' });
  });
});
