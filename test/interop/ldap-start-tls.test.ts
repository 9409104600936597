import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { Credential, type SchannelAcceptOptions, type SchannelStream, schannelAccept, schannelConnect } from 'secur32';
import { LdapClient } from '../../examples/ldap/client.js';
import { encodeExtendedRequest, encodeMessage, START_TLS, WHO_AM_I } from '../../examples/ldap/messages.js';
import { createLdapResponder } from '../../examples/ldap/responder.js';
import { whoAmI } from '../../examples/ldap/who-am-i.js';
import { type CertificateName, certificateFile, identity } from '../engine/schannel/certificates.js';
import { Slapd } from '../peers/ldap/slapd.js';
import { requirePeer, usePeer } from '../peers/require-peer.js';
import { runCommand } from '../peers/run/run-command.js';
import { CA, dial, outbound, sspi } from './schannel-ends.js';

/** The responder of the examples, with StartTLS and EXTERNAL. */
async function startResponder(options: Partial<SchannelAcceptOptions> = { clientCertificate: 'request' }) {
  const inbound = { package: 'Schannel', use: 'inbound', identity: identity(['server']), sspi } as const;
  const credential = await Credential.acquire(inbound);
  const secured: SchannelStream[] = [];
  const server = createLdapResponder({
    credentials: new Map([['EXTERNAL', credential]]),
    hosts: ['localhost', '127.0.0.1'],
    startTls: async (socket, head) => {
      const stream = await schannelAccept(socket, { credential, head, ...options });
      secured.push(stream);
      return stream;
    },
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    secured,
    async [Symbol.asyncDispose]() {
      server.close();
      await credential.close();
    },
  };
}

/** `ldapwhoami -ZZ -Y EXTERNAL`. The address is in the server's certificate; for `localhost` OpenLDAP looks for the host's own name. */
function ldapWhoAmI(port: number, certificate?: CertificateName, ...args: string[]) {
  const own = certificate && {
    LDAPTLS_CERT: certificateFile(`${certificate}.pem`),
    LDAPTLS_KEY: certificateFile(`${certificate}.key`),
  };
  const command = ['-Q', '-N', '-o', 'nettimeout=20', '-H', `ldap://127.0.0.1:${port}`, '-ZZ', '-Y', 'EXTERNAL'];
  const env = { LDAPTLS_CACERT: CA, LDAPTLS_REQCERT: 'demand', ...own };
  return runCommand('ldapwhoami', [...command, ...args], { env });
}

describe('StartTLS and EXTERNAL: OpenLDAP’s ldapwhoami against the responder of the examples', () => {
  requirePeer('ldap-clients');
  const responder = usePeer(startResponder);

  it('binds as the owner of the certificate', async () => {
    const { code, stdout, stderr } = await ldapWhoAmI(responder().port, 'alice');
    assert.deepEqual([stdout, code], ['u:alice\n', 0], stderr);
    assert.equal(responder().secured.at(-1)?.facts.identity?.name, 'alice');
  });

  it('lets a client name itself as the one to act as, and nobody else', async () => {
    const same = await ldapWhoAmI(responder().port, 'alice', '-X', 'u:alice');
    assert.deepEqual([same.stdout, same.code], ['u:alice\n', 0], same.stderr);
    const other = await ldapWhoAmI(responder().port, 'alice', '-X', 'u:bob');
    assert.deepEqual([other.stdout, other.code], ['', 49], other.stderr);
  });

  it('refuses a certificate that is nobody’s, one that is not trusted, and none', async () => {
    for (const certificate of ['bob', 'self-signed', undefined] as const) {
      const { code, stdout, stderr } = await ldapWhoAmI(responder().port, certificate);
      assert.equal(stdout, '', certificate);
      assert.match(stderr, /Invalid credentials \(49\)|EXTERNAL|Unknown authentication/, certificate);
      assert.notEqual(code, 0);
    }
  });

  it('is not believed by a client that does not trust its authority', async () => {
    const env = { LDAPTLS_CACERT: certificateFile('self-signed.pem'), LDAPTLS_REQCERT: 'demand' };
    const target = ['-H', `ldap://127.0.0.1:${responder().port}`, '-ZZ'];
    const { code, stderr } = await runCommand('ldapwhoami', ['-x', '-N', ...target], { env });
    assert.notEqual(code, 0);
    assert.match(stderr, /ldap_start_tls/);
  });
});

describe('StartTLS: the responder of the examples', () => {
  const responder = usePeer(startResponder);
  const request = (id: number, name: string) => encodeMessage(id, encodeExtendedRequest(name));

  it('never takes what comes behind the request in the clear for LDAP', async () => {
    const socket = connect(responder().port, '127.0.0.1');
    socket.write(Buffer.concat([request(1, START_TLS), request(2, WHO_AM_I)]));
    // The answer to the first request, and an alert or an end: no second answer.
    const heard = Buffer.from(await text(socket), 'utf8').toString('latin1');
    assert.equal(heard.indexOf('\x02\x01\x02'), -1);
    assert.ok(heard.startsWith('0\x0c\x02\x01\x01\x78'), Buffer.from(heard, 'latin1').toString('hex'));
  });

  it('and its client: binds by the certificate, and not by one that is nobody’s', async () => {
    await using alice = await outbound(['alice']);
    assert.equal(await whoAmI(alice, 'localhost', responder().port), 'u:alice');
    await using bob = await outbound(['bob']);
    await assert.rejects(whoAmI(bob, 'localhost', responder().port), { code: 49 });
  });

  it('is not to be had twice', async () => {
    const client = await LdapClient.connect(responder().port, '127.0.0.1');
    const secure = (socket: Socket) => schannelConnect(socket, { serverName: 'localhost', identity: identity(), sspi });
    await client.startTls(secure);
    assert.equal(await client.whoAmI(), '');
    await assert.rejects(client.startTls(secure), { code: 1 });
    assert.equal(await client.whoAmI(), '');
    client.close();
  });
});

describe('StartTLS and EXTERNAL: the LDAP client of the examples against slapd', () => {
  requirePeer('slapd');
  const files = { certificate: certificateFile('server.pem'), key: certificateFile('server.key'), authority: CA };
  const slapd = usePeer(() => Slapd.start({ tls: { ...files, startTls: true } }));

  it('binds as the owner of the certificate', async () => {
    await using credential = await outbound(['alice']);
    assert.match(await whoAmI(credential, '127.0.0.1', slapd().port), /^dn:.*cn=alice/i);
  });

  it('is refused without a certificate', async () => {
    const client = await LdapClient.connect(slapd().port, '127.0.0.1');
    const refused = async (): Promise<void> => {
      await client.startTls(socket => schannelConnect(socket, { serverName: 'localhost', identity: identity(), sspi }));
      await client.whoAmI();
    };
    // In TLS 1.3 the client's handshake is through before slapd hangs up, and what it says to that may get lost.
    await assert.rejects(refused());
    while (!slapd().log().includes('TLS negotiation failure')) await delay(20);
    client.close();
  });

  it('speaks LDAP and no TLS before it is asked to', async () => {
    await assert.rejects(dial(slapd().port, { handshakeTimeout: 5 }), { code: /^SEC_E_/ });
  });
});
