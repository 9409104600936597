import type { SecBuffer } from '../sspi/buffers.js';
import type { CredHandle, CtxtHandle, TokenHandle } from '../sspi/handles.js';
import type { SecPkgInfo } from '../sspi/packages.js';

// The addon's own surface, for this room only: numbers, bytes and handles. It reports every outcome as a reply and has no words.

/** How a call ended. */
export interface Reply {
  /** Unsigned 32-bit. */
  readonly status: number;
  /** A FAULT number, where the addon itself refused or gave up. */
  readonly fault?: number;
}

export interface PackageReply extends Reply {
  readonly package?: SecPkgInfo;
}

export interface CredentialReply extends Reply {
  readonly credential?: CredHandle;
  readonly expiry?: Date;
}

export interface LegReply extends Reply {
  readonly output?: SecBuffer[];
  readonly input?: SecBuffer[];
  readonly contextAttr?: number;
  readonly expiry?: Date;
}

/** An attribute or an option. */
export interface ValueReply extends Reply {
  readonly value?: unknown;
}

export interface ProtectReply extends Reply {
  readonly layout?: Uint32Array;
  readonly block?: Uint8Array;
}

/** SEC_WINNT_AUTH_IDENTITY or its _EX form. A domain that is absent is a null pointer, which is not the same as an empty one. */
export interface PasswordArguments {
  readonly user: string;
  readonly domain?: string;
  readonly password: string;
  readonly packageList?: string;
}

export type CertificateArguments =
  | { readonly pfx: Uint8Array; readonly passphrase: string }
  | { readonly thumbprint: Uint8Array; readonly store: string; readonly machine: boolean }
  | { readonly subject: string; readonly store: string; readonly machine: boolean };

/** SCH_CREDENTIALS. */
export interface SchannelArguments {
  readonly certificates: readonly CertificateArguments[];
  /** DER. */
  readonly roots: readonly Uint8Array[];
  readonly flags: number;
  readonly protocols: number;
  /** Milliseconds. */
  readonly sessionLifespan: number;
}

export interface AcquireArguments {
  readonly package: string;
  readonly principal?: string;
  /** SECPKG_CRED bits. */
  readonly use: number;
  readonly password?: PasswordArguments;
  readonly schannel?: SchannelArguments;
}

export interface LegArguments {
  readonly context: CtxtHandle;
  readonly credential?: CredHandle;
  readonly targetName?: string;
  readonly input?: readonly SecBuffer[];
  readonly contextReq: number;
  readonly targetDataRep: number;
  /** Sasl functions only. */
  readonly options?: readonly { readonly option: number; readonly value: Uint8Array }[];
}

/** The members that an attribute's structure is filled in from. */
export interface SettingArguments {
  readonly number?: number;
  readonly text?: string;
  readonly label?: string;
  readonly bytes?: Uint8Array;
}

export interface ExportReply extends Reply {
  readonly package?: string;
  readonly packed?: Uint8Array;
  readonly token?: TokenHandle;
}

/** What `secur32.node` exports. Wrong argument types throw a TypeError at once. */
export interface NativeAddon {
  enumerateSecurityPackages(): Promise<Reply & { readonly packages?: SecPkgInfo[] }>;
  querySecurityPackageInfo(name: string): Promise<PackageReply>;

  acquireCredentialsHandle(call: AcquireArguments): Promise<CredentialReply>;
  freeCredentialsHandle(credential: CredHandle): Promise<Reply>;
  queryCredentialsAttributes(credential: CredHandle, attribute: number): Promise<ValueReply>;
  setCredentialsAttributes(credential: CredHandle, attribute: number, value: SettingArguments): Promise<Reply>;

  /** A context before its first leg. */
  createContext(): CtxtHandle;
  initializeSecurityContext(call: LegArguments): Promise<LegReply>;
  acceptSecurityContext(call: LegArguments): Promise<LegReply>;
  completeAuthToken(context: CtxtHandle, token: readonly SecBuffer[]): Promise<Reply>;
  applyControlToken(context: CtxtHandle, input: readonly SecBuffer[]): Promise<Reply>;
  deleteSecurityContext(context: CtxtHandle): Promise<Reply>;
  queryContextAttributes(context: CtxtHandle, attribute: number): Promise<ValueReply>;
  setContextAttributes(context: CtxtHandle, attribute: number, value: SettingArguments): Promise<Reply>;
  /** Nobody waits any more for the call of this context that runs; all that is left is to delete the context. */
  giveUpContext(context: CtxtHandle): void;
  /** Settles when the calls of this context that came before have ended. */
  waitForTurn(context: CtxtHandle): Promise<Reply>;

  /** Runs `fn` before it returns; what `fn` throws is thrown. A refusal comes as a promise. */
  impersonate<T>(context: CtxtHandle, fn: () => T): (Reply & { readonly result: T }) | Promise<Reply>;
  querySecurityContextToken(context: CtxtHandle): Promise<Reply & { readonly token?: unknown }>;
  exportSecurityContext(context: CtxtHandle, flags: number): Promise<ExportReply>;
  importSecurityContext(exported: {
    readonly package: string;
    readonly packed: Uint8Array;
    readonly token?: TokenHandle;
  }): Promise<Reply & { readonly context?: CtxtHandle }>;

  /** Works in place and returns the status; see message-layout.ts. */
  protectSync(
    messageFunction: number,
    context: CtxtHandle,
    data: readonly Uint8Array[],
    layout: Uint32Array,
    qop: number,
    sequence: number,
  ): number;
  /** The same on a copy, off the event loop. */
  protect(
    messageFunction: number,
    context: CtxtHandle,
    data: readonly Uint8Array[],
    layout: Uint32Array,
    qop: number,
    sequence: number,
  ): Promise<ProtectReply>;

  /** Whether this Secur32.dll has the Sasl functions. */
  hasSasl(): boolean;
  saslEnumerateProfiles(): Promise<Reply & { readonly profiles?: string[] }>;
  saslGetProfilePackage(profileName: string): Promise<PackageReply>;
  saslIdentifyPackage(input: readonly SecBuffer[]): Promise<PackageReply>;
  saslInitializeSecurityContext(call: LegArguments): Promise<LegReply>;
  saslAcceptSecurityContext(call: LegArguments): Promise<LegReply>;
  saslGetContextOption(context: CtxtHandle, option: number): Promise<ValueReply>;
  saslSetContextOption(context: CtxtHandle, option: number, value: Uint8Array): Promise<Reply>;
}
