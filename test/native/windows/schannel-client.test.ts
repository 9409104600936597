import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import process from 'node:process';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { AcquireCredentialsCall, CredHandle } from 'secur32/raw';
import { SCH_CRED, SECBUFFER, SECPKG_ATTR } from 'secur32/raw';
import { describeOnWindows } from '../describe-on-windows.js';
import { SocketStream } from './byte-stream.js';
import { SchannelConnection } from './schannel-loop.js';
import { type SelfSigned, selfSigned } from './self-signed.js';
import { releaseTable } from './tables.js';

describeOnWindows('a Schannel client and a server of OpenSSL', () => {
  const sspi = releaseTable();
  let own: SelfSigned;
  let server: Server;
  let credential: CredHandle;
  let accepted: TLSSocket | undefined;

  before(async () => {
    own = selfSigned();
    server = createServer({ cert: own.certificate, key: own.key, maxVersion: 'TLSv1.2', ALPNProtocols: ['h2'] });
    server.on('secureConnection', socket => {
      accepted = socket;
      socket.on('data', data => socket.write(data.toString().toUpperCase()));
      socket.on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ credential } = await sspi.acquireCredentialsHandle(OUTBOUND));
  });

  after(async () => {
    server.close();
    await sspi.freeCredentialsHandle(credential);
  });

  it('exchanges data, attributes and close_notify', async () => {
    using stream = new SocketStream(connect((server.address() as AddressInfo).port, '127.0.0.1'));
    const connection = await SchannelConnection.connect(
      { table: sspi, credential, stream, input: [alpn('h2')] },
      'localhost',
    );
    const { context } = connection;

    await connection.send(Buffer.from('hello'));
    assert.equal(Buffer.from((await connection.receive())!).toString(), 'HELLO');

    const sizes = await sspi.queryContextAttributes(context, SECPKG_ATTR.STREAM_SIZES);
    assert.equal(sizes.bufferCount, 4);
    const { certificate } = await sspi.queryContextAttributes(context, SECPKG_ATTR.REMOTE_CERT_CONTEXT);
    assert.deepEqual(certificate, own.der);
    const { protocol, cipherStrength } = await sspi.queryContextAttributes(context, SECPKG_ATTR.CONNECTION_INFO);
    assert.ok(protocol > 0 && cipherStrength >= 128);
    const { bindings } = await sspi.queryContextAttributes(context, SECPKG_ATTR.UNIQUE_BINDINGS);
    assert.equal(Buffer.from(bindings.subarray(32, 43)).toString(), 'tls-unique:');
    const { protocolId } = await sspi.queryContextAttributes(context, SECPKG_ATTR.APPLICATION_PROTOCOL);
    assert.equal(Buffer.from(protocolId).toString(), 'h2');

    const ended = once(accepted!, 'end');
    await connection.shutDown();
    await ended;
    await sspi.deleteSecurityContext(context);
  });
});

describeOnWindows('a Schannel client and openssl s_server', () => {
  const port = Number(process.env['SECUR32_OPENSSL_PORT']);
  if (!(port > 0)) {
    it('exchange lines, where SECUR32_OPENSSL_PORT says at which port it is');
    return;
  }
  const sspi = releaseTable();

  it('exchange lines, and the client sees which certificate it is', async () => {
    const { credential } = await sspi.acquireCredentialsHandle(OUTBOUND);
    using stream = new SocketStream(connect(port, '127.0.0.1'));
    const connection = await SchannelConnection.connect({ table: sspi, credential, stream }, 'localhost');
    const pem = readFileSync(process.env['SECUR32_OPENSSL_CERTIFICATE'] ?? '');
    const { certificate } = await sspi.queryContextAttributes(connection.context, SECPKG_ATTR.REMOTE_CERT_CONTEXT);
    assert.deepEqual(Buffer.from(certificate), new X509Certificate(pem).raw);
    for (const line of ['hello', 'x'.repeat(5000)]) {
      await connection.send(Buffer.from(`${line}\n`));
      let received = Buffer.alloc(0);
      while (received.length <= line.length) received = Buffer.concat([received, (await connection.receive())!]);
      assert.equal(received.toString(), `${[...line].reverse().join('')}\n`);
    }
    await connection.shutDown();
    await sspi.deleteSecurityContext(connection.context);
    await sspi.freeCredentialsHandle(credential);
  });
});

const OUTBOUND: AcquireCredentialsCall = {
  package: 'Schannel',
  credentialUse: 'outbound',
  authData: { kind: 'certificate', flags: SCH_CRED.MANUAL_CRED_VALIDATION | SCH_CRED.NO_DEFAULT_CREDS },
};

/** SEC_APPLICATION_PROTOCOLS with one list of ALPN. */
function alpn(protocol: string): { type: number; data: Uint8Array } {
  const list = Buffer.concat([Buffer.of(protocol.length), Buffer.from(protocol)]);
  const head = Buffer.alloc(10);
  head.writeUInt32LE(6 + list.length, 0);
  head.writeUInt32LE(2, 4);
  head.writeUInt16LE(list.length, 8);
  return { type: SECBUFFER.APPLICATION_PROTOCOLS, data: Buffer.concat([head, list]) };
}
