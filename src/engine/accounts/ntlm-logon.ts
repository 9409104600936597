import type { SidAndName } from '../../sspi/security-token.js';

/** What a client has sent to prove who it is by NTLM ([MS-NLMP] 2.2.2.3 to 2.2.2.8). Names are as the client sent them: never interpolate them. */
export interface NtlmLogon {
  readonly user: string;
  /** Empty where the client named none. */
  readonly domain: string;
  /** The client's machine, by its own account. */
  readonly workstation: string;
  /** The server's challenge, 8 bytes. */
  readonly serverChallenge: Uint8Array;
  /** More than 24 bytes: NTLMv2. 24 bytes, NTLMv1, come only to an engine that accepts it. */
  readonly ntResponse: Uint8Array;
  /** Proves nothing by itself; with NTLMv1 and extended session security it carries the client's challenge. */
  readonly lmResponse: Uint8Array;
  /** Whether NTLMv1 was made with extended session security: `ntResponse` then answers both challenges. */
  readonly extendedSessionSecurity: boolean;
}

/** A logon that an authority has found to be good. */
export interface NtlmLogonResult {
  /** The account's name: the authority's own spelling where it tells one. */
  readonly user: string;
  readonly domain?: string;
  readonly sid?: string;
  readonly groups?: readonly SidAndName[];
  /** SessionBaseKey ([MS-NLMP] 3.3), 16 bytes: what a domain controller calls the user session key. */
  readonly sessionBaseKey: Uint8Array;
}
