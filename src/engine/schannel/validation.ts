import type { X509Certificate } from 'node:crypto';
import { SCH_CRED } from '../../sspi/schannel.js';
import { CRYPT_E, SEC_E, TRUST_E } from '../../sspi/status.js';
import type { CredentialSettings } from './credential/settings.js';

/** Why a certificate is refused. */
export interface Verdict {
  readonly status: number;
  readonly detail: string;
  readonly hint?: string;
  /** The alert that TLS has for it (RFC 8446 6.2). */
  readonly alert: number;
}

/**
 * Checks a server's certificate: its chain, by OpenSSL, and the name that the client meant (RFC 6125). Undefined where all is well.
 * A resumed session is checked like a new one: its certificate and the verdict on its chain are part of it.
 */
export function validateServer(
  certificate: X509Certificate | undefined,
  chainError: string | undefined,
  settings: CredentialSettings,
  serverName: string | undefined,
): Verdict | undefined {
  if (!certificate) return { status: SEC_E.CERT_UNKNOWN, detail: 'the server showed no certificate', alert: 42 };
  return chainVerdict(chainError) ?? revocationVerdict(settings) ?? nameVerdict(certificate, settings, serverName);
}

/** What OpenSSL says of a chain (`X509_V_ERR_...`), as Schannel would put it. */
export function chainVerdict(chainError: string | undefined): Verdict | undefined {
  if (chainError === undefined) return undefined;
  const detail = `the chain of the certificate is refused (${chainError})`;
  const [status, alert] = CHAIN_STATUSES.get(chainError) ?? [SEC_E.CERT_UNKNOWN, 46];
  return { status, detail, alert };
}

function nameVerdict(
  certificate: X509Certificate,
  { flags }: CredentialSettings,
  serverName: string | undefined,
): Verdict | undefined {
  if (flags & SCH_CRED.NO_SERVERNAME_CHECK) return undefined;
  if (serverName === undefined) {
    return {
      status: SEC_E.WRONG_PRINCIPAL,
      detail: 'there is no target name to check the certificate of the server against',
      hint: 'Give a targetName, or check the certificate yourself (SCH_CRED.MANUAL_CRED_VALIDATION or NO_SERVERNAME_CHECK).',
      alert: 42,
    };
  }
  if (certificate.checkHost(serverName, { subject: 'never' }) ?? checkAddress(certificate, serverName))
    return undefined;
  return {
    status: SEC_E.WRONG_PRINCIPAL,
    detail: `the certificate of the server does not carry the name ${JSON.stringify(serverName)}`,
    alert: 42,
  };
}

function checkAddress(certificate: X509Certificate, address: string): string | undefined {
  try {
    return certificate.checkIP(address);
  } catch {
    // What is no address is not in the certificate as one.
    return undefined;
  }
}

/** The engine fetches nothing: revocation is checked against the lists that the credential has, or not at all. */
function revocationVerdict({ flags, hasRevocationLists }: CredentialSettings): Verdict | undefined {
  if (hasRevocationLists || !(flags & REVOCATION_CHECKS)) return undefined;
  if (flags & (SCH_CRED.IGNORE_NO_REVOCATION_CHECK | SCH_CRED.IGNORE_REVOCATION_OFFLINE)) return undefined;
  return {
    status: CRYPT_E.NO_REVOCATION_CHECK,
    detail: 'the credential asks for a check of revocation and has no revocation lists',
    hint: 'Give the lists in `revocationLists`: the engine asks no server for them. SCH_CRED.IGNORE_NO_REVOCATION_CHECK goes on without.',
    alert: 46,
  };
}

const REVOCATION_CHECKS =
  SCH_CRED.REVOCATION_CHECK_END_CERT | SCH_CRED.REVOCATION_CHECK_CHAIN | SCH_CRED.REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT;

/** Statuses and alerts for the codes of OpenSSL's verification. */
const CHAIN_STATUSES: ReadonlyMap<string, readonly [status: number, alert: number]> = new Map([
  ['CERT_HAS_EXPIRED', [SEC_E.CERT_EXPIRED, 45]],
  ['CERT_NOT_YET_VALID', [SEC_E.CERT_EXPIRED, 45]],
  ['CERT_REVOKED', [CRYPT_E.REVOKED, 44]],
  ['CRL_HAS_EXPIRED', [CRYPT_E.REVOCATION_OFFLINE, 46]],
  ['CRL_NOT_YET_VALID', [CRYPT_E.REVOCATION_OFFLINE, 46]],
  ['UNABLE_TO_GET_CRL', [CRYPT_E.NO_REVOCATION_CHECK, 46]],
  ['CERT_SIGNATURE_FAILURE', [TRUST_E.CERT_SIGNATURE, 42]],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', [SEC_E.UNTRUSTED_ROOT, 48]],
  ['SELF_SIGNED_CERT_IN_CHAIN', [SEC_E.UNTRUSTED_ROOT, 48]],
  ['UNABLE_TO_GET_ISSUER_CERT', [SEC_E.UNTRUSTED_ROOT, 48]],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', [SEC_E.UNTRUSTED_ROOT, 48]],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', [SEC_E.UNTRUSTED_ROOT, 48]],
  ['CERT_UNTRUSTED', [SEC_E.UNTRUSTED_ROOT, 48]],
  ['CERT_REJECTED', [SEC_E.UNTRUSTED_ROOT, 48]],
  ['INVALID_CA', [SEC_E.UNTRUSTED_ROOT, 48]],
  ['PATH_LENGTH_EXCEEDED', [SEC_E.UNTRUSTED_ROOT, 48]],
  ['INVALID_PURPOSE', [SEC_E.CERT_WRONG_USAGE, 43]],
] as const);
