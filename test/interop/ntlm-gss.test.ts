import assert from 'node:assert/strict';
import { ASC_REQ, channelBindings, ISC_REQ, SECBUFFER, SECPKG_ATTR, type SecBuffer } from 'secur32/raw';
import { type Account, accounts, alice } from '../peers/accounts.js';
import { type GssFlag, GssPeer } from '../peers/gss/gss-peer.js';
import { GssUsers } from '../peers/gss/gss-users.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { exchangeTokens } from '../peers/run/exchange.js';
import { PeerRefusal } from '../peers/run/json-process.js';
import { LENGTHS, NtlmSide, type NtlmSideOptions, textOf } from './ntlm-side.js';

const WRONG: Account = { ...alice, password: 'pw-bob' };
const OURS = Buffer.from('tls-server-end-point:ours');
const THEIRS = Buffer.from('tls-server-end-point:theirs');
/** It has no use for a message without any bytes. */
const SOME = LENGTHS.filter(length => length > 0);
const SEALED: GssFlag[] = ['confidentiality', 'integrity'];

const bindings = (applicationData: Uint8Array): SecBuffer[] => [
  { type: SECBUFFER.CHANNEL_BINDINGS, data: channelBindings({ applicationData }) },
];

describe('NTLM: gss-ntlmssp logs on to ours', () => {
  requirePeer('gss-ntlmssp');
  const users = usePeer(() => GssUsers.create());
  const clientOf = (account: Account = alice, flags: GssFlag[] = SEALED, more: { bindings?: Uint8Array } = {}) =>
    GssPeer.client({ users: users(), mechanism: 'ntlm', account, flags, ...more });

  for (const account of accounts) {
    it(account.user, async () => {
      await using client = await clientOf(account);
      const server = new NtlmSide('server');
      await exchangeTokens(client, server);
      assert.equal(await server.userName(), account.user);
      const { targetName } = await server.endpoint.attribute(SECPKG_ATTR.CLIENT_SPECIFIED_TARGET);
      assert.equal(targetName, 'HTTP/localhost');
    });
  }

  it('with a wrong password: denied', async () => {
    await using client = await clientOf(WRONG);
    await assert.rejects(exchangeTokens(client, new NtlmSide('server')), { code: 'SEC_E_LOGON_DENIED' });
  });

  it('and seals messages of all lengths, both ways', async () => {
    await using client = await clientOf();
    const server = new NtlmSide('server');
    await exchangeTokens(client, server);
    await protectedBothWays(client, server);
  });

  it('and signs them', async () => {
    await using client = await clientOf(alice, ['integrity']);
    const server = new NtlmSide('server');
    await exchangeTokens(client, server);
    await signedBothWays(client, server);
  });

  it('with the same channel bindings, and not with others', async () => {
    await using client = await clientOf(alice, SEALED, { bindings: OURS });
    await exchangeTokens(client, new NtlmSide('server', { input: bindings(OURS) }));
    await using other = await clientOf(alice, SEALED, { bindings: THEIRS });
    await assert.rejects(exchangeTokens(other, new NtlmSide('server', { input: bindings(OURS) })), {
      code: 'SEC_E_BAD_BINDINGS',
    });
  });

  it('without bindings only where that is allowed', async () => {
    await using client = await clientOf();
    await assert.rejects(exchangeTokens(client, new NtlmSide('server', { input: bindings(OURS) })), {
      code: 'SEC_E_BAD_BINDINGS',
    });
    await using again = await clientOf();
    const contextReq = ASC_REQ.ALLOW_MISSING_BINDINGS;
    await exchangeTokens(again, new NtlmSide('server', { input: bindings(OURS), contextReq }));
  });
});

describe('NTLM: ours logs on to gss-ntlmssp', () => {
  requirePeer('gss-ntlmssp');
  const users = usePeer(() => GssUsers.create());
  const logOn = async (options: NtlmSideOptions, own?: Uint8Array) => {
    const server = await GssPeer.server({ users: users(), mechanism: 'ntlm', ...(own && { bindings: own }) });
    try {
      const client = new NtlmSide('client', {
        domain: users().domain,
        contextReq: ISC_REQ.CONFIDENTIALITY,
        ...options,
      });
      await exchangeTokens(client, server);
      return { client, server };
    } catch (error) {
      await server.close();
      throw error;
    }
  };

  for (const account of accounts) {
    it(account.user, async () => {
      const { server } = await logOn({ account });
      await server.close();
    });
  }

  it('with a wrong password: refused', async () => {
    await assert.rejects(logOn({ account: WRONG }), PeerRefusal);
  });

  it('and seals messages of all lengths, both ways', async () => {
    const { client, server } = await logOn({});
    await protectedBothWays(server, client);
    await server.close();
  });

  it('and signs them', async () => {
    const { client, server } = await logOn({ contextReq: ISC_REQ.INTEGRITY });
    await signedBothWays(server, client);
    await server.close();
  });

  it('with the same channel bindings, and not with others', async () => {
    const { server } = await logOn({ input: bindings(OURS) }, OURS);
    await server.close();
    await assert.rejects(logOn({ input: bindings(THEIRS) }, OURS), PeerRefusal);
    // It takes clients without any, as the Windows of its time did.
    const { server: lenient } = await logOn({}, OURS);
    await lenient.close();
  });
});

async function protectedBothWays(peer: GssPeer, { endpoint }: NtlmSide): Promise<void> {
  for (let turn = 0; turn < 60; turn++) {
    const text = textOf(SOME[turn % SOME.length]!);
    const data = Buffer.from(text);
    assert.equal(endpoint.open(await peer.wrap(data)).text, text);
    assert.equal(Buffer.from(await peer.unwrap(endpoint.seal(text))).toString(), text);
    endpoint.verify(text, await peer.mic(data));
    await peer.verify(data, endpoint.sign(text));
  }
}

async function signedBothWays(peer: GssPeer, { endpoint }: NtlmSide): Promise<void> {
  for (const length of SOME) {
    const text = textOf(length);
    endpoint.verify(text, await peer.mic(Buffer.from(text)));
    await peer.verify(Buffer.from(text), endpoint.sign(text));
  }
}
