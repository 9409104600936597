import { Buffer } from 'node:buffer';
import { createPrivateKey, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import type { CertificateSource } from '../sspi/credentials.js';
import { certificatesOf } from './pem.js';
import { writePfx } from './pfx.js';

type PemSource = Extract<CertificateSource, { pem: unknown }>;

/**
 * Makes of a certificate and its key in PEM what Windows imports: a PKCS #12 file in memory, under a password of one use.
 * Throws where either cannot be read or they do not belong together.
 */
export function pemToPfx({ pem, key, passphrase }: PemSource): { pfx: Uint8Array; passphrase: string } {
  const certificates = certificatesOf(pem);
  const privateKey = readKey(key, passphrase);
  if (!new X509Certificate(certificates[0]!).checkPrivateKey(privateKey))
    throw new Error('the key is not that of the first certificate');
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  const password = randomBytes(16).toString('hex');
  try {
    return { pfx: writePfx({ certificates, pkcs8, password }), passphrase: password };
  } finally {
    pkcs8.fill(0);
  }
}

function readKey(key: string | Uint8Array, passphrase: string | undefined): KeyObject {
  return createPrivateKey({
    key: typeof key === 'string' ? key : Buffer.from(key),
    format: 'pem',
    ...(passphrase !== undefined && { passphrase }),
  });
}
