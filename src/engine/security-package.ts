import type { Awaitable } from '../sspi/awaitable.js';
import type { SecBuffer } from '../sspi/buffers.js';
import type { AuthData, CredentialUse } from '../sspi/credentials.js';
import type { MessageBuffers, MessageCall } from '../sspi/messages.js';
import type { SecPkgInfo } from '../sspi/packages.js';
import type { SecurityToken } from '../sspi/security-token.js';

/** A security package of the engine. It throws `PackageError`; names of functions and handles are the table's business. */
export interface SecurityPackage {
  readonly info: SecPkgInfo;
  /** Other names that the package is known by. */
  readonly aliases?: readonly string[];
  /** Object identifiers of the mechanism in SPNEGO (RFC 4178), in dotted form. */
  readonly oids?: readonly string[];
  /** Whether a token is one of this package without SPNEGO around it, which Negotiate takes too ([MS-SPNG] 3.2.5). Looks at its first bytes. */
  recognizes?(token: Uint8Array): boolean;
  acquireCredential(request: CredentialRequest): Awaitable<PackageCredential>;
}

export interface CredentialRequest {
  readonly use: CredentialUse;
  readonly principal?: string;
  /** Never of kind `current`: that is an absent one. */
  readonly authData?: AuthData;
}

export interface PackageCredential {
  readonly expiry?: Date;
  /** The first leg of a client. Absent: SEC_E_UNSUPPORTED_FUNCTION; a credential of the wrong direction throws SEC_E_NO_CREDENTIALS. */
  initialize?(leg: InitializeLeg): Awaitable<FirstLeg>;
  /** The first leg of a server. */
  accept?(leg: ContextLegInput): Awaitable<FirstLeg>;
  /** Undefined where the package does not know the attribute. */
  queryAttribute?(attribute: number): unknown;
  /** False where the package does not know the attribute. */
  setAttribute?(attribute: number, value: unknown): boolean;
  /** Wipes what is secret. Called once, after the last context has gone. */
  close(): void;
}

export interface ContextLegInput {
  readonly input: readonly SecBuffer[];
  /** ISC_REQ or ASC_REQ bits. */
  readonly contextReq: number;
  readonly targetDataRep: number;
  readonly signal: AbortSignal | undefined;
  /** On a later leg: the credential that the caller gives, where it gives one. */
  readonly credential?: PackageCredential | undefined;
}

export interface InitializeLeg extends ContextLegInput {
  readonly targetName: string | undefined;
  /** Bits of contextReq that are no wish of the caller's: where the peer does not grant them the package goes on without. */
  readonly dispensable?: number;
}

export interface LegResult {
  readonly status: number;
  readonly output: SecBuffer[];
  /** EXTRA and MISSING, where the package leaves some. */
  readonly input?: SecBuffer[];
  readonly contextAttr: number;
  readonly expiry?: Date;
}

export interface FirstLeg extends LegResult {
  /** New, or one that the package has kept and the caller comes back to (WDigest's `opaque`). */
  readonly context: PackageContext;
}

/** One context of a package. After a method has thrown from a leg, only `close` is called. */
export interface PackageContext {
  /** What the engine keeps of the context; packages leave it alone. */
  engineContext?: object;
  /** A later leg. */
  step(leg: InitializeLeg): Awaitable<LegResult>;
  completeAuthToken?(buffers: readonly SecBuffer[]): Awaitable<void>;
  applyControlToken?(buffers: readonly SecBuffer[]): Awaitable<void>;
  /** Undefined where the package does not know the attribute, or the context does not have it yet. */
  queryAttribute(attribute: number): unknown;
  setAttribute?(attribute: number, value: unknown): boolean;
  /** Who the client is; server contexts only. */
  securityToken?(): SecurityToken;
  makeSignature?(message: MessageCall): MessageBuffers;
  verifySignature?(message: MessageCall): MessageBuffers;
  encryptMessage?(message: MessageCall): Awaitable<MessageBuffers>;
  decryptMessage?(message: MessageCall): Awaitable<MessageBuffers>;
  /** Why messages cannot be done before a call returns; absent where they can: the functions above then return no promises. */
  readonly asynchronous?: string;
  /**
   * The MIC of SPNEGO's list of mechanisms (RFC 4178 5), for a package in which that is not what makeSignature makes. The list is the
   * DER of MechTypeList as it was sent. Good once the context's own last leg is done.
   */
  signMechList?(list: Uint8Array): Uint8Array;
  /** Throws SEC_E_MESSAGE_ALTERED where `mic` is not the peer's. */
  verifyMechList?(list: Uint8Array, mic: Uint8Array): void;
  /** Whether SPNEGO must exchange mechListMIC although the preferred mechanism was taken ([MS-SPNG] 3.2.5.1, 3.3.5.1). */
  readonly requiresMechListMic?: boolean;
  /** Wipes what is secret. Called once. */
  close(): void;
}
