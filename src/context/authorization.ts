import type { Awaitable } from '../sspi/awaitable.js';
import { SEC_E } from '../sspi/status.js';
import type { Exchange } from './exchange.js';
import type { PeerIdentity } from './identity.js';

/** A client that has proven who it is, and whom it wants to act as. */
export interface AuthorizationRequest {
  /** As the client sent it, never empty: compare it, never interpolate it. */
  readonly authorizationId: string;
  readonly identity: PeerIdentity;
  /**
   * What the client may call itself: `DOMAIN\\user`, `user@domain`, its principal; the account's name alone only where the account is of
   * the server's own realm, or has none.
   */
  readonly names: readonly string[];
}

/** Whether the client may act as the one it names (RFC 4422 3.4.1). */
export type Authorize = (request: AuthorizationRequest) => Awaitable<boolean>;

/** The default: people act as themselves. */
export const asOneself: Authorize = ({ authorizationId, names }) => names.includes(authorizationId);

/** Throws SEC_E_LOGON_DENIED unless `authorize` agrees; what it throws passes. */
export async function checkAuthorization(
  exchange: Exchange,
  authorize: Authorize,
  request: AuthorizationRequest,
): Promise<void> {
  // Nothing but true is a yes: a forgotten return is none.
  if ((await authorize(request)) === true) return;
  throw exchange.refusal(
    SEC_E.LOGON_DENIED,
    `${JSON.stringify(request.identity.name)} may not act as ${JSON.stringify(request.authorizationId)}`,
    'Log on without an authorization identity, or let `authorize` of the server allow this one.',
  );
}
