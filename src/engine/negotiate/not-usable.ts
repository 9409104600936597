import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { SecurityPackage } from '../security-package.js';

/** A package that is not used, and why. */
export interface LeftOut {
  readonly package: SecurityPackage;
  readonly error: PackageError;
}

/** Whether an error says that a package cannot be used with this target or from this place, and nothing about the user. */
export function isNotUsable(error: unknown): error is PackageError {
  return error instanceof PackageError && NOT_USABLE.has(error.status);
}

/**
 * Whether a package has no use for identities of the kind: who gives an NT hash does not mean Kerberos, and who gives a ticket does not
 * mean NTLM. To do without the package is what the caller asked for. Of a credential for both directions this does not say which of
 * them the package has no use for it in.
 */
export function isOtherKind({ error: { status } }: LeftOut): boolean {
  return status === SEC_E.UNKNOWN_CREDENTIALS || status === SEC_E.KDC_UNKNOWN_ETYPE;
}

/** The failure of the preferred package where `next` could have been tried and policy does not let it: with what a person can do. */
export function notPassedOver({ error, package: { info } }: LeftOut, next: string): PackageError {
  const { status, detail, details } = error;
  const choice =
    `${next} is not tried in its place. Where ${next} is what you want, say so: negotiate: { packages: ['${next}'] } in the options of the engine, ` +
    `or packageList: '${next}' in the identity. With negotiate: { whenPreferredFails: 'tryNext' } clients go on to it by themselves.`;
  return new PackageError(status, `${info.name}: ${detail ?? 'it cannot be used'}`, {
    ...details,
    hint: details.hint ? `${details.hint} ${choice}` : choice,
  });
}

const NOT_USABLE: ReadonlySet<number> = new Set([
  SEC_E.NO_AUTHENTICATING_AUTHORITY,
  SEC_E.TARGET_UNKNOWN,
  SEC_E.NO_CREDENTIALS,
  SEC_E.UNKNOWN_CREDENTIALS,
  SEC_E.NO_IP_ADDRESSES,
  SEC_E.UNSUPPORTED_FUNCTION,
  SEC_E.KDC_UNKNOWN_ETYPE,
]);
