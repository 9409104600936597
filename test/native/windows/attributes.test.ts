import assert from 'node:assert/strict';
import { SECPKG_ATTR, SECPKG_CRED_ATTR, SECPKG_NEGOTIATION, SspiError } from 'secur32/raw';
import { describeAudited, useAudit } from './audited.js';
import { Handshake } from './handshake.js';
import { clientSide, PACKAGE, serverSide } from './people.js';
import { WINE } from './under-wine.js';

describeAudited('attributes', () => {
  const { sspi, audit } = useAudit();

  it('of a context say what it can do', async () => {
    await using handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
    const { client, server } = handshake;
    for (const { context } of [client, server]) {
      const { maxToken, maxSignature, securityTrailer } = await sspi.queryContextAttributes(context, SECPKG_ATTR.SIZES);
      assert.ok(maxToken > 1000 && maxSignature > 0 && securityTrailer > 0);
    }
    if (WINE !== undefined) return;
    const negotiated = await sspi.queryContextAttributes(client.context, SECPKG_ATTR.NEGOTIATION_INFO);
    assert.equal(negotiated.packageInfo.name, PACKAGE);
    assert.equal(negotiated.negotiationState, SECPKG_NEGOTIATION.COMPLETE);
  });

  it('of a Kerberos context say until when', async function () {
    if (PACKAGE !== 'Kerberos') return this.skip();
    await using handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
    assert.ok(handshake.client.leg!.expiry! > new Date());
  });

  it('of an NTLM context name its algorithms', async () => {
    await using handshake = await Handshake.run(clientSide(sspi, 'NTLM'), serverSide(sspi, 'NTLM'));
    const { context, leg } = handshake.client;
    const info = await sspi.queryContextAttributes(context, SECPKG_ATTR.KEY_INFO);
    assert.match(info.signatureAlgorithmName, /MD5|RC4|RSADSI/);
    assert.ok(info.keySize > 0);
    assert.ok((await sspi.queryContextAttributes(context, SECPKG_ATTR.FLAGS)).flags > 0);
    assert.equal(leg!.expiry, undefined);
  });

  it('all give back what they are made of, whether the package has them or not', async () => {
    await using handshake = await Handshake.run(clientSide(sspi, 'NTLM'), serverSide(sspi, 'NTLM'));
    await using other = await Handshake.run(clientSide(sspi), serverSide(sspi));
    for (const { client, server } of [handshake, other]) {
      for (const { context, credential } of [client, server]) {
        for (const attribute of Object.values(SECPKG_ATTR).filter(isOfEveryPackage)) {
          await sspi.queryContextAttributes(context, attribute as never).catch(expectSspiError);
          assert.equal(audit.live().buffers, 0, `attribute ${attribute}`);
        }
        for (const attribute of Object.values(SECPKG_CRED_ATTR)) {
          await sspi.queryCredentialsAttributes(credential, attribute as never).catch(expectSspiError);
          assert.equal(audit.live().buffers, 0, `credential attribute ${attribute}`);
        }
      }
    }
  });

  it('that nobody knows are refused without asking Windows, which might write anything', async () => {
    await using handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
    const { context, credential } = handshake.client;
    const calls = audit.calls();
    for (const attribute of [1000, 0x7fffffff, 0xffffffff, SECPKG_ATTR.ROOT_STORE]) {
      const unknown = { code: 'SEC_E_UNSUPPORTED_FUNCTION' };
      await assert.rejects(sspi.queryContextAttributes(context, attribute as never), unknown);
      await assert.rejects(sspi.setContextAttributes(context, attribute as never, {} as never), unknown);
      await assert.rejects(sspi.queryCredentialsAttributes(credential, attribute as never), unknown);
      await assert.rejects(sspi.setCredentialsAttributes(credential, attribute as never, {} as never), unknown);
    }
    assert.deepEqual(audit.calls(), calls);
    await assert.rejects(sspi.queryContextAttributes(context, '0' as never), TypeError);
  });

  it('that can be set are taken apart with care', async () => {
    await using handshake = await Handshake.run(clientSide(sspi), serverSide(sspi));
    const { context, credential } = handshake.client;
    const { APP_DATA, DTLS_MTU, EAP_PRF_INFO, KEYING_MATERIAL_INFO } = SECPKG_ATTR;
    const { CERT, KDC_PROXY_SETTINGS } = SECPKG_CRED_ATTR;
    const wrong: readonly [number, unknown][] = [
      [APP_DATA, 'text'],
      [EAP_PRF_INFO, {}],
      [DTLS_MTU, { mtu: -1 }],
      [DTLS_MTU, undefined],
      [KEYING_MATERIAL_INFO, { label: 'a\0b', length: 1 }],
      [KEYING_MATERIAL_INFO, { label: 'a', length: 1.5 }],
      [KEYING_MATERIAL_INFO, { label: 'a', length: 1, context: 'b' }],
    ];
    for (const [attribute, value] of wrong)
      await assert.rejects(sspi.setContextAttributes(context, attribute as never, value as never), TypeError);
    await assert.rejects(sspi.setContextAttributes(context, DTLS_MTU, { mtu: 70_000 }), {
      code: 'SEC_E_INVALID_PARAMETER',
    });
    await assert.rejects(sspi.setCredentialsAttributes(credential, CERT, {} as never), TypeError);
    await assert.rejects(sspi.setCredentialsAttributes(credential, KDC_PROXY_SETTINGS, null as never), TypeError);
    // Wine 10 ends the process in both: in the one through a stub, in the other through a wrong address (32-bit, plain C as well).
    if (WINE !== undefined) return;
    const exporter = { label: 'EXPORTER-x', length: 32 };
    await sspi.setContextAttributes(context, KEYING_MATERIAL_INFO, exporter).catch(expectSspiError);
    await sspi.setCredentialsAttributes(credential, KDC_PROXY_SETTINGS, { proxyServer: 'kdc' }).catch(expectSspiError);
  });
});

/** Those of Schannel begin at 0x50. Wine's NEGOTIATION_INFO is not memory that FreeContextBuffer could free. */
function isOfEveryPackage(attribute: number): boolean {
  return attribute < 0x50 && !(WINE !== undefined && attribute === SECPKG_ATTR.NEGOTIATION_INFO);
}

/** A package need not have every attribute. */
function expectSspiError(error: unknown): void {
  assert.ok(error instanceof SspiError);
}
