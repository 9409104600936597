/** Capabilities of a security package (`SecPkgInfo.fCapabilities`). Source: sspi.h; Microsoft Learn, "SecPkgInfo". */
export const SECPKG_FLAG = {
  INTEGRITY: 0x00000001,
  PRIVACY: 0x00000002,
  TOKEN_ONLY: 0x00000004,
  DATAGRAM: 0x00000008,
  CONNECTION: 0x00000010,
  MULTI_REQUIRED: 0x00000020,
  CLIENT_ONLY: 0x00000040,
  EXTENDED_ERROR: 0x00000080,
  IMPERSONATION: 0x00000100,
  ACCEPT_WIN32_NAME: 0x00000200,
  STREAM: 0x00000400,
  NEGOTIABLE: 0x00000800,
  GSS_COMPATIBLE: 0x00001000,
  LOGON: 0x00002000,
  ASCII_BUFFERS: 0x00004000,
  FRAGMENT: 0x00008000,
  MUTUAL_AUTH: 0x00010000,
  DELEGATION: 0x00020000,
  READONLY_WITH_CHECKSUM: 0x00040000,
  RESTRICTED_TOKENS: 0x00080000,
  NEGO_EXTENDER: 0x00100000,
  NEGOTIABLE2: 0x00200000,
  APPCONTAINER_PASSTHROUGH: 0x00400000,
  APPCONTAINER_CHECKS: 0x00800000,
  CREDENTIAL_ISOLATION_ENABLED: 0x01000000,
  APPLY_LOOPBACK: 0x02000000,
} as const;
Object.freeze(SECPKG_FLAG);

/** `wRPCID` of a package without an RPC authentication service number. Source: sspi.h. */
export const SECPKG_ID_NONE = 0xffff;

/** A security package as EnumerateSecurityPackages reports it. Source: Microsoft Learn, "SecPkgInfo". */
export interface SecPkgInfo {
  /** The name to give to acquireCredentialsHandle. */
  readonly name: string;
  readonly comment: string;
  /** {@link SECPKG_FLAG} bits (`fCapabilities`). */
  readonly capabilities: number;
  /** `wVersion`. */
  readonly version: number;
  /** RPC authentication service number (`wRPCID`), or {@link SECPKG_ID_NONE}. */
  readonly rpcId: number;
  /** Size in bytes of the largest token that the package makes (`cbMaxToken`). */
  readonly maxToken: number;
}
