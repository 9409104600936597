import type {
  ContextAttributeValues,
  CredentialAttributeValues,
  SettableContextAttributeValues,
  SettableCredentialAttributeValues,
} from './attribute-values.js';
import type { SECPKG_ATTR } from './attributes.js';
import type { SecBuffer } from './buffers.js';
import type { AuthData, CredentialUse } from './credentials.js';
import type { ProviderName } from './error.js';
import type { CredHandle, CtxtHandle, TokenHandle } from './handles.js';
import type { MessageBuffers, MessageCall } from './messages.js';
import type { SecPkgInfo } from './packages.js';
import type { SaslContextOptions, SaslOptionValues } from './sasl.js';
import type { SecurityToken } from './security-token.js';

export interface AcquireCredentialsCall {
  /** A package's name as enumerateSecurityPackages gives it; case does not matter. */
  readonly package: string;
  readonly credentialUse: CredentialUse;
  readonly principal?: string;
  /** Absent: the logged-on user, as a NULL `pAuthData`. */
  readonly authData?: AuthData;
  /** SECPKG_CRED.AUTOLOGON_RESTRICTED and PROCESS_POLICY_ONLY bits. */
  readonly flags?: number;
}

export interface AcquiredCredentials {
  readonly credential: CredHandle;
  readonly expiry?: Date;
}

export interface AcceptContextCall {
  /** May be left out on later legs of Schannel. */
  readonly credential?: CredHandle | undefined;
  /** Absent on the first leg. */
  readonly context?: CtxtHandle | undefined;
  readonly input: readonly SecBuffer[];
  /** ASC_REQ bits. */
  readonly contextReq: number;
  /** DREP; 0 by default. */
  readonly targetDataRep?: number | undefined;
  /** Gives the leg up: the promise rejects with the signal's reason and the context can only be deleted. */
  readonly signal?: AbortSignal | undefined;
}

export interface InitializeContextCall {
  readonly credential?: CredHandle | undefined;
  readonly context?: CtxtHandle | undefined;
  /** An SPN, WDigest's URI, or Schannel's server name. */
  readonly targetName?: string | undefined;
  readonly input?: readonly SecBuffer[] | undefined;
  /** ISC_REQ bits. */
  readonly contextReq: number;
  readonly targetDataRep?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SaslAcceptContextCall extends AcceptContextCall {
  readonly options?: SaslContextOptions | undefined;
}

export interface SaslInitializeContextCall extends InitializeContextCall {
  readonly options?: SaslContextOptions | undefined;
}

/** What a context leg gave. */
export interface ContextLeg {
  /** SEC_E_OK, or one of the statuses that ask for more (see {@link SecurityFunctionTable}). */
  readonly status: number;
  /** The context; the same object on every leg. With SEC_E_INCOMPLETE_MESSAGE on a first leg it may be absent. */
  readonly context: CtxtHandle;
  /** A TOKEN that is not empty goes to the peer, also with SEC_E_OK. */
  readonly output: SecBuffer[];
  /** The input buffers as the package left them: EXTRA, MISSING. */
  readonly input: SecBuffer[];
  /** ISC_RET or ASC_RET bits; those about security hold after SEC_E_OK. */
  readonly contextAttr: number;
  /** Absent where the context never expires, or does not know it yet. */
  readonly expiry?: Date;
}

export interface ExportedContext {
  readonly package: string;
  readonly packed: Uint8Array;
  readonly token?: TokenHandle;
}

/**
 * The security functions by their official names. Source: Microsoft Learn, "SSPI Functions" and "SASL Functions".
 *
 * Statuses that carry data resolve: SEC_E_OK, SEC_I_CONTINUE_NEEDED, SEC_I_COMPLETE_NEEDED, SEC_I_COMPLETE_AND_CONTINUE,
 * SEC_E_INCOMPLETE_MESSAGE, SEC_I_INCOMPLETE_CREDENTIALS, SEC_I_RENEGOTIATE, SEC_I_CONTEXT_EXPIRED, SEC_I_MESSAGE_FRAGMENT.
 * Every other status rejects with an `SspiError`. An argument of the wrong type is a `TypeError`; a handle that is closed or
 * was made by another table is SEC_E_INVALID_HANDLE; what a package cannot do is SEC_E_UNSUPPORTED_FUNCTION.
 *
 * The calls of one context run in their order, and deletion waits for those that run.
 */
export interface SecurityFunctionTable {
  readonly provider: ProviderName;

  enumerateSecurityPackages(): Promise<SecPkgInfo[]>;
  /** Rejects with SEC_E_SECPKG_NOT_FOUND for a name that is not among the packages. */
  querySecurityPackageInfo(packageName: string): Promise<SecPkgInfo>;

  acquireCredentialsHandle(call: AcquireCredentialsCall): Promise<AcquiredCredentials>;
  /** Contexts that were made from the credential live on. */
  freeCredentialsHandle(credential: CredHandle): Promise<void>;
  queryCredentialsAttributes<A extends keyof CredentialAttributeValues>(
    credential: CredHandle,
    attribute: A,
  ): Promise<CredentialAttributeValues[A]>;
  setCredentialsAttributes<A extends keyof SettableCredentialAttributeValues>(
    credential: CredHandle,
    attribute: A,
    value: SettableCredentialAttributeValues[A],
  ): Promise<void>;

  initializeSecurityContext(call: InitializeContextCall): Promise<ContextLeg>;
  acceptSecurityContext(call: AcceptContextCall): Promise<ContextLeg>;
  /** WDigest's server side after SEC_I_COMPLETE_NEEDED: SEC_E_OUT_OF_SEQUENCE or SEC_E_MESSAGE_ALTERED on failure. */
  completeAuthToken(context: CtxtHandle, token: readonly SecBuffer[]): Promise<void>;
  /** Schannel: the token starts with a SCHANNEL number. */
  applyControlToken(context: CtxtHandle, input: readonly SecBuffer[]): Promise<void>;
  deleteSecurityContext(context: CtxtHandle): Promise<void>;
  queryContextAttributes<A extends keyof ContextAttributeValues>(
    context: CtxtHandle,
    attribute: A,
  ): Promise<ContextAttributeValues[A]>;
  setContextAttributes<A extends keyof SettableContextAttributeValues>(
    context: CtxtHandle,
    attribute: A,
    value: SettableContextAttributeValues[A],
  ): Promise<void>;

  /** Runs `fn` as the client of a server context and reverts on the same thread, whatever happens. */
  impersonate<T>(context: CtxtHandle, fn: () => T): Promise<T>;
  querySecurityContextToken(context: CtxtHandle): Promise<SecurityToken>;
  exportSecurityContext(context: CtxtHandle, flags?: number): Promise<ExportedContext>;
  importSecurityContext(exported: ExportedContext): Promise<CtxtHandle>;

  makeSignature(context: CtxtHandle, message: MessageCall): Promise<MessageBuffers>;
  verifySignature(context: CtxtHandle, message: MessageCall): Promise<MessageBuffers>;
  encryptMessage(context: CtxtHandle, message: MessageCall): Promise<MessageBuffers>;
  decryptMessage(context: CtxtHandle, message: MessageCall): Promise<MessageBuffers>;
  /** The work of makeSignature, done before it returns. So for the other three. */
  makeSignatureSync(context: CtxtHandle, message: MessageCall): MessageBuffers;
  verifySignatureSync(context: CtxtHandle, message: MessageCall): MessageBuffers;
  encryptMessageSync(context: CtxtHandle, message: MessageCall): MessageBuffers;
  decryptMessageSync(context: CtxtHandle, message: MessageCall): MessageBuffers;

  saslEnumerateProfiles(): Promise<string[]>;
  /** The package behind a profile such as `DIGEST-MD5`; SEC_E_SECPKG_NOT_FOUND where there is none. */
  saslGetProfilePackage(profileName: string): Promise<SecPkgInfo>;
  /** The package that a SASL negotiation buffer is for. */
  saslIdentifyPackage(input: readonly SecBuffer[]): Promise<SecPkgInfo>;
  saslInitializeSecurityContext(call: SaslInitializeContextCall): Promise<ContextLeg>;
  saslAcceptSecurityContext(call: SaslAcceptContextCall): Promise<ContextLeg>;
  saslGetContextOption<O extends keyof SaslOptionValues>(context: CtxtHandle, option: O): Promise<SaslOptionValues[O]>;
  saslSetContextOption<O extends keyof SaslOptionValues>(
    context: CtxtHandle,
    option: O,
    value: SaslOptionValues[O],
  ): Promise<void>;
}

/** Names of the functions of the table. */
export type SecurityFunctionName = Exclude<keyof SecurityFunctionTable, 'provider'>;

/** The functions that the SASL layer adds to those of the packages. */
export type SaslFunctionName = Extract<SecurityFunctionName, `sasl${string}`>;

/** A table without its SASL functions: what the SASL layer can stand on. */
export type PackageFunctionTable = Omit<SecurityFunctionTable, SaslFunctionName>;

/** Attributes that a package may know besides those of the headers. */
export type ContextAttribute = (typeof SECPKG_ATTR)[keyof typeof SECPKG_ATTR];
