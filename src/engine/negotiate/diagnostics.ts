import { channel } from 'node:diagnostics_channel';
import { statusName } from '../../sspi/status.js';
import type { NegotiateRole } from './inner-context.js';
import type { LeftOut } from './not-usable.js';

/**
 * What the channel `secur32:negotiate` of node:diagnostics_channel tells about the engine's negotiations. It carries no tokens, no
 * passwords and no keys; a `reason` may name a realm, a file or a principal.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 * import type { NegotiateEvent } from 'secur32/engine';
 *
 * subscribe('secur32:negotiate', message => {
 *   const event = message as NegotiateEvent;
 *   if (event.type === 'passedOver') console.warn(`${event.package} is not used: ${event.code}, ${event.reason}`);
 *   else if (!event.preferred) console.warn(`${event.role} fell to ${event.package}`);
 * });
 * ```
 */
export type NegotiateEvent =
  /**
   * A context does without a package that it could have used: a client went on to its next one, as `negotiate.whenPreferredFails`
   * allows, or the package has no use for the credential's identity, or (servers) has no keys.
   */
  | {
      readonly type: 'passedOver';
      readonly role: 'client' | 'server';
      readonly package: string;
      /** The package's status: `SEC_E_NO_CREDENTIALS`. */
      readonly code: string;
      /** What the package said. */
      readonly reason: string;
    }
  /** A negotiation has ended well. */
  | {
      readonly type: 'agreed';
      readonly role: 'client' | 'server';
      readonly package: string;
      /** Whether it is the package that this side likes best of those it could have used. */
      readonly preferred: boolean;
      /** Whether the tokens came bare, so that nothing was negotiated. */
      readonly direct: boolean;
    };

const negotiations = channel('secur32:negotiate');

export function reportPassedOver(role: NegotiateRole, { error, package: { info } }: LeftOut): void {
  if (!negotiations.hasSubscribers) return;
  publish({ type: 'passedOver', role, package: info.name, code: statusName(error.status), reason: error.message });
}

export function reportAgreed(agreement: Omit<Extract<NegotiateEvent, { type: 'agreed' }>, 'type'>): void {
  if (negotiations.hasSubscribers) publish({ type: 'agreed', ...agreement });
}

function publish(event: NegotiateEvent): void {
  negotiations.publish(event);
}
