import type { Awaitable } from '../sspi/awaitable.js';
import type { InnerContext } from './inner-context.js';
import type { SaslRole, SaslStep } from './sasl-step.js';

/**
 * One SASL mechanism over one security package. A new one is a file in profiles/ and a row in profiles.ts.
 */
export interface SaslProfile {
  /** The mechanism's registered name: 1 to 20 of `A-Z 0-9 - _` (RFC 4422 3.1). */
  readonly name: string;
  /** Security packages that carry it; the first one that the table has is the profile's package. */
  readonly packages: readonly string[];
  begin(role: SaslRole): SaslExchange;
}

/** The state of one exchange, from its first leg until its context is deleted. Its calls never overlap. */
export interface SaslExchange {
  /**
   * Takes the peer's token and gives the answer. `token` is undefined where a client begins without input; a server gets an empty one
   * where the peer has sent nothing. It throws `SaslFailure`, or lets the package's `SspiError` pass.
   */
  step(inner: InnerContext, token: Uint8Array | undefined): Promise<SaslStep>;
  /** Whether the peer has been told the receive size and, on a client, the authorization identity: they are settled then. */
  readonly announced: boolean;
  /** Bytes of plaintext that the peer takes in one protected buffer; asked for after the last leg. */
  sendSize(inner: InnerContext): Awaitable<number>;
  /** The authorization identity that the client named, empty where it named none; asked for on servers, after the last leg. */
  receivedAuthzString(inner: InnerContext): Awaitable<Uint8Array>;
}
