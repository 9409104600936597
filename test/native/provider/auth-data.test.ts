import assert from 'node:assert/strict';
import type { AcquireCredentialsCall, AuthData, SspiError } from 'secur32/raw';
import { SECPKG_CRED } from 'secur32/raw';
import { acquireArguments, wipeArguments } from '#dist/native/auth-data.js';
import { selfSigned } from '../windows/self-signed.js';

describe('credentials as the addon takes them', () => {
  it('of the current user have no data', () => {
    const expected = { package: 'NTLM', use: SECPKG_CRED.OUTBOUND };
    assert.deepEqual(argumentsFor('NTLM'), expected);
    assert.deepEqual(argumentsFor('NTLM', { kind: 'current' }), expected);
  });

  it('add flags to their use', () => {
    const flags = SECPKG_CRED.AUTOLOGON_RESTRICTED;
    assert.equal(acquireArguments({ package: 'Negotiate', credentialUse: 'both', flags }).use, 0x13);
  });

  it('keep an absent domain and an empty one apart', () => {
    const user = { kind: 'password', user: 'u@example.com', password: '' } as const;
    assert.deepEqual(argumentsFor('NTLM', user).password, { user: 'u@example.com', password: '' });
    assert.equal(argumentsFor('NTLM', { ...user, domain: '' }).password!.domain, '');
  });

  it('pass on the list of packages', () => {
    const authData = { kind: 'password', user: 'u', password: 'p', packageList: '!ntlm' } as const;
    assert.equal(argumentsFor('Negotiate', authData).password!.packageList, '!ntlm');
  });

  it('of nobody are asked for by that name only', () => {
    assert.deepEqual(argumentsFor('NTLM', { kind: 'anonymous' }).password, { user: '', domain: '', password: '' });
    refuses('NTLM', { kind: 'password', user: '', password: '' }, 'SEC_E_NO_CREDENTIALS', /anonymous/);
  });

  it('that Windows has no means for say what to do instead', () => {
    refuses('NTLM', { kind: 'ntHash', user: 'u', ntHash: new Uint8Array(16) }, 'SEC_E_UNSUPPORTED_FUNCTION', /engine/);
    refuses('Kerberos', { kind: 'keytab', keytab: '/etc/krb5.keytab' }, 'SEC_E_UNSUPPORTED_FUNCTION', /account/);
    refuses('Kerberos', { kind: 'ccache', ccache: 'FILE:x' }, 'SEC_E_UNSUPPORTED_FUNCTION', /logon session/);
    refuses('Kerberos', { kind: 'certificate' }, 'SEC_E_UNSUPPORTED_FUNCTION', /Schannel/);
  });

  it('with certificates name stores, or carry keys that are wiped', () => {
    const { certificate, key } = selfSigned();
    const given = argumentsFor('Schannel', {
      kind: 'certificate',
      certificates: [
        { pem: certificate, key },
        { thumbprint: '00:11 22'.padEnd(42, '3'), location: 'machine' },
        { subject: 'localhost', store: 'WebHosting' },
      ],
      sessionLifespan: 60,
    });
    const [file, byHash, bySubject] = given.schannel!.certificates;
    assert.equal(given.schannel!.sessionLifespan, 60_000);
    assert.deepEqual({ ...byHash, thumbprint: 0 }, { thumbprint: 0, store: 'My', machine: true });
    assert.deepEqual(bySubject, { subject: 'localhost', store: 'WebHosting', machine: false });
    assert.ok('pfx' in file! && file.pfx.some(byte => byte !== 0));
    wipeArguments(given);
    assert.ok(file.pfx.every(byte => byte === 0));
  });

  it('leave the bytes of the caller alone', () => {
    const pfx = new Uint8Array(8).fill(7);
    const given = argumentsFor('Schannel', { kind: 'certificate', certificates: [{ pfx }] });
    wipeArguments(given);
    assert.ok(pfx.every(byte => byte === 7));
  });

  it('refuse what cannot be read, and what Schannel would pass over', () => {
    const { certificate, key } = selfSigned();
    const other = selfSigned();
    const withPem = (pem: string, itsKey: string): AuthData => ({
      kind: 'certificate',
      certificates: [{ pem, key: itsKey }],
    });
    refuses('Schannel', withPem('no certificate', key), 'SEC_E_UNKNOWN_CREDENTIALS', /PEM/);
    refuses('Schannel', withPem(certificate, 'no key'), 'SEC_E_UNKNOWN_CREDENTIALS', /PEM/);
    refuses('Schannel', withPem(certificate, other.key), 'SEC_E_UNKNOWN_CREDENTIALS', /belongs/);
    refuses('Schannel', { kind: 'certificate', roots: [certificate] }, 'SEC_E_UNSUPPORTED_FUNCTION', /store/);
    refuses('Schannel', { kind: 'certificate', revocationLists: ['x'] }, 'SEC_E_UNSUPPORTED_FUNCTION', /certutil/);
    const thumbprint: AuthData = { kind: 'certificate', certificates: [{ thumbprint: 'xyz' }] };
    assert.throws(() => argumentsFor('Schannel', thumbprint), TypeError);
  });

  it("take a server's roots as DER", () => {
    const { certificate, der } = selfSigned();
    const authData: AuthData = { kind: 'certificate', roots: [certificate + certificate, der] };
    const given = acquireArguments({ package: 'Schannel', credentialUse: 'inbound', authData });
    assert.deepEqual(given.schannel!.roots, [der, der, der]);
  });
});

function argumentsFor(packageName: string, authData?: AuthData) {
  const call: AcquireCredentialsCall = {
    package: packageName,
    credentialUse: 'outbound',
    ...(authData && { authData }),
  };
  return acquireArguments(call);
}

function refuses(packageName: string, authData: AuthData, code: string, hint: RegExp): void {
  assert.throws(
    () => argumentsFor(packageName, authData),
    (error: SspiError) => {
      assert.deepEqual([error.code, error.syscall], [code, 'AcquireCredentialsHandle']);
      assert.match(error.hint, hint);
      return true;
    },
  );
}
