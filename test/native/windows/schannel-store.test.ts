import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import process from 'node:process';
import type { CertificateSource } from 'secur32/raw';
import { SCH_CRED, SECPKG_ATTR } from 'secur32/raw';
import { pemToPfx } from '#dist/native/pem-to-pfx.js';
import { describeOnWindows } from '../describe-on-windows.js';
import { loadAudit } from './audit.js';
import { memoryPipe } from './byte-stream.js';
import { SchannelConnection } from './schannel-loop.js';
import { selfSigned } from './self-signed.js';
import { releaseTable } from './tables.js';
import { WINE } from './under-wine.js';

const NAME = process.env['SECUR32_TEST_SUBJECT'] ?? 'secur32-store.localhost';

/** On Windows the certificate was made by New-SelfSignedCertificate, whose key never left the system. */
describeOnWindows('Schannel with a certificate of the store', () => {
  const sspi = releaseTable();
  let remove = (): void => {};
  let thumbprint = process.env['SECUR32_TEST_THUMBPRINT'];

  before('put one there where nobody did', function () {
    // Wine before 10 has no AcceptSecurityContext for Schannel.
    if (WINE !== undefined && Number.parseInt(WINE, 10) < 10) return this.skip();
    if (thumbprint !== undefined) return;
    if (process.env['SECUR32_TEST_ADDON'] === undefined) return this.skip();
    const own = selfSigned(NAME);
    const { pfx, passphrase } = pemToPfx({ pem: own.certificate, key: own.key });
    const hash = createHash('sha1').update(own.der).digest();
    assert.ok(loadAudit().addCertificate(Buffer.from(pfx), passphrase));
    remove = () => assert.ok(loadAudit().removeCertificate(hash));
    thumbprint = hash.toString('hex');
  });
  after(() => remove());

  it('by its thumbprint', () => talk({ thumbprint: thumbprint! }));
  it('by its subject', () => talk({ subject: NAME }));

  async function talk(source: CertificateSource): Promise<void> {
    const [near, far] = memoryPipe();
    const { credential: inbound } = await sspi.acquireCredentialsHandle({
      package: 'Schannel',
      credentialUse: 'inbound',
      authData: { kind: 'certificate', certificates: [source] },
    });
    const { credential: outbound } = await sspi.acquireCredentialsHandle({
      package: 'Schannel',
      credentialUse: 'outbound',
      authData: { kind: 'certificate', flags: SCH_CRED.MANUAL_CRED_VALIDATION | SCH_CRED.NO_DEFAULT_CREDS },
    });
    const [client, server] = await Promise.all([
      SchannelConnection.connect({ table: sspi, credential: outbound, stream: near }, NAME),
      SchannelConnection.accept({ table: sspi, credential: inbound, stream: far }),
    ]);
    const { certificate } = await sspi.queryContextAttributes(client.context, SECPKG_ATTR.REMOTE_CERT_CONTEXT);
    assert.equal(createHash('sha1').update(certificate).digest('hex'), thumbprint!.toLowerCase());
    await client.send(Buffer.from('ping'));
    assert.equal(Buffer.from((await server.receive())!).toString(), 'ping');
    await server.send(Buffer.from('pong'));
    assert.equal(Buffer.from((await client.receive())!).toString(), 'pong');
    for (const { context } of [client, server]) await sspi.deleteSecurityContext(context);
    for (const credential of [inbound, outbound]) await sspi.freeCredentialsHandle(credential);
  }
});
