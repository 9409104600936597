import { constants, X509Certificate } from 'node:crypto';
import type { SecureContextOptions, SecureVersion } from 'node:tls';
import type { CertificateIdentity } from '../../../sspi/credentials.js';
import { SCH, SCH_CRED, SP_PROT } from '../../../sspi/schannel.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { offeredCiphers } from '../attributes/cipher-suites.js';
import { asText, readable } from './certificate-sources.js';

/** Source: Microsoft Learn, "SCH_CREDENTIALS", dwSessionLifespan: ten hours. */
const DEFAULT_LIFESPAN = 36_000;

/** What an SCH_CREDENTIALS sets for both directions, apart from certificates. */
export interface CredentialSettings {
  /** SCH_CRED and SCH bits. */
  readonly flags: number;
  /** Seconds. */
  readonly sessionLifespan: number;
  /** SP_PROT bits that can come out. */
  readonly protocols: number;
  readonly hasRevocationLists: boolean;
  /** The part that node:tls takes. */
  readonly tls: SecureContextOptions;
}

/**
 * Throws SEC_E_UNSUPPORTED_FUNCTION for protocols that are not here: DTLS, and everything before TLS 1.2. Throws SEC_E_UNKNOWN_CREDENTIALS
 * for roots that are no certificates.
 */
export function credentialSettings(identity: CertificateIdentity, role: 'client' | 'server'): CredentialSettings {
  const { flags = 0, roots, revocationLists, sessionLifespan } = identity;
  const [tls12, tls13] =
    role === 'client' ? [SP_PROT.TLS1_2_CLIENT, SP_PROT.TLS1_3_CLIENT] : [SP_PROT.TLS1_2_SERVER, SP_PROT.TLS1_3_SERVER];
  const wanted = identity.protocols || tls12 | tls13;
  const protocols = wanted & (tls12 | tls13);
  if (flags & SCH.USE_DTLS_ONLY || protocols === 0) throw noSuchProtocol();
  const lifespan = sessionLifespan || DEFAULT_LIFESPAN;
  return {
    flags,
    protocols,
    sessionLifespan: lifespan,
    hasRevocationLists: (revocationLists?.length ?? 0) > 0,
    tls: {
      minVersion: protocols & tls12 ? TLS12 : TLS13,
      maxVersion: protocols & tls13 ? TLS13 : TLS12,
      sessionTimeout: lifespan,
      ciphers: offeredCiphers(),
      ...(roots?.length && { ca: roots.map(rootCertificates) }),
      ...(revocationLists?.length && { crl: revocationLists.map(asText) }),
      ...(flags & SCH_CRED.DISABLE_RECONNECTS && { secureOptions: constants.SSL_OP_NO_TICKET }),
    },
  };
}

/** An identity that Schannel can use. Throws SEC_E_UNKNOWN_CREDENTIALS for one of another kind. */
export function certificateIdentity(authData: { readonly kind: string } | undefined): CertificateIdentity {
  if (authData === undefined || authData.kind === 'anonymous') return { kind: 'certificate' };
  if (authData.kind === 'certificate') return authData as CertificateIdentity;
  throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, `Schannel has no use for an identity of kind '${authData.kind}'`, {
    hint: "Give an identity of kind 'certificate'; a client may leave its certificates out.",
  });
}

/** node:tls passes over what it cannot read here, and then trusts nobody. */
function rootCertificates(root: string | Uint8Array): string | Buffer {
  const text = asText(root);
  if (!text.includes('-----BEGIN ')) {
    throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, 'one of the roots is no PEM', {
      hint: 'Give the text of a PEM file with certificates, and not its name: `openssl x509 -inform der` makes one of DER.',
    });
  }
  readable(() => new X509Certificate(text));
  return text;
}

function noSuchProtocol(): PackageError {
  return new PackageError(SEC_E.UNSUPPORTED_FUNCTION, 'none of the protocols asked for is here', {
    hint: 'The engine has TLS 1.2 and TLS 1.3, and no DTLS: set SP_PROT bits of those, or none.',
  });
}

const TLS12: SecureVersion = 'TLSv1.2';
const TLS13: SecureVersion = 'TLSv1.3';
