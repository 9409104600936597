import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { Credential, connectionBindings, SaslClient } from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { channelBindings } from 'secur32/raw';
import { LdapClient, LdapError } from '../../examples/ldap/client.js';
import { createLdapResponder } from '../../examples/ldap/responder.js';
import { accounts, alice } from '../peers/accounts.js';
import { GssUsers } from '../peers/gss/gss-users.js';
import { ldapWhoAmI } from '../peers/ldap/ldapwhoami.js';
import { Slapd } from '../peers/ldap/slapd.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { TlsCertificate } from '../peers/tls-certificate.js';

const DOMAIN = 'TESTDOM';
const MECHANISM = 'GSS-SPNEGO';
const sspi = createEngine({
  accounts: memoryAccounts(accounts.map(account => ({ ...account, domain: DOMAIN }))),
  negotiate: { packages: ['NTLM'] },
});

describe('GSS-SPNEGO inside TLS, bound to it', () => {
  requirePeer('ldap-clients', 'cyrus-gssapi', 'gss-ntlmssp');
  const certificate = usePeer(() => TlsCertificate.create());
  const users = usePeer(() => GssUsers.create({ accounts: [alice] }));

  /** An LDAPS server of ours; `bindings` is what it takes for its channel. */
  async function serve(bindings: Uint8Array) {
    const credential = await Credential.acquire({ package: 'Negotiate', use: 'inbound', sspi });
    const responder = createLdapResponder({
      credentials: new Map([[MECHANISM, credential]]),
      hosts: ['localhost'],
      channelBindings: channelBindings({ applicationData: bindings }),
    });
    const { certificate: cert, key } = certificate();
    const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, socket =>
      responder.emit('connection', socket),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return {
      uri: `ldaps://localhost:${(server.address() as AddressInfo).port}`,
      async [Symbol.asyncDispose]() {
        server.close();
        await credential.close();
      },
    };
  }

  async function whoAmI(bindings: Uint8Array, type: string) {
    await using server = await serve(bindings);
    return await ldapWhoAmI({
      uri: server.uri,
      mechanism: MECHANISM,
      authid: alice.user,
      password: alice.password,
      // It looks for the machine's own name in the certificate where it was told localhost.
      settings: { TLS_REQCERT: 'never', SASL_CBINDING: type },
      env: users().env,
    });
  }

  it('ldapwhoami binds to the server of the certificate', async () => {
    const { stdout, stderr } = await whoAmI(certificate().endPointBindings, 'tls-endpoint');
    assert.equal(stdout, 'u:alice\n', stderr);
  });

  it('not to one that stands behind another', async () => {
    const { code, stderr } = await whoAmI(Buffer.from('tls-server-end-point:another'), 'tls-endpoint');
    assert.equal(code, 49);
    assert.match(stderr, /SEC_E_BAD_BINDINGS/);
  });

  it('nor without any bindings', async () => {
    const { code, stderr } = await whoAmI(certificate().endPointBindings, 'none');
    assert.equal(code, 49);
    assert.match(stderr, /SEC_E_BAD_BINDINGS/);
  });
});

describe('GSS-SPNEGO inside TLS: ours binds to OpenLDAP’s server, which is bound to it', () => {
  requirePeer('slapd', 'cyrus-gssapi', 'gss-ntlmssp');
  const certificate = usePeer(() => TlsCertificate.create());
  const users = usePeer(() => GssUsers.create({ accounts: [alice] }));
  const slapd = usePeer(() =>
    Slapd.start({
      env: users().env,
      tls: { certificate: certificate().certificate, key: certificate().key },
      channelBinding: 'tls-endpoint',
    }),
  );

  async function whoAmI(bindingsOf: (socket: TLSSocket) => Promise<Uint8Array>): Promise<string> {
    const socket = connect({
      host: slapd().host,
      port: slapd().port,
      servername: 'localhost',
      ca: readFileSync(certificate().certificate),
    });
    await once(socket, 'secureConnect');
    const client = LdapClient.over(socket);
    const identity = { kind: 'password', domain: DOMAIN, ...alice } as const;
    await using credential = await Credential.acquire({ package: 'Negotiate', use: 'outbound', identity, sspi });
    await using sasl = await SaslClient.create({
      mechanism: MECHANISM,
      credential,
      service: 'ldap',
      host: 'localhost',
      request: [],
      channelBindings: await bindingsOf(socket),
    });
    try {
      await client.bind(MECHANISM, sasl);
      return await client.whoAmI();
    } finally {
      client.close();
    }
  }

  it('with the bindings of the connection', async () => {
    assert.match(await whoAmI(socket => connectionBindings(socket, { role: 'client' })), /^dn:uid=testdom\\5Calice,/i);
  });

  it('not with those of another', async () => {
    const other = channelBindings({ applicationData: Buffer.from('tls-server-end-point:another') });
    await assert.rejects(
      whoAmI(async () => other),
      (error: unknown) => error instanceof LdapError && error.code === 49,
    );
  });
});
