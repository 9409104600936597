import type { StatusTexts } from './text.js';

/** Statuses about the certificates of TLS peers. */
export const CERTIFICATE_TEXTS: StatusTexts = {
  SEC_E_UNTRUSTED_ROOT: {
    message: 'The chain of the certificate ends in a root that is not trusted here.',
    hint: 'Add the root to the trusted roots of the credential or the machine; `openssl s_client -showcerts -connect host:port` shows the chain, often one that lacks its intermediates.',
  },
  CERT_E_UNTRUSTEDROOT: {
    message: 'Chain building ended in a root certificate that is not in the trusted root store.',
    hint: 'Run `certutil -verify -urlfetch peer.cer` as the account of the service: it has a store of its own besides that of the machine.',
  },
  SEC_E_CERT_EXPIRED: {
    message: 'A certificate of the peer has expired.',
    hint: 'Renew it on the peer and restart what holds the old one; `openssl x509 -noout -dates -in cert.pem` prints its dates. A wrong clock here looks the same.',
  },
  CERT_E_EXPIRED: {
    message: 'A certificate in the chain is outside its validity period.',
    hint: 'Check the dates of every certificate in the chain, not only the first: an expired intermediate that the server still sends is the usual surprise.',
  },
  SEC_E_CERT_UNKNOWN: {
    message: 'The certificate was refused for a reason that is not given.',
    hint: 'Verify the chain by itself to get the reason: `openssl verify -CAfile ca.pem cert.pem` or `certutil -verify cert.cer`. If the peer refused it (alerts 42, 43, 46), look in the log of the peer.',
  },
  SEC_E_CERT_WRONG_USAGE: {
    message: 'The certificate is not valid for this use.',
    hint: 'See `openssl x509 -noout -ext extendedKeyUsage,keyUsage -in cert.pem`: servers need serverAuth, clients clientAuth; smart card logon and KDCs have usages of their own.',
  },
  CERT_E_WRONG_USAGE: {
    message: 'The extended key usage of a certificate in the chain does not allow this use.',
    hint: 'Issue it from a template with the right usage (1.3.6.1.5.5.7.3.1 for servers, 1.3.6.1.5.5.7.3.2 for clients); the authorities above it must allow that usage too.',
  },
  CERT_E_CN_NO_MATCH: {
    message: 'The certificate carries another name than the one the client asked for.',
    hint: 'Connect by a name in its subjectAltName (`openssl x509 -noout -ext subjectAltName -in cert.pem`), or pass that name as targetName; a server with several names may need SNI.',
  },
  CERT_E_REVOKED: {
    message: 'The authority has explicitly revoked a certificate in the chain.',
    hint: 'Find the certificate and the reason in the CRL (`openssl crl -noout -text -in ca.crl`) and replace it with one that has a new key.',
  },
  CRYPT_E_REVOKED: {
    message: 'The certificate has been revoked, or the TLS peer says so of ours.',
    hint: 'Stop using the certificate and get another from the authority. As alert 44 it is about the certificate that this side sent.',
  },
  CRYPT_E_NO_REVOCATION_CHECK: {
    message: 'The certificate could not be checked for revocation, for it names no list or responder.',
    hint: 'Have the authority put a CRL or OCSP address in its certificates, or accept such certificates with SCH_CRED.IGNORE_NO_REVOCATION_CHECK.',
  },
  CRYPT_E_REVOCATION_OFFLINE: {
    message: 'The revocation server could not be reached.',
    hint: 'Fetch the CRL address from this machine (`certutil -url cert.cer`, `curl`), through the proxy that the service account uses. SCH_CRED.IGNORE_REVOCATION_OFFLINE accepts the certificate unchecked.',
  },
  TRUST_E_CERT_SIGNATURE: {
    message: 'The signature of a certificate in the chain cannot be verified.',
    hint: 'Look for an intermediate of the same name with another key, for a file that was edited, and for a signature algorithm that policy has disabled (MD5, SHA-1).',
  },
};
