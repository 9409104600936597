/** Why the addon itself refused or gave up. The numbers are those of `Fault` in native/src/refusal.hpp. */
export const FAULT = {
  FOREIGN_HANDLE: 1,
  FAILED_CONTEXT: 2,
  NOT_BEGUN: 3,
  NOT_ESTABLISHED: 4,
  BUSY: 5,
  WRONG_SIDE: 6,
  MISSING_FUNCTION: 7,
  UNREADABLE_ANSWER: 8,
  CERTIFICATE_NOT_FOUND: 9,
  CERTIFICATE_UNREADABLE: 10,
  ALREADY_IMPERSONATING: 11,
  CLIENT_TOKEN_UNAVAILABLE: 12,
  UNKNOWN_ATTRIBUTE: 13,
} as const;
Object.freeze(FAULT);

/** What happened, and what a person can do where the status's own advice does not fit. */
export interface FaultText {
  readonly detail: string;
  readonly hint?: string;
}

export function faultText(fault: number | undefined): FaultText | undefined {
  return fault === undefined ? undefined : TEXTS[fault];
}

const TEXTS: Readonly<Record<number, FaultText>> = {
  [FAULT.FOREIGN_HANDLE]: { detail: 'the handle is closed or was made elsewhere' },
  [FAULT.FAILED_CONTEXT]: {
    detail: 'an earlier call of this context failed or was given up',
    hint: 'Delete the context and start over with a new one.',
  },
  [FAULT.NOT_BEGUN]: {
    detail: 'no token has been exchanged yet',
    hint: 'Exchange tokens until the context function returns SEC_E_OK, then use the context.',
  },
  [FAULT.NOT_ESTABLISHED]: {
    detail: 'the context is not established yet',
    hint: 'Exchange tokens until the context function returns SEC_E_OK, then use the context.',
  },
  [FAULT.BUSY]: {
    detail: 'another call of this context is still running',
    hint: 'Await the calls of a context before a ...Sync function, or use the promise form, which waits its turn.',
  },
  [FAULT.WRONG_SIDE]: {
    detail: 'a client goes on with InitializeSecurityContext, a server with AcceptSecurityContext',
  },
  [FAULT.MISSING_FUNCTION]: { detail: 'the Secur32.dll of this Windows does not have the function' },
  [FAULT.UNREADABLE_ANSWER]: {
    detail: "the package's answer does not fit together",
    hint: 'A security package returned a length or an address that cannot be: look for third-party packages and update Windows.',
  },
  [FAULT.CERTIFICATE_NOT_FOUND]: {
    detail: 'the certificate is not in its store, or its private key is not',
    hint: 'Look for it with `certutil -store My`, or with `certutil -user -store My`; give `location` and `store` where they are others.',
  },
  [FAULT.CERTIFICATE_UNREADABLE]: {
    detail: 'the certificate or its key cannot be read',
    hint: 'Check the passphrase, and that the file holds a certificate with its private key: `certutil -dump FILE`.',
  },
  [FAULT.ALREADY_IMPERSONATING]: {
    detail: 'this thread already runs as a client',
    hint: 'Finish one impersonation before the next: they cannot be nested.',
  },
  [FAULT.CLIENT_TOKEN_UNAVAILABLE]: {
    detail: 'the token of the client cannot be used',
    hint: 'The process needs the privilege SeImpersonatePrivilege ("Impersonate a client after authentication").',
  },
  [FAULT.UNKNOWN_ATTRIBUTE]: { detail: 'there is no such attribute here' },
};
