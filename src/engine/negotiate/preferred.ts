import type { Awaitable } from '../../sspi/awaitable.js';
import { SEC_E } from '../../sspi/status.js';
import type { InitializeLeg } from '../security-package.js';
import { chain } from './chain.js';
import { reportPassedOver } from './diagnostics.js';
import { InnerContext } from './inner-context.js';
import type { Mechanism } from './mechanisms.js';
import { isNotUsable, notPassedOver } from './not-usable.js';

/** The mechanism that a client begins with. */
export interface Beginning {
  /** Those that are offered: the one that has begun is the first. */
  readonly mechanisms: readonly Mechanism[];
  readonly inner: InnerContext;
  /** The last failure of a mechanism that was passed over; SEC_E_OK where there was none. */
  readonly passedOver: number;
}

/**
 * Begins the most preferred mechanism. Where it cannot be used here, the next one has its turn if `tryNext` allows it; what says that
 * the logon itself is wrong ends the matter in any case.
 */
export function beginPreferred(
  mechanisms: readonly Mechanism[],
  leg: InitializeLeg,
  tryNext: boolean,
  passedOver: number = SEC_E.OK,
): Awaitable<Beginning> {
  const goOn = (error: unknown): Awaitable<Beginning> => {
    const next = mechanisms.slice(1);
    if (!isNotUsable(error) || next.length === 0) throw error;
    const failed = { package: mechanisms[0]!.package, error };
    if (!tryNext) throw notPassedOver(failed, next[0]!.package.info.name);
    reportPassedOver('client', failed);
    return beginPreferred(next, leg, tryNext, error.status);
  };
  try {
    const begun = chain(InnerContext.begin(mechanisms[0]!, 'client', leg), inner => ({
      mechanisms,
      inner,
      passedOver,
    }));
    return begun instanceof Promise ? begun.catch(goOn) : begun;
  } catch (error) {
    return goOn(error);
  }
}
