/** Directions of a credential (`fCredentialUse`). Source: sspi.h; Microsoft Learn, "AcquireCredentialsHandle". */
export const SECPKG_CRED = {
  INBOUND: 0x00000001,
  OUTBOUND: 0x00000002,
  BOTH: 0x00000003,
  DEFAULT: 0x00000004,
  AUTOLOGON_RESTRICTED: 0x00000010,
  PROCESS_POLICY_ONLY: 0x00000020,
} as const;
Object.freeze(SECPKG_CRED);

/** Which side of a context a credential serves: servers `inbound`, clients `outbound`. */
export type CredentialUse = 'inbound' | 'outbound' | 'both';

/** A user with a password: SEC_WINNT_AUTH_IDENTITY, with a list of packages its _EX form. An empty password is an empty password. */
export interface PasswordIdentity {
  readonly kind: 'password';
  readonly user: string;
  readonly domain?: string;
  readonly password: string;
  /** Comma-separated packages that Negotiate may use; `!ntlm` leaves one out (`PackageList`). */
  readonly packageList?: string;
}

/** A user with the NT hash (MD4 of the UTF-16LE password, 16 bytes): NTLM and RC4 Kerberos only. */
export interface NtHashIdentity {
  readonly kind: 'ntHash';
  readonly user: string;
  readonly domain?: string;
  readonly ntHash: Uint8Array;
  readonly packageList?: string;
}

/** Kerberos keys: a keytab file, as a name (`FILE:` may stand before it) or as its bytes. */
export interface KeytabIdentity {
  readonly kind: 'keytab';
  readonly keytab: string | Uint8Array;
  /** `primary/instance@REALM`; all of the keytab's principals where it is absent. */
  readonly principal?: string;
  readonly packageList?: string;
}

/** Kerberos tickets: a credential cache by its name (`FILE:` or `DIR:`) or as its bytes. */
export interface CcacheIdentity {
  readonly kind: 'ccache';
  readonly ccache: string | Uint8Array;
  readonly principal?: string;
  readonly packageList?: string;
}

/** Where a Schannel certificate comes from. */
export type CertificateSource =
  | { readonly pem: string | Uint8Array; readonly key: string | Uint8Array; readonly passphrase?: string }
  | { readonly pfx: Uint8Array; readonly passphrase?: string }
  /** A certificate of a Windows store, by its SHA-1 thumbprint in hex or by its subject. */
  | { readonly thumbprint: string; readonly store?: string; readonly location?: 'user' | 'machine' }
  | { readonly subject: string; readonly store?: string; readonly location?: 'user' | 'machine' };

/** Schannel's credential: SCH_CREDENTIALS. All members may be left out: a client without a certificate. */
export interface CertificateIdentity {
  readonly kind: 'certificate';
  /** Several on a server are chosen from by the client's server name indication. */
  readonly certificates?: readonly CertificateSource[];
  /** Trusted roots (PEM) instead of the system's (`hRootStore`). */
  readonly roots?: readonly (string | Uint8Array)[];
  /** Certificate revocation lists (PEM), where the provider takes them. */
  readonly revocationLists?: readonly (string | Uint8Array)[];
  /** {@link SCH_CRED} flags (`dwFlags`). */
  readonly flags?: number;
  /** {@link SP_PROT} bits that may be used; 0 or absent is the system's default. */
  readonly protocols?: number;
  /** Seconds that a session can be resumed (`dwSessionLifespan`); 0 or absent is ten hours. */
  readonly sessionLifespan?: number;
  readonly packageList?: string;
}

/** Nobody: the null session. Servers refuse it unless they ask for it. */
export interface AnonymousIdentity {
  readonly kind: 'anonymous';
}

/** The logged-on user of this process, and on a server the machine's own account. */
export interface CurrentIdentity {
  readonly kind: 'current';
}

/** Authentication data of a credential (`pAuthData`). Absent means {@link CurrentIdentity}. */
export type AuthData =
  | PasswordIdentity
  | NtHashIdentity
  | KeytabIdentity
  | CcacheIdentity
  | CertificateIdentity
  | AnonymousIdentity
  | CurrentIdentity;
