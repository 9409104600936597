import type { StatusTexts } from './text.js';

/** Statuses about who logs on, with what, and what policy lets them do. */
export const LOGON_TEXTS: StatusTexts = {
  SEC_E_LOGON_DENIED: {
    message: 'The logon was refused: wrong user name, domain or password, or the account may not log on.',
    hint: 'Try the same user and domain by hand. Event 4625 in the Security log of a Windows server has the reason in Sub Status: 0xC0000064 no such user, 0xC000006A wrong password, 0xC0000072 disabled, 0xC0000234 locked out.',
  },
  STATUS_LOGON_FAILURE: {
    message: 'The user name or password is wrong (the NTSTATUS form of SEC_E_LOGON_DENIED).',
    hint: 'Digest: challenge again and let the client ask for the password once more. A password that is right elsewhere points to another realm or to a user name written in another form.',
  },
  SEC_E_NO_CREDENTIALS: {
    message: 'There is no credential that this package could use.',
    hint: 'Kerberos: `klist` must show a ticket (else `kinit`); a service needs a keytab in KRB5_KTNAME. Digest and NTLM servers outside Windows need accounts (SECUR32_ACCOUNTS), TLS servers a certificate with its private key.',
  },
  SEC_E_UNKNOWN_CREDENTIALS: {
    message: 'The package does not recognise the credential it was given.',
    hint: 'Use a kind of authData that the package takes. Schannel: the service account must be able to read the private key (certlm.msc, All Tasks, Manage Private Keys).',
  },
  SEC_E_INCOMPLETE_CREDENTIALS: {
    message: 'The credential lacks a part that the package needs, so no context was made.',
    hint: 'Fill in what is missing: user, domain and password together, or a certificate together with its key.',
  },
  SEC_I_INCOMPLETE_CREDENTIALS: {
    message: 'The TLS server asks for a client certificate, and the credential offers none that fits.',
    hint: 'Acquire a credential whose certificate comes from one of the issuers in SECPKG_ATTR.ISSUER_LIST_EX and call again with the same input, or call again as before to go on without a certificate.',
  },
  SEC_E_NO_AUTHENTICATING_AUTHORITY: {
    message: 'No KDC or domain controller for the realm could be reached.',
    hint: 'Check DNS and port 88: `nslookup -type=SRV _kerberos._tcp.example.com`; on Windows `nltest /dsgetdc:example.com`; elsewhere the kdc lines of the realm in krb5.conf.',
  },
  SEC_E_TARGET_UNKNOWN: {
    message: 'No account has the target name (SPN), or it cannot be reached.',
    hint: 'Look it up with `setspn -Q HTTP/host.example.com` (elsewhere `kvno HTTP/host.example.com`); register what is missing with `setspn -S`, and find names registered twice with `setspn -X`.',
  },
  SEC_E_WRONG_PRINCIPAL: {
    message: 'The server is not the one that was named as the target.',
    hint: 'Kerberos: the account that runs the service must hold the SPN (`setspn -Q`) and its current key; compare `klist -k` with `kvno`, then get new tickets (`klist purge`, `kdestroy`). TLS: the name must be in the subjectAltName of the certificate.',
  },
  SEC_E_MUTUAL_AUTH_FAILED: {
    message: 'The server could not prove its identity.',
    hint: 'Name the target by an SPN that belongs to the service, so that Kerberos is used; NTLM has no proof of the server to offer.',
  },
  SEC_E_SECURITY_QOS_FAILED: {
    message: 'A service that was required (mutual authentication, delegation, protection) could not be agreed on.',
    hint: 'Find the requirement that does not fit: mutual authentication needs Kerberos, delegation needs a server trusted for it, Digest protection needs a qop that both sides offer. Drop it only if you can do without.',
  },
  SEC_E_BAD_BINDINGS: {
    message: 'The channel bindings of the client do not fit the TLS connection of the server.',
    hint: 'Look for something that ends TLS between them, and hash the certificate that the client really saw. ASC_REQ.ALLOW_MISSING_BINDINGS admits clients that send none, and gives up relay protection for them.',
  },
  SEC_E_DOWNGRADE_DETECTED: {
    message: 'Somebody may be trying to force a weaker logon.',
    hint: 'Do not retry with NTLM. Check that the domain controller answers (`nltest /sc_verify:DOMAIN`) and find out what keeps Kerberos from working on this network.',
  },
  SEC_E_MULTIPLE_ACCOUNTS: {
    message: 'The client certificate maps to more than one account.',
    hint: 'Leave its mapping (altSecurityIdentities, user principal name) on one account only.',
  },
  SEC_E_INVALID_UPN_NAME: {
    message: 'The user principal name is not written as one.',
    hint: 'Write it as user@domain.example; `whoami /upn` prints your own.',
  },
  SEC_E_SMARTCARD_LOGON_REQUIRED: {
    message: 'The account may log on with a smart card only.',
    hint: 'Use a card or a certificate, or clear "Smart card is required for interactive logon" on the account; a service gets an account of its own.',
  },
  SEC_I_SIGNATURE_NEEDED: {
    message: 'A signature has to be made before the user can log on.',
    hint: 'Have the key or card of the user sign, then repeat the call.',
  },
  SEC_E_DELEGATION_REQUIRED: {
    message: 'The step needs delegation, and the computer or the account is not set up for it.',
    hint: 'Trust the service account for delegation to the target (msDS-AllowedToDelegateTo), and check that the user is neither marked "sensitive and cannot be delegated" nor in Protected Users.',
  },
  SEC_E_DELEGATION_POLICY: {
    message: 'The policy of the client forbids delegating credentials to this server.',
    hint: 'Add the SPN of the server to "Allow delegating fresh credentials" or "default credentials" under System, Credentials Delegation in group policy; `gpresult /h report.html` shows what applies.',
  },
  SEC_E_POLICY_NLTM_ONLY: {
    message: 'The policy of the client forbids delegating credentials to a server that only NTLM has authenticated.',
    hint: 'Make Kerberos work towards this server (a name with an SPN, no bare IP address) before relaxing the "with NTLM-only server authentication" policy.',
  },
  SEC_E_PKU2U_CERT_FAILURE: {
    message: 'PKU2U, the logon between machines without a domain, failed over a certificate.',
    hint: 'Check the certificates of the online identity on both machines (`certutil -store -user My`) and the policy "Allow PKU2U authentication requests", or use a local account over NTLM.',
  },
};
