import { channel } from 'node:diagnostics_channel';
import { statusName } from '../../sspi/status.js';

/**
 * What the channel `secur32:negotiate` of node:diagnostics_channel tells about the engine's negotiations. It carries no names of
 * people, no tokens and no keys.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 * import type { NegotiateEvent } from 'secur32/engine';
 *
 * subscribe('secur32:negotiate', message => {
 *   const event = message as NegotiateEvent;
 *   if (event.type === 'passedOver') console.warn(`${event.package} could not be used: ${event.code}`);
 *   else if (!event.preferred) console.warn(`${event.role} fell to ${event.package}`);
 * });
 * ```
 */
export type NegotiateEvent =
  /** A client went on to its next package, as `negotiate.whenPreferredFails` allows. */
  | { readonly type: 'passedOver'; readonly role: 'client'; readonly package: string; readonly code: string }
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

export function reportPassedOver(packageName: string, status: number): void {
  if (negotiations.hasSubscribers) {
    publish({ type: 'passedOver', role: 'client', package: packageName, code: statusName(status) });
  }
}

export function reportAgreed(agreement: Omit<Extract<NegotiateEvent, { type: 'agreed' }>, 'type'>): void {
  if (negotiations.hasSubscribers) publish({ type: 'agreed', ...agreement });
}

function publish(event: NegotiateEvent): void {
  negotiations.publish(event);
}
