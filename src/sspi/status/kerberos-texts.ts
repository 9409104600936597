import type { StatusTexts } from './text.js';

/** Statuses that come from Kerberos: clocks, keys, tickets, referrals, services for users. */
export const KERBEROS_TEXTS: StatusTexts = {
  SEC_E_TIME_SKEW: {
    message: 'The clocks of the two sides are too far apart.',
    hint: 'Set the clock: `w32tm /query /status` on Windows, `chronyc tracking` or `timedatectl` elsewhere. Kerberos allows five minutes unless configured otherwise.',
  },
  SEC_E_NO_KERB_KEY: {
    message: 'There is no Kerberos key for this service.',
    hint: '`klist -k -e` must list the service principal, in the encryption type of the ticket, in the keytab that KRB5_KTNAME names.',
  },
  SEC_E_KDC_UNKNOWN_ETYPE: {
    message: 'The KDC does not support the encryption type that was asked for.',
    hint: 'Compare permitted_enctypes in krb5.conf with msDS-SupportedEncryptionTypes of the account. An account from before AES needs one password change to get AES keys.',
  },
  SEC_E_UNSUPPORTED_PREAUTH: {
    message: 'Kerberos was offered a kind of pre-authentication that it does not know.',
    hint: '`KRB5_TRACE=/dev/stderr kinit user` shows the types that the KDC offers; enable one that both sides have, usually the encrypted timestamp.',
  },
  SEC_E_NO_PA_DATA: {
    message: 'The KDC did not say which encryption type and salt it expects.',
    hint: 'Look at the answer of the KDC to the first request (port 88): its error must carry PA-ETYPE-INFO2. Something between client and KDC may be changing it, or the KDC is outdated.',
  },
  SEC_E_NO_TGT_REPLY: {
    message: 'The server wants user-to-user authentication, but sent no ticket-granting ticket.',
    hint: 'Run the service under an account with an SPN and its own key, so that user-to-user is not needed, or see that it holds a valid ticket-granting ticket (`klist`).',
  },
  SEC_E_MAX_REFERRALS_EXCEEDED: {
    message: 'The KDCs referred the request to each other too many times.',
    hint: 'Check the trust path: `nltest /domain_trusts` on Windows, [domain_realm] and [capaths] in krb5.conf. A name suffix routed to two forests leads in a circle.',
  },
  SEC_E_KDC_UNABLE_TO_REFER: {
    message: 'The KDC does not know which realm to refer the request to.',
    hint: 'Use the fully qualified host name in the SPN, and check that its domain is part of a trusted forest (`netdom trust`) or mapped in [domain_realm].',
  },
  SEC_E_KDC_INVALID_REQUEST: {
    message: 'The KDC called the request invalid.',
    hint: 'Read the log of the KDC (Windows: System log, source Kerberos-Key-Distribution-Center) for this client and time; it names the part it did not like.',
  },
  SEC_E_TOO_MANY_PRINCIPALS: {
    message: 'The reply of the KDC holds more than one principal name.',
    hint: 'Search the directory for accounts that share the name: `setspn -X` for services, the userPrincipalName attribute for users.',
  },
  SEC_E_MUST_BE_KDC: {
    message: 'Only a KDC (domain controller) can do this, and this machine is none.',
    hint: 'Run it on a domain controller, or send the request to one.',
  },
  SEC_E_NO_S4U_PROT_SUPPORT: {
    message: 'The domain controller cannot issue tickets on behalf of users (S4U).',
    hint: 'Use a KDC that implements [MS-SFU]: Windows Server 2003 or later, or one with constrained delegation enabled.',
  },
  SEC_E_CROSSREALM_DELEGATION_FAILURE: {
    message: 'Constrained delegation was tried towards a service in another realm.',
    hint: 'Remove the foreign service from msDS-AllowedToDelegateTo of the server. Across domains use resource-based delegation: msDS-AllowedToActOnBehalfOfOtherIdentity on the target.',
  },
  SEC_E_PKINIT_NAME_MISMATCH: {
    message: 'The certificate of the client has no valid user principal name, or not that of the user who logs on.',
    hint: 'Compare the subjectAltName (`certutil -dump user.cer`) with the userPrincipalName of the account; issue a new certificate or map the old one with altSecurityIdentities.',
  },
  SEC_E_PKINIT_CLIENT_FAILURE: {
    message: 'The smart card certificate of the user is not trusted.',
    hint: 'On a domain controller run `certutil -verify -urlfetch user.cer`: the chain must end in a trusted root.',
  },
  SEC_E_ISSUING_CA_UNTRUSTED: {
    message: 'The authority that issued the smart card certificate is not trusted for logons.',
    hint: 'Publish it to the NTAuth store: `certutil -dspublish -f ca.cer NTAuthCA`; `certutil -viewstore -enterprise NTAuth` shows who is in it.',
  },
  SEC_E_SMARTCARD_CERT_REVOKED: {
    message: 'The smart card certificate of the user has been revoked.',
    hint: 'Issue a new certificate for the card, after asking the authority why the old one was revoked.',
  },
  SEC_E_SMARTCARD_CERT_EXPIRED: {
    message: 'The smart card certificate of the user has expired.',
    hint: 'Renew the certificate on the card; `certutil -scinfo` shows the dates of what is on it.',
  },
  SEC_E_REVOCATION_OFFLINE_C: {
    message: 'It could not be found out whether the certificate of the user is revoked.',
    hint: 'Make the CRL and OCSP addresses in the user certificate reachable from the domain controllers, and see that the published CRL is not past its next update.',
  },
  SEC_E_REVOCATION_OFFLINE_KDC: {
    message: 'It could not be found out whether the certificate of the domain controller is revoked.',
    hint: 'Make the CRL and OCSP addresses in the certificate of the domain controller reachable from this client, also before logon and from outside the office.',
  },
  SEC_E_ISSUING_CA_UNTRUSTED_KDC: {
    message: 'The authority that issued the certificate of the domain controller is not trusted here.',
    hint: 'Install the root of that authority on the client (`certutil -addstore Root ca.cer`, or pkinit_anchors in krb5.conf).',
  },
  SEC_E_KDC_CERT_EXPIRED: {
    message: 'The certificate of the domain controller has expired.',
    hint: 'Renew it on the domain controller: `certutil -dcinfo verify` lists the certificates, `certutil -pulse` starts autoenrollment.',
  },
  SEC_E_KDC_CERT_REVOKED: {
    message: 'The certificate of the domain controller has been revoked.',
    hint: 'Do not log on through it before somebody has found out why; then enrol a new Kerberos Authentication certificate there.',
  },
};
