import { Buffer } from 'node:buffer';
import { ArgumentError } from '../sspi/arguments.js';
import type { CertificateIdentity, CertificateSource, CredentialUse } from '../sspi/credentials.js';
import { SEC_E } from '../sspi/status.js';
import type { CertificateArguments, SchannelArguments } from './addon.js';
import { nativeError } from './native-error.js';
import { certificatesOf } from './pem.js';
import { pemToPfx } from './pem-to-pfx.js';
import { CLIENT_ROOTS, REVOCATION_LISTS, type UnsupportedText } from './unsupported.js';

/** What the addon makes SCH_CREDENTIALS of. Throws SspiError for what Schannel cannot do, or for what cannot be read. */
export function certificateArguments(identity: CertificateIdentity, use: CredentialUse): SchannelArguments {
  const {
    certificates = [],
    roots = [],
    revocationLists = [],
    flags = 0,
    protocols = 0,
    sessionLifespan = 0,
  } = identity;
  if (roots.length > 0 && use !== 'inbound') throw unsupported(CLIENT_ROOTS);
  if (revocationLists.length > 0) throw unsupported(REVOCATION_LISTS);
  return {
    certificates: certificates.map(sourceArguments),
    roots: roots.flatMap(root => readable(() => certificatesOf(root))),
    flags,
    protocols,
    sessionLifespan: Math.min(sessionLifespan * 1000, 0xffffffff),
  };
}

function sourceArguments(source: CertificateSource): CertificateArguments {
  if ('pem' in source) return readable(() => pemToPfx(source));
  // A copy, as what was made for a call is wiped after it.
  if ('pfx' in source) return { pfx: Uint8Array.from(source.pfx), passphrase: source.passphrase ?? '' };
  const place = { store: source.store ?? 'My', machine: source.location === 'machine' };
  if ('subject' in source) return { subject: source.subject, ...place };
  return { thumbprint: thumbprintBytes(source.thumbprint), ...place };
}

/** As certmgr and PowerShell show it: hexadecimal, with spaces or colons or without. */
function thumbprintBytes(text: string): Uint8Array {
  const digits = text.replaceAll(' ', '').replaceAll(':', '');
  const bytes = Buffer.from(digits, 'hex');
  if (bytes.length !== 20 || digits.length !== 40) throw new ArgumentError('thumbprint must be 40 hexadecimal digits');
  return new Uint8Array(bytes);
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw nativeError({ status: SEC_E.UNKNOWN_CREDENTIALS }, 'AcquireCredentialsHandle', {
      detail: 'a certificate or its key cannot be read',
      hint: 'Check that it is PEM, that the key belongs to the certificate, and the passphrase.',
      cause,
    });
  }
}

function unsupported(reason: UnsupportedText): Error {
  return nativeError({ status: SEC_E.UNSUPPORTED_FUNCTION }, 'AcquireCredentialsHandle', reason);
}
