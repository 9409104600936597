import { channel } from 'node:diagnostics_channel';
import { SspiError } from '../sspi/error.js';

/**
 * What the channel `secur32:context` of node:diagnostics_channel tells about the contexts of this process. It carries no names of
 * people, no tokens and no keys.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 * import type { ContextEvent } from 'secur32';
 *
 * subscribe('secur32:context', message => {
 *   const event = message as ContextEvent;
 *   if (event.type === 'failed') console.error(event.owner, event.package, event.code);
 * });
 * ```
 */
export interface ContextEvent {
  readonly type: 'established' | 'failed';
  /** The class: `SaslServer`, `ClientContext`, ... */
  readonly owner: string;
  /** The package of the credential. */
  readonly package: string;
  /** The name of the status, where a failure has one. */
  readonly code?: string;
}

interface Subject {
  readonly owner: string;
  readonly packageName: string;
}

const contexts = channel('secur32:context');

export function reportEstablished(subject: Subject): void {
  if (contexts.hasSubscribers) publish({ type: 'established', owner: subject.owner, package: subject.packageName });
}

export function reportFailed(subject: Subject, error: unknown): void {
  if (!contexts.hasSubscribers) return;
  const event = { type: 'failed', owner: subject.owner, package: subject.packageName } as const;
  publish(error instanceof SspiError ? { ...event, code: error.code } : event);
}

function publish(event: ContextEvent): void {
  contexts.publish(event);
}
