import type { Awaitable } from '../../sspi/awaitable.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { InitializeLeg } from '../security-package.js';
import { chain } from './chain.js';
import { reportPassedOver } from './diagnostics.js';
import { InnerContext } from './inner-context.js';
import type { Mechanism } from './mechanisms.js';

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
    if (!(error instanceof PackageError) || !NOT_USABLE.has(error.status) || next.length === 0) throw error;
    const { name } = mechanisms[0]!.package.info;
    if (!tryNext) throw explained(error, name, next[0]!.package.info.name);
    reportPassedOver(name, error.status);
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

function explained(error: PackageError, name: string, next: string): PackageError {
  const { status, detail, details } = error;
  const choice = `${next} is not tried in its place unless the engine option negotiate.whenPreferredFails is 'tryNext', or the identity’s packageList says so.`;
  return new PackageError(status, `${name}: ${detail ?? 'it cannot be used'}`, {
    ...details,
    hint: details.hint ? `${details.hint} ${choice}` : choice,
  });
}

/** Statuses that say that a package cannot be used with this target or from this place, and nothing about the user. */
const NOT_USABLE: ReadonlySet<number> = new Set([
  SEC_E.NO_AUTHENTICATING_AUTHORITY,
  SEC_E.TARGET_UNKNOWN,
  SEC_E.NO_CREDENTIALS,
  SEC_E.UNKNOWN_CREDENTIALS,
  SEC_E.NO_IP_ADDRESSES,
  SEC_E.UNSUPPORTED_FUNCTION,
  SEC_E.KDC_UNKNOWN_ETYPE,
]);
