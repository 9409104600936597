import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateIdentity, CertificateSource } from 'secur32';
import { PROJECT_ROOT } from '../../peers/paths.js';

/** The certificates of `test/fixtures/tls/make.sh`. */
export type CertificateName =
  | 'server'
  | 'server-rsa'
  | 'other'
  | 'expired'
  | 'revoked'
  | 'self-signed'
  | 'self-signed-rsa'
  | 'alice'
  | 'bob';

export function certificateFile(name: string): string {
  return join(PROJECT_ROOT, 'test/fixtures/tls', name);
}

export function pem(name: string): string {
  return readFileSync(certificateFile(name), 'utf8');
}

export function source(name: CertificateName): CertificateSource {
  return { pem: pem(`${name}.pem`), key: pem(`${name}.key`) };
}

/** An identity that trusts the test authority. */
export function identity(
  names: readonly CertificateName[] = [],
  more: Partial<CertificateIdentity> = {},
): CertificateIdentity {
  return { kind: 'certificate', certificates: names.map(source), roots: [pem('ca.pem')], ...more };
}
