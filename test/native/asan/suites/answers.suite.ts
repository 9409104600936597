import assert from 'node:assert/strict';
import { SASL_OPTION, SEC_E, SECPKG_ATTR, SECPKG_CRED_ATTR } from 'secur32/raw';
import { answered, refused, useScripted } from '../scripted.js';

describe('packages with answers that do not fit together', () => {
  const { windows, sspi } = useScripted();

  for (const lie of ['many of nothing', 'no texts', 'huge', 'no room']) {
    it(`a list of ${lie}`, async () => {
      windows.answer('EnumerateSecurityPackagesW', { lie });
      const [result] = await Promise.allSettled([sspi.enumerateSecurityPackages()]);
      answered(result);
    });
  }

  for (const lie of ['nothing', 'no texts']) {
    it(`one with ${lie}`, async () => {
      for (const name of ['QuerySecurityPackageInfoW', 'SaslGetProfilePackageW', 'SaslIdentifyPackageW']) {
        windows.answer(name, { lie });
      }
      const results = await Promise.allSettled([
        sspi.querySecurityPackageInfo('Fake'),
        sspi.saslGetProfilePackage('GSSAPI'),
        sspi.saslIdentifyPackage([{ type: 2, data: new Uint8Array(3) }]),
      ]);
      results.forEach(answered);
    });
  }

  for (const lie of ['no room', 'huge', 'nothing']) {
    it(`a package whose longest token is ${lie}`, async () => {
      windows.answer('QuerySecurityPackageInfoW', { lie });
      const acquired = sspi.acquireCredentialsHandle({ package: 'Fake', credentialUse: 'outbound' });
      const [result] = await Promise.allSettled([acquired]);
      answered(result);
      if (result.status === 'rejected') return;
      const call = { credential: result.value.credential, targetName: 't', contextReq: 0 };
      const [leg] = await Promise.allSettled([sspi.initializeSecurityContext(call)]);
      answered(leg);
    });
  }

  for (const lie of ['huge', 'nothing']) {
    it(`profiles: ${lie}`, async () => {
      windows.answer('SaslEnumerateProfilesW', { lie });
      const [result] = await Promise.allSettled([sspi.saslEnumerateProfiles()]);
      refused(result);
    });
  }

  it('profiles: fewer names than the count says', async () => {
    windows.answer('SaslEnumerateProfilesW', { lie: 'too many' });
    assert.deepEqual(await sspi.saslEnumerateProfiles(), ['GSSAPI', 'GSS-SPNEGO']);
  });
});

describe('attributes with answers that do not fit together', () => {
  const { windows, sspi, context, credential } = useScripted();

  for (const [name, attribute] of Object.entries(SECPKG_ATTR)) {
    for (const lie of ['', 'zeros', 'lengths']) {
      it(`${name}: ${lie || 'sensible'}`, async () => {
        windows.answer('QueryContextAttributesW', { lie });
        const query = sspi.queryContextAttributes(await context(), attribute as typeof SECPKG_ATTR.SIZES);
        answered((await Promise.allSettled([query]))[0]);
      });
    }
  }

  for (const [name, attribute] of Object.entries(SECPKG_CRED_ATTR)) {
    for (const lie of ['', 'zeros', 'lengths']) {
      it(`of a credential, ${name}: ${lie || 'sensible'}`, async () => {
        windows.answer('QueryCredentialsAttributesW', { lie });
        const query = sspi.queryCredentialsAttributes(await credential(), attribute as typeof SECPKG_CRED_ATTR.NAMES);
        answered((await Promise.allSettled([query]))[0]);
      });
    }
  }

  for (const attributes of [1, 3, 5, 4096, 0xffffffff]) {
    for (const status of [SEC_E.OK, SEC_E.BUFFER_TOO_SMALL]) {
      it(`a SASL option of ${attributes} bytes, by ${status === SEC_E.OK ? 'an answer' : 'a request'}`, async () => {
        windows.answer('SaslGetContextOption', { status, attributes });
        windows.answer('SaslGetContextOption', { attributes });
        const query = sspi.saslGetContextOption(await context(), SASL_OPTION.AUTHZ_STRING);
        answered((await Promise.allSettled([query]))[0]);
      });
    }
  }
});

describe('tokens with answers that do not fit together', () => {
  const { windows, sspi, context } = useScripted();

  it('a token that is as it should be', async () => {
    const { user, groups, privileges } = await sspi.querySecurityContextToken(await context());
    assert.deepEqual([user.sid, groups?.length, privileges?.length], ['S-1-5-21-1', 2, 1]);
  });

  // The first call for a structure asks for its size.
  for (const lie of ['count', 'no sid', 'sid at the end', 'long sid']) {
    for (const [kind, before] of [
      ['user', 0],
      ['groups', 2],
      ['privileges', 4],
    ] as const) {
      it(`${kind}: ${lie}`, async () => {
        for (let i = 0; i <= before; i++) windows.answer('GetTokenInformation', {});
        windows.answer('GetTokenInformation', { lie });
        answered((await Promise.allSettled([sspi.querySecurityContextToken(await context())]))[0]);
      });
    }
  }

  for (const attributes of [1, 8, 16, 1 << 20]) {
    it(`a structure of ${attributes} bytes`, async () => {
      for (let i = 0; i < 6; i++) windows.answer('GetTokenInformation', { attributes });
      answered((await Promise.allSettled([sspi.querySecurityContextToken(await context())]))[0]);
    });
  }

  it('names without an end', async () => {
    for (const name of ['LookupAccountSidW', 'LookupPrivilegeNameW']) windows.answer(name, { lie: 'no end' });
    answered((await Promise.allSettled([sspi.querySecurityContextToken(await context())]))[0]);
  });
});

describe('exports and certificates with answers that do not fit together', () => {
  const { windows, sspi, context } = useScripted();

  for (const output of [
    { memory: 'none', size: 8 },
    { memory: 'fresh', size: 0xffffffff },
    { memory: 'none' },
  ] as const) {
    it(`an exported context: ${JSON.stringify(output)}`, async () => {
      for (const flags of [0, 2]) {
        windows.answer('ExportSecurityContext', { output: [output] });
        const [result] = await Promise.allSettled([sspi.exportSecurityContext(await context(), flags)]);
        refused(result);
      }
    });
  }

  it('an exported context without a token', async () => {
    windows.answer('ExportSecurityContext', { lie: 'no token' });
    const exported = await sspi.exportSecurityContext(await context());
    await sspi.deleteSecurityContext(await sspi.importSecurityContext(exported));
  });

  const certificates = [{ pfx: new Uint8Array([1, 2, 3]), passphrase: 'p' }];
  const acquire = async (): Promise<void> => {
    const authData = { kind: 'certificate', certificates } as const;
    const call = { package: 'Schannel', credentialUse: 'inbound', authData } as const;
    answered((await Promise.allSettled([sspi.acquireCredentialsHandle(call)]))[0]);
  };
  for (const attributes of [0, 1, 8, 4096]) {
    it(`a key of ${attributes || 'the right number of'} bytes`, async () => {
      for (let i = 0; i < 4; i++) windows.answer('CertGetCertificateContextProperty', { attributes });
      await acquire();
    });
  }

  for (const name of ['PFXImportCertStore', 'CertEnumCertificatesInStore', 'CertGetCertificateContextProperty']) {
    it(`${name} fails`, async () => {
      for (let i = 0; i < 2; i++) windows.answer(name, { status: SEC_E.INTERNAL_ERROR });
      await acquire();
    });
  }
});
