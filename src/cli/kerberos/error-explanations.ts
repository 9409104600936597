import { errorName, KRB_ERROR } from '../../engine/kerberos/constants/error-code.js';

/** What a code of KRB-ERROR means (RFC 4120 7.5.9), and what a person can do about it. */
export interface ErrorExplanation {
  readonly code: number;
  readonly name: string;
  /** In a few words. */
  readonly meaning: string;
  readonly hint: string;
}

/** Undefined for codes that are hardly ever seen. */
export function explainKrbError(code: number): ErrorExplanation | undefined {
  const row = ROWS[code];
  return row && { code, name: errorName(code), meaning: row[0], hint: row[1] };
}

/** The code with a name, in any case. */
export function krbErrorByName(name: string): number | undefined {
  const wanted = name.toUpperCase();
  return Object.entries(KRB_ERROR).find(([each]) => each === wanted)?.[1];
}

const ROWS: Readonly<Record<number, readonly [meaning: string, hint: string]>> = {
  [KRB_ERROR.KDC_ERR_C_PRINCIPAL_UNKNOWN]: [
    'there is no such user',
    'Compare the name and the realm, which is in upper case as a rule; a user principal name (an e-mail address) needs kinit --enterprise.',
  ],
  [KRB_ERROR.KDC_ERR_S_PRINCIPAL_UNKNOWN]: [
    'there is no such service',
    'No account has the name: use the fully qualified name of the host, see who has it (setspn -Q, getprinc), and give it to one account (setspn -S).',
  ],
  [KRB_ERROR.KDC_ERR_PRINCIPAL_NOT_UNIQUE]: [
    'two accounts have that service name',
    'setspn -X lists them: take the name away from all but one.',
  ],
  [KRB_ERROR.KDC_ERR_POLICY]: [
    'a policy forbids it',
    'Look at the hours, the workstations and the restrictions of the account, and into the log of the KDC.',
  ],
  [KRB_ERROR.KDC_ERR_BADOPTION]: [
    'an option is not granted',
    'A flag of the ticket that the account may not have, or delegation that the service is not trusted for.',
  ],
  [KRB_ERROR.KDC_ERR_ETYPE_NOSUPP]: [
    'no encryption type in common',
    'Let the account have AES keys (msDS-SupportedEncryptionTypes 24 in Active Directory), and set its password once more.',
  ],
  [KRB_ERROR.KDC_ERR_CLIENT_REVOKED]: [
    'the account is locked or disabled',
    'Unlock or enable it; secur32 decode shows the NTSTATUS that Windows adds to the error.',
  ],
  [KRB_ERROR.KDC_ERR_KEY_EXPIRED]: [
    'the password has expired',
    'Change it with kpasswd, or set a new one for the account.',
  ],
  [KRB_ERROR.KDC_ERR_PREAUTH_FAILED]: [
    'a wrong password or key',
    'Try it with secur32 kinit; a keytab is of no use once the password was set anew.',
  ],
  [KRB_ERROR.KDC_ERR_PREAUTH_REQUIRED]: [
    'the usual first answer: prove who you are',
    'No fault by itself: the client goes on with a proof of its password. At the end of an exchange it lacks a proof that the KDC takes.',
  ],
  [KRB_ERROR.KDC_ERR_MUST_USE_USER2USER]: [
    'the target is a user without a service name',
    'Give the account a service principal name (setspn -S).',
  ],
  [KRB_ERROR.KDC_ERR_SVC_UNAVAILABLE]: [
    'the KDC cannot serve now',
    'Another KDC may; clients try the next one by themselves.',
  ],
  [KRB_ERROR.KRB_AP_ERR_BAD_INTEGRITY]: [
    'what came cannot be decrypted',
    'The keys of both sides differ: a password was set anew, or a keytab belongs to another account.',
  ],
  [KRB_ERROR.KRB_AP_ERR_TKT_EXPIRED]: ['the ticket has expired', 'Get a new one: secur32 kinit.'],
  [KRB_ERROR.KRB_AP_ERR_TKT_NYV]: [
    'the ticket is not valid yet',
    'Compare the clocks of client, server and KDC (NTP).',
  ],
  [KRB_ERROR.KRB_AP_ERR_REPEAT]: [
    'the request was seen before',
    'Somebody has sent a recorded logon again, or a client uses one authenticator twice.',
  ],
  [KRB_ERROR.KRB_AP_ERR_NOT_US]: [
    'the ticket is for somebody else',
    'The client asked for another name than the keytab has: add that name to the keytab, or see why the client asks for it.',
  ],
  [KRB_ERROR.KRB_AP_ERR_SKEW]: [
    'the clocks differ too much',
    'Set the clock that is off (NTP); five minutes are allowed as a rule.',
  ],
  [KRB_ERROR.KRB_AP_ERR_MODIFIED]: [
    "the service's key does not open the ticket",
    'The service runs under another account than the one with that name, or its keytab was made with another password: secur32 spn check.',
  ],
  [KRB_ERROR.KRB_AP_ERR_BADKEYVER]: [
    'the service has another version of its key',
    'Make the keytab anew: the password was set since. secur32 spn check shows both versions.',
  ],
  [KRB_ERROR.KRB_AP_ERR_NOKEY]: [
    'the service has no such key',
    'The keytab lacks the encryption type of the ticket: make it anew. secur32 spn check shows which.',
  ],
  [KRB_ERROR.KRB_ERR_RESPONSE_TOO_BIG]: [
    'ask again by TCP',
    'Clients do so by themselves; see that port 88 can be reached by TCP, too.',
  ],
  [KRB_ERROR.KDC_ERR_WRONG_REALM]: [
    'ask another realm',
    'The KDC refers to the realm that knows the user; clients follow by themselves.',
  ],
};
