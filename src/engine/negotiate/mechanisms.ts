import type { Awaitable } from '../../sspi/awaitable.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { CredentialRequest, PackageCredential, SecurityPackage } from '../security-package.js';
import { type MechTypeList, mechTypeList } from './messages/mech-type-list.js';

/** A package that a credential can negotiate, and the package's own credential. */
export interface Mechanism {
  readonly package: SecurityPackage;
  /** All names that the mechanism goes by in SPNEGO; the one to offer first comes first. */
  readonly oids: readonly string[];
  readonly credential: PackageCredential;
}

/** The mechanisms of one credential, most preferred first. Their own credentials are acquired when the first context asks. */
export class Mechanisms {
  readonly #packages: readonly SecurityPackage[];
  #request: CredentialRequest | undefined;
  #acquired: Awaitable<readonly Mechanism[]> | undefined;
  readonly #credentials: PackageCredential[] = [];
  #closed = false;

  constructor(packages: readonly SecurityPackage[], request: CredentialRequest) {
    this.#packages = packages;
    this.#request = request;
  }

  /**
   * At least one. Throws what the package said where there is but one to ask, and SEC_E_NO_CREDENTIALS with what each of them said where
   * none can use the identity; the next call asks again.
   */
  all(): Awaitable<readonly Mechanism[]> {
    this.#acquired ??= this.#acquire();
    return this.#acquired;
  }

  close(): void {
    this.#closed = true;
    this.#request = undefined;
    for (const credential of this.#credentials.splice(0)) credential.close();
  }

  async #acquire(): Promise<readonly Mechanism[]> {
    const request = this.#request!;
    const refusals: Refusal[] = [];
    const mechanisms: Mechanism[] = [];
    for (const securityPackage of this.#packages) {
      try {
        const credential = await securityPackage.acquireCredential(request);
        if (this.#closed) credential.close();
        else this.#credentials.push(credential);
        mechanisms.push({ package: securityPackage, oids: securityPackage.oids ?? [], credential });
      } catch (error) {
        refusals.push({ package: securityPackage, error });
      }
    }
    if (mechanisms.length === 0) {
      this.#acquired = undefined;
      throw noCredentials(refusals);
    }
    // The identity, and the password in it, is the packages' business from here on.
    this.#request = undefined;
    this.#acquired = mechanisms;
    return mechanisms;
  }
}

/** The list of all names of the mechanisms, in their order. */
export function offerOf(mechanisms: readonly Mechanism[]): MechTypeList {
  return mechTypeList(mechanisms.flatMap(mechanism => mechanism.oids));
}

interface Refusal {
  readonly package: SecurityPackage;
  readonly error: unknown;
}

function noCredentials(refusals: readonly Refusal[]): unknown {
  const [only, ...others] = refusals;
  if (only && others.length === 0) return only.error;
  const reasons = refusals.map(({ package: { info }, error }) => `${info.name}: ${messageOf(error)}`);
  return new PackageError(SEC_E.NO_CREDENTIALS, 'no package of Negotiate can use the identity', {
    hint:
      reasons.join('; ') ||
      'Allow a package in the option `negotiate.packages` of the engine, or in the identity’s packageList.',
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
