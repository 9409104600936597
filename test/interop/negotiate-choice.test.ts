import assert from 'node:assert/strict';
import { memoryAccounts } from 'secur32/engine';
import { SECPKG_ATTR, tokenBuffer } from 'secur32/raw';
import { nodeEnvironment } from '#dist/engine/environment.js';
import { decodeNegotiationToken } from '#dist/engine/negotiate/messages/negotiation-token.js';
import { Ntlm } from '#dist/engine/ntlm/ntlm.js';
import type { SecurityPackage } from '#dist/engine/security-package.js';
import { Side } from '../engine/negotiate/negotiation.js';
import { ToyPackage } from '../engine/negotiate/toy-package.js';
import { accounts, alice } from '../peers/accounts.js';
import { GssPeer } from '../peers/gss/gss-peer.js';
import { GssUsers } from '../peers/gss/gss-users.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { exchangeTokens, type Party } from '../peers/run/exchange.js';
import { GensecPeer } from '../peers/samba/gensec-peer.js';
import { NtlmAuth } from '../peers/samba/ntlm-auth.js';
import { SambaConfig } from '../peers/samba/samba-config.js';

// A mechanism that nobody else knows stands before NTLM: so the other side has to choose the second, and to have the list signed.
const ntlm = (): Ntlm =>
  new Ntlm({
    environment: nodeEnvironment(),
    accounts: memoryAccounts(accounts.map(each => ({ ...each }))),
    options: {},
  });
const unknown = (): ToyPackage => new ToyPackage({ name: 'A', oids: ['1.2.3.1'], tokens: 3, integrity: true });
const authData = { kind: 'password', domain: 'TESTDOM', ...alice } as const;

class SideParty implements Party {
  readonly side: Side<SecurityPackage>;

  constructor(role: 'client' | 'server') {
    const packages = [unknown(), ntlm()];
    this.side = new Side<SecurityPackage>(
      role,
      packages,
      role === 'client' ? { authData, target: 'HTTP/localhost' } : {},
    );
  }

  async step(token?: Uint8Array) {
    const made = await this.side.step(token);
    return { done: this.side.done, ...(made.length > 0 && { token: made }) };
  }

  /** A message of ours, sealed: the signature and then the text. */
  async seal(text: Uint8Array): Promise<Uint8Array> {
    const buffers = [tokenBuffer(new Uint8Array(16)), { type: 1, data: Uint8Array.from(text) }];
    const sealed = await this.side.context!.encryptMessage!({ buffers });
    return Buffer.concat(sealed.map(({ data }) => data));
  }
}

function describeTokens(tokens: readonly Uint8Array[]): string[] {
  return tokens.map(token => {
    const decoded = decodeNegotiationToken(token);
    if (decoded.kind === 'init') return `init of ${decoded.init.mechTypes.oids.length}`;
    const { negState, supportedMech, responseToken, mechListMic } = decoded.resp;
    return [
      negState === undefined ? 'no state' : (['completed', 'incomplete', 'reject', 'request-mic'] as const)[negState],
      supportedMech && 'mech',
      responseToken && 'token',
      mechListMic && 'mic',
    ]
      .filter(Boolean)
      .join(' ');
  });
}

describe('Negotiate: another mechanism than the first', () => {
  describe('with MIT libgssapi and gss-ntlmssp', () => {
    requirePeer('gss-ntlmssp');
    const users = usePeer(() => GssUsers.create());

    it('its server chooses NTLM out of our list, and both sign the list', async () => {
      const client = new SideParty('client');
      await using server = await GssPeer.server({ users: users(), mechanism: 'spnego' });
      assert.deepEqual(describeTokens(await exchangeTokens(client, server)), [
        'init of 2',
        'request-mic mech',
        'incomplete token',
        'incomplete token',
        'incomplete token mic',
        'completed mic',
      ]);
      assert.deepEqual(
        await server.unwrap(await client.seal(Buffer.from('hello'))),
        new Uint8Array(Buffer.from('hello')),
      );
      client.side.close();
    });

    it('we choose NTLM where it is not what we like best, and its client signs the list', async () => {
      await using client = await GssPeer.client({ users: users(), mechanism: 'spnego' });
      const server = new SideParty('server');
      assert.deepEqual(describeTokens(await exchangeTokens(client, server)), [
        'init of 1',
        'request-mic mech token',
        'incomplete token mic',
        'completed mic',
      ]);
      assert.deepEqual(
        await client.unwrap(await server.seal(Buffer.from('hello'))),
        new Uint8Array(Buffer.from('hello')),
      );
      server.side.close();
    });
  });

  describe('with Samba', () => {
    requirePeer('gensec', 'ntlm-auth');
    const config = usePeer(() => SambaConfig.create());

    it('its server chooses NTLM out of our list, and both sign the list', async () => {
      const client = new SideParty('client');
      await using server = await NtlmAuth.server('spnego', { config: config() });
      assert.deepEqual(describeTokens(await exchangeTokens(client, server)), [
        'init of 2',
        'request-mic mech',
        'incomplete token',
        // It names the mechanism once more, which changes nothing ([MS-SPNG] 3.3.5).
        'incomplete mech token',
        'incomplete token mic',
        'completed mic',
      ]);
      const { sessionKey } = client.side.context!.queryAttribute(SECPKG_ATTR.SESSION_KEY) as { sessionKey: Uint8Array };
      assert.deepEqual(sessionKey, await server.sessionKey());
      client.side.close();
    });

    it('we choose NTLM where it is not what we like best, and its client signs the list', async () => {
      await using client = await GensecPeer.client({ config: config(), mechanism: 'spnego' });
      const server = new SideParty('server');
      await exchangeTokens(client, server);
      assert.deepEqual(
        await client.unwrap(await server.seal(Buffer.from('hello'))),
        new Uint8Array(Buffer.from('hello')),
      );
      server.side.close();
    });
  });
});
