/** A security identifier with its name, where the provider could look it up. */
export interface SidAndName {
  /** `S-1-5-21-...` ([MS-DTYP] 2.4.2.1). */
  readonly sid: string;
  readonly domain?: string;
  readonly name?: string;
}

/** Who is behind a server context: what QuerySecurityContextToken's access token says. */
export interface SecurityToken {
  readonly user: {
    readonly name: string;
    /** NetBIOS or DNS domain, or realm; empty where the account has none. */
    readonly domain: string;
    readonly sid?: string;
    /** `alice@example.com`, where the package carries it. */
    readonly userPrincipalName?: string;
  };
  /** Absent where the package carries no groups. */
  readonly groups?: readonly SidAndName[];
  /** Names such as `SeImpersonatePrivilege`; Windows only. */
  readonly privileges?: readonly string[];
}
