import assert from 'node:assert/strict';
import { ISC_REQ, SECQOP } from 'secur32/raw';
import { type Account, accounts, alice } from '../peers/accounts.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { exchangeTokens } from '../peers/run/exchange.js';
import { type GensecFeature, GensecPeer } from '../peers/samba/gensec-peer.js';
import { NtlmAuth, NtlmAuthRefusal } from '../peers/samba/ntlm-auth.js';
import { SambaConfig } from '../peers/samba/samba-config.js';
import { LENGTHS, NtlmSide, type NtlmSideOptions, textOf } from './ntlm-side.js';

const WRONG: Account = { ...alice, password: 'pw-bob' };
const denied = { code: 'SEC_E_LOGON_DENIED' };
/** Parameters of smb.conf that make a client of the last century. */
const V1_ESS = { 'client ntlmv2 auth': 'no' };
const V1 = { ...V1_ESS, 'ntlmssp_client:ntlm2': 'no' };
const LM = { ...V1, 'client lanman auth': 'yes', 'client plaintext auth': 'no' };

describe('NTLM: Samba’s clients log on to ours', () => {
  requirePeer('gensec', 'ntlm-auth');
  const config = usePeer(() => SambaConfig.create());
  const gensec = (features: GensecFeature[], account: Account = alice, parameters: Record<string, string> = {}) =>
    GensecPeer.client({ config: config(), mechanism: 'ntlmssp', features, account, parameters });

  for (const account of accounts) {
    it(`${account.user}, with one session key on both sides`, async () => {
      await using client = await gensec(['SEAL', 'SESSION_KEY'], account);
      const server = new NtlmSide('server');
      await exchangeTokens(client, server);
      assert.equal(await server.userName(), account.user);
      assert.deepEqual(await server.sessionKey(), await client.sessionKey());
    });

    it(`${account.user} by ntlm_auth`, async () => {
      await using client = await NtlmAuth.client('ntlmssp', { config: config(), account });
      const server = new NtlmSide('server');
      await exchangeTokens(client, server);
      assert.deepEqual(await server.sessionKey(), await client.sessionKey());
    });
  }

  it('with a wrong password, or a name that there is not: denied', async () => {
    for (const account of [WRONG, { user: 'nobody', password: alice.password }]) {
      await using client = await gensec([], account);
      await assert.rejects(exchangeTokens(client, new NtlmSide('server')), denied);
      await using helper = await NtlmAuth.client('ntlmssp', { config: config(), account });
      await assert.rejects(exchangeTokens(helper, new NtlmSide('server')), denied);
    }
  });

  it('with a MIC, which servers may insist on', async () => {
    await using client = await gensec(['SIGN']);
    await exchangeTokens(client, new NtlmSide('server', { ntlm: { requireMic: true } }));
  });

  it('and seals messages of all lengths, both ways', async () => {
    await using client = await gensec(['SEAL']);
    const server = new NtlmSide('server');
    await exchangeTokens(client, server);
    await sealedBothWays(client, server);
  });

  it('and signs them', async () => {
    await using client = await gensec(['SIGN']);
    const server = new NtlmSide('server');
    await exchangeTokens(client, server);
    const { endpoint } = server;
    for (const length of LENGTHS) {
      const text = textOf(length);
      endpoint.verify(text, await client.sign(Buffer.from(text)));
      await client.check(Buffer.from(text), endpoint.sign(text));
      const wrapped = await client.wrap(Buffer.from(text));
      assert.deepEqual(endpoint.open(wrapped).text, text);
      const ours = endpoint.seal(text, SECQOP.WRAP_NO_ENCRYPT);
      assert.equal(Buffer.from(await client.unwrap(ours)).toString(), text);
    }
  });

  it('and, in LDAP’s style, seals what was to be signed', async () => {
    await using client = await gensec(['SIGN', 'LDAP_STYLE']);
    const server = new NtlmSide('server');
    await exchangeTokens(client, server);
    const { endpoint } = server;
    const wrapped = await client.wrap(Buffer.from('clear text'));
    assert.ok(!Buffer.from(wrapped).includes('clear text'));
    assert.deepEqual(endpoint.open(wrapped), { text: 'clear text', qop: 0 });
    assert.equal(Buffer.from(await client.unwrap(endpoint.seal('an answer'))).toString(), 'an answer');
  });

  it('and a changed message is noticed on either side', async () => {
    await using client = await gensec(['SEAL']);
    const server = new NtlmSide('server');
    await exchangeTokens(client, server);
    const message = await client.wrap(Buffer.from('attack at dawn'));
    message[20]! ^= 1;
    assert.throws(() => server.endpoint.open(message), { code: 'SEC_E_MESSAGE_ALTERED' });
    const ours = server.endpoint.seal('attack at dusk');
    ours[20]! ^= 1;
    await assert.rejects(client.unwrap(ours));
  });

  describe('NTLMv1', () => {
    for (const [name, parameters] of Object.entries({
      'with extended session security': V1_ESS,
      without: V1,
      'with an LM response': LM,
    })) {
      it(`${name}: refused, unless the option lets it in`, async () => {
        await using refused = await gensec([], alice, parameters);
        await assert.rejects(exchangeTokens(refused, new NtlmSide('server')), { code: 'SEC_E_UNSUPPORTED_FUNCTION' });
        const ntlm = { dangerouslyAcceptNtlmV1: true, dangerouslyAllowWeakKeys: true };
        await using wrong = await gensec([], WRONG, parameters);
        await assert.rejects(exchangeTokens(wrong, new NtlmSide('server', { ntlm })), denied);
        await using client = await gensec(['SEAL', 'SESSION_KEY'], alice, parameters);
        const server = new NtlmSide('server', { ntlm });
        await exchangeTokens(client, server);
        assert.deepEqual(await server.sessionKey(), await client.sessionKey());
        await sealedBothWays(client, server);
      });
    }
  });
});

describe('NTLM: ours logs on to Samba’s ntlm_auth', () => {
  requirePeer('ntlm-auth');
  const config = usePeer(() => SambaConfig.create());
  const logOn = async (options: NtlmSideOptions, account: Account = alice) => {
    await using server = await NtlmAuth.server('ntlmssp', { config: config(), account });
    const client = new NtlmSide('client', { account, ...options });
    await exchangeTokens(client, server);
    assert.deepEqual(await client.sessionKey(), await server.sessionKey());
  };

  for (const account of accounts) {
    it(`${account.user}, with one session key on both sides`, async () => {
      for (const contextReq of [0, ISC_REQ.INTEGRITY, ISC_REQ.CONFIDENTIALITY])
        await logOn({ account, contextReq }, account);
    });
  }

  it('with a wrong password: refused', async () => {
    await assert.rejects(logOn({ account: WRONG }), NtlmAuthRefusal);
  });

  it('with a MIC, which it checks', async () => {
    await using server = await NtlmAuth.server('ntlmssp', { config: config() });
    const client = new NtlmSide('client', { contextReq: ISC_REQ.INTEGRITY });
    const challenge = await server.step((await client.step()).token);
    const { token } = await client.step(challenge.token);
    const mic = token!.subarray(72, 88);
    assert.ok(mic.some(byte => byte !== 0));
    mic[0]! ^= 1;
    await assert.rejects(server.step(token), NtlmAuthRefusal);
  });

  for (const [name, ntlm] of Object.entries({
    'NTLMv1 with extended session security': { dangerouslySendNtlmV1: true },
    'NTLMv1 with an LM response': {
      dangerouslySendNtlmV1: true,
      dangerouslySendLm: true,
      dangerouslyAllowWeakKeys: true,
    },
  })) {
    it(`by ${name}, where both sides are asked to`, async () => {
      for (const contextReq of [0, ISC_REQ.CONFIDENTIALITY]) await logOn({ ntlm, contextReq });
      await assert.rejects(logOn({ ntlm, account: WRONG }), NtlmAuthRefusal);
    });
  }
});

async function sealedBothWays(client: GensecPeer, server: NtlmSide): Promise<void> {
  const { endpoint } = server;
  for (let turn = 0; turn < 60; turn++) {
    const text = textOf(LENGTHS[turn % LENGTHS.length]!);
    assert.equal(endpoint.open(await client.wrap(Buffer.from(text))).text, text);
    assert.equal(Buffer.from(await client.unwrap(endpoint.seal(text))).toString(), text);
  }
}
