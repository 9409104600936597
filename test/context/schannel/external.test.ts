import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import {
  Credential,
  SaslClient,
  SaslServer,
  type SaslServerOptions,
  type SchannelStream,
  schannelAccept,
  schannelConnect,
} from 'secur32';
import { createEngine, memoryAccounts } from 'secur32/engine';
import { type CertificateName, identity, pem } from '../../engine/schannel/certificates.js';

const sspi = createEngine({
  accounts: memoryAccounts([
    { user: 'alice', domain: 'EXAMPLE', certificates: [pem('alice.pem')] },
    { user: 'bob', certificates: [pem('bob.pem')], disabled: true },
  ]),
});
const NAMES = { mechanism: 'EXTERNAL', service: 'ldap', host: 'localhost' } as const;

let outbound: Credential;
let inbound: Credential;
const open: { destroy(): void; on(event: 'error', listener: () => void): unknown }[] = [];

async function tcp(): Promise<[Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [[accepted]] = await Promise.all([once(server, 'connection') as Promise<[Socket]>, once(client, 'connect')]);
  server.close();
  open.push(client, accepted);
  return [client, accepted];
}

/** The server's end of a connection whose client has this certificate. */
async function connection(client?: CertificateName, trusted = true): Promise<SchannelStream> {
  const [a, b] = await tcp();
  const roots = trusted ? {} : { roots: [pem('self-signed.pem')] };
  const [stream, served] = await Promise.all([
    schannelConnect(a, { serverName: 'localhost', identity: identity(client ? [client] : []), sspi }),
    schannelAccept(b, { identity: identity(['server'], roots), sspi, clientCertificate: 'request' }),
  ]);
  open.unshift(stream, served);
  return served;
}

const saslServer = (options: Partial<SaslServerOptions>): Promise<SaslServer> =>
  SaslServer.create({ ...NAMES, credential: inbound, ...options });

describe('SASL EXTERNAL', () => {
  before(async () => {
    outbound = await Credential.acquire({ package: 'Schannel', use: 'outbound', identity: identity(), sspi });
    inbound = await Credential.acquire({ package: 'Schannel', use: 'inbound', identity: identity(['server']), sspi });
  });

  afterEach(() => {
    for (const each of open.splice(0)) {
      each.on('error', () => {});
      each.destroy();
    }
  });

  after(async () => {
    await outbound.close();
    await inbound.close();
  });

  it('is a profile of Schannel', async () => {
    assert.ok((await sspi.saslEnumerateProfiles()).includes('EXTERNAL'));
    assert.equal((await sspi.saslGetProfilePackage('EXTERNAL')).name, 'Schannel');
  });

  it('logs on whom the certificate belongs to, and as that one', async () => {
    const client = await SaslClient.create({ ...NAMES, credential: outbound });
    const server = await saslServer({ connection: await connection('alice') });
    const { token = new Uint8Array(0), done } = await client.step();
    assert.deepEqual([token.length, done], [0, true]);
    assert.deepEqual(await server.step(token), { done: true });
    assert.deepEqual(
      [server.identity.name, server.identity.domain, server.identity.package],
      ['alice', 'EXAMPLE', 'Schannel'],
    );
    assert.deepEqual([server.authorizationId, server.layer, client.layer], ['', 'none', 'none']);
    await Promise.all([client.close(), server.close()]);
  });

  it('asks with an empty challenge for a response that did not come at once', async () => {
    const client = await SaslClient.create({ ...NAMES, credential: outbound, authorizationId: 'alice' });
    const server = await saslServer({ connection: await connection('alice') });
    const challenge = await server.step();
    assert.deepEqual([challenge.token?.length, challenge.done], [0, false]);
    assert.throws(() => server.identity, { code: 'SEC_E_INVALID_HANDLE' });
    const { token } = await client.step(challenge.token);
    assert.equal(Buffer.from(token!).toString(), 'alice');
    assert.deepEqual(await server.step(token), { done: true });
    assert.equal(server.authorizationId, 'alice');
  });

  it('lets nobody act as somebody else unless `authorize` does', async () => {
    const served = await connection('alice');
    const response = Buffer.from('bob');
    await assert.rejects((await saslServer({ connection: served })).step(response), { code: 'SEC_E_LOGON_DENIED' });
    const server = await saslServer({
      connection: served,
      authorize: ({ authorizationId, identity: { name } }) => name === 'alice' && authorizationId === 'bob',
    });
    await server.step(response);
    assert.deepEqual([server.identity.name, server.authorizationId], ['alice', 'bob']);
  });

  it("refuses who has proven nothing: no certificate, an untrusted one, one that is nobody's, no connection", async () => {
    for (const served of [await connection(), await connection('alice', false), await connection('bob'), undefined]) {
      const server = await saslServer(served ? { connection: served } : {});
      await assert.rejects(server.step(new Uint8Array(0)), { code: 'SEC_E_LOGON_DENIED' });
      assert.equal(server.established, false);
    }
  });

  it('refuses a response that is no authorization identity', async () => {
    const served = await connection('alice');
    for (const response of [Buffer.from('a\0b'), Uint8Array.of(0xff)]) {
      await assert.rejects((await saslServer({ connection: served })).step(response), { code: 'SEC_E_INVALID_TOKEN' });
    }
    const client = await SaslClient.create({ ...NAMES, credential: outbound });
    await assert.rejects(client.step(Buffer.from('hello')), { code: 'SEC_E_INVALID_TOKEN' });
  });

  it('is over after its response', async () => {
    const server = await saslServer({ connection: await connection('alice') });
    await server.step(new Uint8Array(0));
    await assert.rejects(server.step(new Uint8Array(0)), { code: 'SEC_E_OUT_OF_SEQUENCE' });
  });

  it('goes over node:tls as well', async () => {
    const [a, b] = await tcp();
    const options = { key: pem('server.key'), cert: pem('server.pem'), ca: pem('ca.pem') };
    const { createServer: createTlsServer } = await import('node:tls');
    const tlsServer = createTlsServer({ ...options, requestCert: true });
    const secured = once(tlsServer, 'secureConnection') as Promise<[TLSSocket]>;
    tlsServer.emit('connection', b);
    const key = { key: pem('alice.key'), cert: pem('alice.pem') };
    open.unshift(tlsConnect({ socket: a, servername: 'localhost', ca: pem('ca.pem'), ...key }));
    const [socket] = await secured;
    const server = await saslServer({ connection: socket });
    await server.step(new Uint8Array(0));
    assert.equal(server.identity.name, 'alice');
  });
});
