import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import process from 'node:process';
import type { AuthData, CertificateSource, CredentialUse } from 'secur32/raw';
import { SECPKG_ATTR, SP_PROT } from 'secur32/raw';
import { pemToPfx } from '#dist/native/pem-to-pfx.js';
import { describeAudited, useAudit } from './audited.js';
import { selfSigned } from './self-signed.js';
import { WINE } from './under-wine.js';

/** A certificate in the user's store, made by whoever runs the tests on Windows. */
const THUMBPRINT = process.env['SECUR32_TEST_THUMBPRINT'];
const SUBJECT = process.env['SECUR32_TEST_SUBJECT'];

describeAudited("certificates of Schannel's credentials", () => {
  const { sspi, audit } = useAudit();
  const own = selfSigned();
  const pem: CertificateSource = { pem: own.certificate, key: own.key };

  for (const use of ['inbound', 'outbound'] as const) {
    it(`come from PEM and from PKCS #12, ${use}`, async () => {
      await acquireAndFree(use, { kind: 'certificate', certificates: [pem] });
      await acquireAndFree(use, {
        kind: 'certificate',
        certificates: [pemToPfx({ pem: own.certificate, key: own.key })],
      });
    });
  }

  it('are several on a server, with roots', async () => {
    const another = selfSigned('another.localhost');
    // Wine takes one.
    const certificates = WINE === undefined ? [pem, { pem: another.certificate, key: another.key }] : [pem];
    await acquireAndFree('inbound', { kind: 'certificate', certificates, roots: [another.certificate] });
  });

  it('are none where nobody is asked for', async () => {
    await acquireAndFree('outbound', { kind: 'anonymous' });
    await acquireAndFree('outbound', { kind: 'certificate' });
  });

  it('come with the protocols that may be used', async () => {
    const protocols = SP_PROT.TLS1_2_CLIENT;
    const { credential } = await sspi.acquireCredentialsHandle({
      ...{ package: 'Schannel', credentialUse: 'outbound' },
      authData: { kind: 'certificate', protocols },
    });
    const found = await sspi.queryCredentialsAttributes(credential, SECPKG_ATTR.SUPPORTED_PROTOCOLS);
    assert.equal(found.protocols & SP_PROT.TLS1_2_CLIENT, SP_PROT.TLS1_2_CLIENT);
    // Wine answers with the protocols of the system.
    if (WINE === undefined) assert.equal(found.protocols & SP_PROT.TLS1_1_CLIENT, 0);
    await sspi.freeCredentialsHandle(credential);
  });

  it('that are not in their store are not found', async () => {
    const missing: readonly CertificateSource[] = [
      { thumbprint: '00'.repeat(20) },
      { subject: 'no such subject' },
      { subject: 'x', store: 'NoSuchStore' },
    ];
    for (const source of missing) {
      await refused({ kind: 'certificate', certificates: [source] }, 'SEC_E_NO_CREDENTIALS', /certutil/);
    }
  });

  it('that cannot be opened are refused', async () => {
    const { pfx } = pemToPfx({ pem: own.certificate, key: own.key });
    const wrong: readonly CertificateSource[] = [{ pfx, passphrase: 'wrong' }, { pfx: new Uint8Array(100) }];
    for (const source of wrong) {
      await refused({ kind: 'certificate', certificates: [source] }, 'SEC_E_UNKNOWN_CREDENTIALS', /passphrase/);
    }
    assert.equal(audit.calls()['AcquireCredentialsHandleW'], undefined);
  });

  it('are found in the store of the user by thumbprint and by subject', async () => {
    const common = `secur32-${randomBytes(6).toString('hex')}.localhost`;
    const stored = selfSigned(common);
    const thumbprint = createHash('sha1').update(stored.der).digest();
    const { pfx, passphrase } = pemToPfx({ pem: stored.certificate, key: stored.key });
    assert.ok(audit.addCertificate(Buffer.from(pfx), passphrase));
    try {
      const spelled = thumbprint.toString('hex').toUpperCase();
      const spaced = spelled.replaceAll(/(..)(?!$)/g, '$1:');
      for (const source of [{ thumbprint: spelled }, { thumbprint: spaced, store: 'My' }, { subject: common }])
        await acquireAndFree('inbound', { kind: 'certificate', certificates: [source] });
      const elsewhere = { thumbprint: spelled, location: 'machine' } as const;
      await refused({ kind: 'certificate', certificates: [elsewhere] }, 'SEC_E_NO_CREDENTIALS', /certutil/);
    } finally {
      assert.ok(audit.removeCertificate(thumbprint));
    }
    await refused({ kind: 'certificate', certificates: [{ subject: common }] }, 'SEC_E_NO_CREDENTIALS', /certutil/);
  });

  if (THUMBPRINT !== undefined && SUBJECT !== undefined) {
    it('that PowerShell made are found by thumbprint and by subject', async () => {
      await acquireAndFree('inbound', { kind: 'certificate', certificates: [{ thumbprint: THUMBPRINT }] });
      await acquireAndFree('inbound', { kind: 'certificate', certificates: [{ subject: SUBJECT }] });
    });
  }

  async function acquireAndFree(credentialUse: CredentialUse, authData: AuthData): Promise<void> {
    const { credential } = await sspi.acquireCredentialsHandle({ package: 'Schannel', credentialUse, authData });
    await sspi.freeCredentialsHandle(credential);
  }

  async function refused(authData: AuthData, code: string, hint: RegExp): Promise<void> {
    await assert.rejects(
      sspi.acquireCredentialsHandle({ package: 'Schannel', credentialUse: 'inbound', authData }),
      (error: { code: string; hint: string }) => {
        assert.equal(error.code, code);
        assert.match(error.hint, hint);
        return true;
      },
    );
  }
});
