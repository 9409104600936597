import { X509Certificate } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { CertificateSource } from '../../../sspi/credentials.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';

/** A certificate with its key, as node:tls takes it. */
export interface UsableCertificate {
  readonly options: Pick<SecureContextOptions, 'cert' | 'key' | 'pfx' | 'passphrase'>;
  /** For the choice by server name; absent where the certificate is inside a PFX. */
  readonly x509: X509Certificate | undefined;
}

/** Throws SEC_E_UNKNOWN_CREDENTIALS for a certificate that cannot be read, or is in a Windows store. */
export function usableCertificate(source: CertificateSource): UsableCertificate {
  const passphrase = 'passphrase' in source ? { passphrase: source.passphrase } : {};
  if ('pfx' in source) return { options: { pfx: asBuffer(source.pfx), ...passphrase }, x509: undefined };
  if (!('pem' in source)) {
    throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, 'certificates of a Windows store are there on Windows only', {
      hint: 'Give the certificate as { pem, key } or as { pfx, passphrase }.',
    });
  }
  return {
    options: { cert: asText(source.pem), key: asText(source.key), ...passphrase },
    x509: readable(() => new X509Certificate(source.pem)),
  };
}

/** What `read` returns; whatever it throws is said to be the certificate's fault. */
export function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    throw new PackageError(
      SEC_E.UNKNOWN_CREDENTIALS,
      `a certificate, key or list cannot be used${typeof code === 'string' ? ` (${code})` : ''}`,
      {
        cause,
        hint: 'Check that the key belongs to the certificate, and the passphrase: `openssl x509`, `openssl pkcs12`.',
      },
    );
  }
}

export function asText(pem: string | Uint8Array): string | Buffer {
  return typeof pem === 'string' ? pem : asBuffer(pem);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
