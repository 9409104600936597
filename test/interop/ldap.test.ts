import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { Credential, type Protection, SaslClient } from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { LdapClient } from '../../examples/ldap/client.js';
import { createLdapResponder } from '../../examples/ldap/responder.js';
import { accounts, alice, bob, ivan, juergen, REALM } from '../peers/accounts.js';
import { type LdapWhoAmIOptions, ldapWhoAmI } from '../peers/ldap/ldapwhoami.js';
import { distinguishedName, Slapd } from '../peers/ldap/slapd.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';

const sspi = createEngine({ accounts: memoryAccounts(accounts), digest: { realms: [REALM] } });

describe('OpenLDAP’s ldapwhoami against the responder of the examples', () => {
  requirePeer('ldap-clients');
  const layers: string[] = [];
  const responder = usePeer(async () => {
    const credential = await Credential.acquire({ package: 'WDigest', use: 'inbound', sspi });
    const server = createLdapResponder({
      credentials: new Map([['DIGEST-MD5', credential]]),
      hosts: ['localhost'],
      bound: ({ layer }) => layers.push(layer),
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      port,
      uri: `ldap://localhost:${port}`,
      async [Symbol.asyncDispose]() {
        server.close();
        await credential.close();
      },
    };
  });
  const whoAmI = (options: Omit<LdapWhoAmIOptions, 'uri' | 'authid' | 'password'> & Partial<LdapWhoAmIOptions>) =>
    ldapWhoAmI({ uri: responder().uri, authid: 'alice', password: alice.password, ...options });
  beforeEach(() => {
    layers.length = 0;
  });

  for (const { ssf, layer } of [
    { ssf: 0, layer: 'none' },
    { ssf: 1, layer: 'integrity' },
    { ssf: 128, layer: 'confidentiality' },
  ]) {
    it(`binds with SSF ${ssf} and asks who it is through layer ${layer}`, async () => {
      const { code, stdout, stderr } = await whoAmI({ securityProperties: `minssf=${ssf},maxssf=${ssf}` });
      assert.equal(stdout, 'u:alice\n', stderr);
      assert.deepEqual([code, layers], [0, [layer]]);
    });
  }

  it('binds with SSF 112, which is 3des', async () => {
    const { stdout, stderr } = await whoAmI({ securityProperties: 'minssf=112,maxssf=112', desParityShim: true });
    assert.equal(stdout, 'u:alice\n', stderr);
    assert.deepEqual(layers, ['confidentiality']);
  });

  for (const { user, password } of [juergen, ivan]) {
    it(`binds ${user}`, async () => {
      const { stdout, stderr } = await whoAmI({ authid: user, password });
      assert.equal(stdout, `u:${user}\n`, stderr);
    });
  }

  for (const { what, options } of [
    { what: 'a wrong password', options: { password: 'pw-bob' } },
    { what: 'a user that is not there', options: { authid: 'mallory' } },
    { what: 'somebody who wants to act as somebody else', options: { authzid: 'u:bob' } },
    { what: 'a name by which nobody knows this host', options: { uri: 'other' } },
  ]) {
    it(`refuses ${what} with invalidCredentials`, async () => {
      const uri = 'uri' in options ? `ldap://127.0.0.1:${responder().port}` : responder().uri;
      const { code, stdout, stderr } = await whoAmI({ ...options, uri });
      assert.deepEqual([code, stdout, layers], [49, '', []]);
      assert.match(stderr, /Invalid credentials \(49\)/);
    });
  }

  it('lets a client name itself as the one to act as', async () => {
    const { stdout, stderr } = await whoAmI({ authzid: 'u:alice' });
    assert.equal(stdout, 'u:alice\n', stderr);
  });

  it('refuses a mechanism that it does not have, and a simple bind, with authMethodNotSupported', async () => {
    const { code } = await whoAmI({ mechanism: 'CRAM-MD5' });
    assert.equal(code, 7);
  });

  it('drops a connection that sends what is not LDAP', async () => {
    for (const bytes of [
      'GET / HTTP/1.1\r\n\r\n',
      '\x30\x84\x7f\xff\xff\xff',
      '\x30\x80\x00\x00',
      '\x30\x03\x02\x01\xff',
    ]) {
      const socket = connect(responder().port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(bytes, 'latin1');
      const received: Buffer[] = [];
      for await (const chunk of socket) received.push(chunk as Buffer);
      assert.equal(Buffer.concat(received).length, 0);
    }
  });
});

describe('the LDAP client of the examples against slapd', () => {
  requirePeer('slapd');
  const slapd = usePeer(() => Slapd.start());

  interface Bind {
    readonly user?: string;
    readonly password?: string;
    readonly request?: readonly Protection[];
    readonly authorizationId?: string;
    readonly maxBufferSize?: number;
  }

  async function bind({
    user = 'alice',
    password = alice.password,
    ...rest
  }: Bind): Promise<{ name: string; layer: string }> {
    const identity = { kind: 'password', user, password } as const;
    await using credential = await Credential.acquire({ package: 'WDigest', use: 'outbound', identity, sspi });
    const names = { service: 'ldap', host: 'localhost' };
    await using sasl = await SaslClient.create({ mechanism: 'DIGEST-MD5', credential, ...names, ...rest });
    const client = await LdapClient.connect(slapd().port, slapd().host);
    try {
      await client.bind('DIGEST-MD5', sasl);
      return { name: await client.whoAmI(), layer: sasl.layer };
    } finally {
      client.close();
    }
  }

  for (const { request, layer } of [
    { request: [], layer: 'none' },
    { request: ['integrity' as const], layer: 'integrity' },
    { request: ['confidentiality' as const], layer: 'confidentiality' },
  ]) {
    it(`binds and asks who it is through layer ${layer}`, async () => {
      assert.deepEqual(await bind({ request }), { name: `dn:${distinguishedName('alice')}`, layer });
    });
  }

  for (const { user, password } of [juergen, ivan]) {
    it(`binds ${user}`, async () => {
      assert.equal((await bind({ user, password })).name.toLowerCase(), `dn:${distinguishedName(user)}`.toLowerCase());
    });
  }

  it('takes answers in frames as small as it asked for', async () => {
    assert.deepEqual(await bind({ request: ['integrity'], maxBufferSize: 48 }), {
      name: `dn:${distinguishedName('alice')}`,
      layer: 'integrity',
    });
  });

  it('acts as somebody else where the directory lets it, and only there', async () => {
    const asAlice = { ...bob, authorizationId: `dn:${distinguishedName('alice')}` };
    assert.equal((await bind(asAlice)).name, `dn:${distinguishedName('alice')}`);
    const asBob = { authorizationId: `dn:${distinguishedName('bob')}` };
    // insufficientAccessRights: the password was right.
    await assert.rejects(bind(asBob), { code: 50 });
  });

  it('is refused with a wrong password', async () => {
    await assert.rejects(bind({ password: 'pw-bob' }), { code: 49 });
  });
});
