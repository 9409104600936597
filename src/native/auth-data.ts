import { type AuthData, type CredentialUse, type PasswordIdentity, SECPKG_CRED } from '../sspi/credentials.js';
import type { AcquireCredentialsCall } from '../sspi/function-table.js';
import { SCH_CRED } from '../sspi/schannel.js';
import { SEC_E } from '../sspi/status.js';
import type { AcquireArguments, PasswordArguments, SchannelArguments } from './addon.js';
import { certificateArguments } from './certificates.js';
import { nativeError } from './native-error.js';
import { CCACHE, CERTIFICATE_LOGON, KEYTAB, NT_HASH, type UnsupportedText } from './unsupported.js';

/** What the addon takes for a call of acquireCredentialsHandle. Throws SspiError for what Windows has no means for. */
export function acquireArguments(call: AcquireCredentialsCall): AcquireArguments {
  return {
    package: call.package,
    use: (USES[call.credentialUse] | (call.flags ?? 0)) >>> 0,
    ...(call.principal !== undefined && { principal: call.principal }),
    ...authArguments(call, call.authData ?? { kind: 'current' }),
  };
}

/** Overwrites the keys that were made for a call. */
export function wipeArguments(given: AcquireArguments): void {
  for (const certificate of given.schannel?.certificates ?? []) if ('pfx' in certificate) certificate.pfx.fill(0);
}

function authArguments(
  call: AcquireCredentialsCall,
  authData: AuthData,
): { password?: PasswordArguments; schannel?: SchannelArguments } {
  switch (authData.kind) {
    case 'current':
      return {};
    case 'password':
      return { password: passwordArguments(authData) };
    case 'anonymous':
      return isSchannel(call.package) ? { schannel: NO_CERTIFICATE } : { password: NOBODY };
    case 'certificate':
      if (!isSchannel(call.package)) throw unsupported(CERTIFICATE_LOGON);
      return { schannel: certificateArguments(authData, call.credentialUse) };
    case 'ntHash':
      throw unsupported(NT_HASH);
    case 'keytab':
      throw unsupported(KEYTAB);
    case 'ccache':
      throw unsupported(CCACHE);
  }
}

// All three empty is the null session to Windows, which nobody gets without asking for it by name.
function passwordArguments({ user, domain, password, packageList }: PasswordIdentity): PasswordArguments {
  if (user === '') {
    const detail = 'the user name is empty';
    throw nativeError({ status: SEC_E.NO_CREDENTIALS }, 'AcquireCredentialsHandle', {
      detail,
      hint: "Give a user, or ask for the null session by its name: authData { kind: 'anonymous' }.",
    });
  }
  return {
    user,
    password,
    ...(domain !== undefined && { domain }),
    ...(packageList !== undefined && { packageList }),
  };
}

function unsupported(reason: UnsupportedText): Error {
  return nativeError({ status: SEC_E.UNSUPPORTED_FUNCTION }, 'AcquireCredentialsHandle', reason);
}

function isSchannel(packageName: string): boolean {
  return SCHANNEL_NAMES.has(packageName.toLowerCase());
}

const USES: Readonly<Record<CredentialUse, number>> = {
  inbound: SECPKG_CRED.INBOUND,
  outbound: SECPKG_CRED.OUTBOUND,
  both: SECPKG_CRED.BOTH,
};
Object.freeze(USES);

// Source: schannel.h.
const SCHANNEL_NAMES: ReadonlySet<string> = new Set([
  'schannel',
  'default tls ssp',
  'microsoft unified security protocol provider',
]);

const NOBODY: PasswordArguments = { user: '', domain: '', password: '' };
const NO_CERTIFICATE: SchannelArguments = {
  certificates: [],
  roots: [],
  flags: SCH_CRED.NO_DEFAULT_CREDS,
  protocols: 0,
  sessionLifespan: 0,
};
