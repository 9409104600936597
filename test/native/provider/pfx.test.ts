import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createSecureContext, createServer } from 'node:tls';
import { pemToPfx } from '#dist/native/pem-to-pfx.js';
import { selfSigned } from '../windows/self-signed.js';

describe('PKCS #12 made of PEM', () => {
  const { certificate, der, key } = selfSigned();

  it('is read by OpenSSL: key and certificate serve a TLS connection', async () => {
    const { pfx, passphrase } = pemToPfx({ pem: certificate, key });
    const server = createServer({ pfx: Buffer.from(pfx), passphrase }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const client = connect({ port, host: '127.0.0.1', ca: certificate, servername: 'localhost' });
    await once(client, 'secureConnect');
    assert.deepEqual(new Uint8Array(client.getPeerCertificate().raw), der);
    client.destroy();
    server.close();
  });

  it('is closed to another password', () => {
    const { pfx } = pemToPfx({ pem: certificate, key });
    assert.throws(() => createSecureContext({ pfx: Buffer.from(pfx), passphrase: 'another' }), /mac verify failure/);
  });

  it('is made of an encrypted key with its passphrase', () => {
    const encrypted = createPrivateKey(key)
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' })
      .toString();
    const { pfx, passphrase } = pemToPfx({ pem: certificate, key: encrypted, passphrase: 'open' });
    createSecureContext({ pfx: Buffer.from(pfx), passphrase });
    assert.throws(() => pemToPfx({ pem: certificate, key: encrypted, passphrase: 'shut' }));
  });

  it('carries the whole chain', () => {
    const issuer = selfSigned('issuer');
    const { pfx } = pemToPfx({ pem: certificate + issuer.certificate, key });
    assert.ok(Buffer.from(pfx).includes(Buffer.from(issuer.der)));
  });
});
