/** Bounds on what a client can make the server keep or wait for. */
export interface ImapLimits {
  /** Connections at a time; the next one is turned away with a BYE. */
  readonly connections: number;
  /** Bytes of a line: the base64 of the largest token of any package, 65,535 bytes, fits. */
  readonly lineLength: number;
  /** Milliseconds from the connection to a finished logon. */
  readonly logonTime: number;
  /** Milliseconds without a byte from a client that is logged on; RFC 9051 5.4 asks for 30 minutes or more. */
  readonly idleTime: number;
  /** Failed logons on one connection. */
  readonly failedLogons: number;
}

export const IMAP_LIMITS: ImapLimits = {
  connections: 64,
  lineLength: 90_000,
  logonTime: 60_000,
  idleTime: 30 * 60_000,
  failedLogons: 3,
};
Object.freeze(IMAP_LIMITS);
