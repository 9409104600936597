import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { InitializeLeg } from '../security-package.js';
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
export async function beginPreferred(
  mechanisms: readonly Mechanism[],
  leg: InitializeLeg,
  tryNext: boolean,
): Promise<Beginning> {
  let passedOver: number = SEC_E.OK;
  for (let at = 0; ; at++) {
    const offered = mechanisms.slice(at);
    try {
      const inner = await InnerContext.begin(offered[0]!, 'client', leg);
      return { mechanisms: offered, inner, passedOver };
    } catch (error) {
      if (!(error instanceof PackageError) || !NOT_USABLE.has(error.status) || offered.length === 1) throw error;
      const { name } = offered[0]!.package.info;
      if (!tryNext) throw explained(error, name, offered[1]!.package.info.name);
      passedOver = error.status;
      reportPassedOver(name, error.status);
    }
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
