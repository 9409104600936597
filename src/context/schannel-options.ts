import { ArgumentError } from '../sspi/arguments.js';
import type { CertificateIdentity } from '../sspi/credentials.js';
import type { SecurityFunctionTable } from '../sspi/function-table.js';
import { Credential } from './credential.js';

/** Options of both ends of a TLS connection. */
export interface SchannelOptions {
  /**
   * A credential of the package `Schannel`, to be used for many connections: sessions are resumed within one credential. Where it is
   * absent one is acquired of `identity`, for this connection alone.
   */
  readonly credential?: Credential;
  readonly identity?: CertificateIdentity;
  /** The security functions for `identity`; by default those of `initSecurityInterface()`. */
  readonly sspi?: SecurityFunctionTable;
  /** Application protocols (ALPN), the most preferred first: SEC_E_APPLICATION_PROTOCOL_MISMATCH where the peer has none of them. */
  readonly protocols?: readonly string[];
  /** Bytes of the peer that were read from the connection before. */
  readonly head?: Uint8Array;
  /** Seconds until the handshake must be through; 60 by default. */
  readonly handshakeTimeout?: number;
  readonly signal?: AbortSignal;
}

export interface SchannelConnectOptions extends SchannelOptions {
  /** The server's name: asked for (SNI), and checked against its certificate. */
  readonly serverName: string;
  /** `dangerouslyByCaller`: neither chain nor name are checked here, and `authorized` stays false. */
  readonly validation?: 'automatic' | 'dangerouslyByCaller';
}

export interface SchannelAcceptOptions extends SchannelOptions {
  /**
   * Whether clients are asked for a certificate. `require` refuses with SEC_E_CERT_UNKNOWN one that is missing or not trusted;
   * `request` lets it pass, and leaves `authorized` false. `none` by default.
   */
  readonly clientCertificate?: 'none' | 'request' | 'require';
}

const DEFAULT_TIMEOUT = 60;

/** Throws a TypeError for options that are none. */
export function checkSchannelOptions(options: SchannelOptions): void {
  const { credential, protocols, head, handshakeTimeout } = options;
  if (credential !== undefined && !(credential instanceof Credential)) {
    throw new ArgumentError('credential must be a Credential');
  }
  if (protocols !== undefined && (!Array.isArray(protocols) || protocols.some(each => typeof each !== 'string'))) {
    throw new ArgumentError('protocols must be an array of names');
  }
  if (head !== undefined && !(head instanceof Uint8Array)) throw new ArgumentError('head must be a Uint8Array');
  if (handshakeTimeout !== undefined && !(handshakeTimeout > 0)) {
    throw new ArgumentError('handshakeTimeout must be a number of seconds');
  }
}

/** Milliseconds. */
export function timeoutOf({ handshakeTimeout = DEFAULT_TIMEOUT }: SchannelOptions): number {
  return handshakeTimeout * 1000;
}
