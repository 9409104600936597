import type { Awaitable } from '../../sspi/awaitable.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { CredentialRequest, PackageCredential, SecurityPackage } from '../security-package.js';
import { type MechTypeList, mechTypeList } from './messages/mech-type-list.js';
import { isNotUsable, isOtherKind, type LeftOut, notPassedOver } from './not-usable.js';
import type { NegotiateOptions } from './options.js';

/** A package that a credential can negotiate, and the package's own credential. */
export interface Mechanism {
  readonly package: SecurityPackage;
  /** All names that the mechanism goes by in SPNEGO; the one to offer first comes first. */
  readonly oids: readonly string[];
  readonly credential: PackageCredential;
}

/** What a credential has to choose from. */
export interface Choices {
  /** At least one; most preferred first. */
  readonly mechanisms: readonly Mechanism[];
  /** Packages that may be negotiated and have no use for the credential's identity, or nothing to prove it with. */
  readonly leftOut: readonly LeftOut[];
  /** Why one is left out that would have been preferred to all of `mechanisms`; SEC_E_OK where there is none such. */
  readonly passedOver: number;
}

export interface MechanismsParts {
  readonly packages: readonly SecurityPackage[];
  readonly request: CredentialRequest;
  readonly whenPreferredFails: NegotiateOptions['whenPreferredFails'];
}

/** The mechanisms of one credential. Their own credentials are acquired when the first context asks. */
export class Mechanisms {
  readonly #packages: readonly SecurityPackage[];
  /** Whether a client goes on to the next package. A server leaves the choice to its clients in any case. */
  readonly #goesOn: boolean;
  #request: CredentialRequest | undefined;
  #acquired: Awaitable<Choices> | undefined;
  readonly #credentials: PackageCredential[] = [];
  #closed = false;

  constructor({ packages, request, whenPreferredFails }: MechanismsParts) {
    this.#packages = packages;
    this.#request = request;
    this.#goesOn = whenPreferredFails === 'tryNext' || request.use === 'inbound';
  }

  /**
   * Throws what a package said where there is but one to ask, where its failure does not mean that it is of no use here, and where it is
   * the preferred one of a client that may not go on to the next; SEC_E_NO_CREDENTIALS with what each of them said where none can use the
   * identity. The next call asks again.
   */
  all(): Awaitable<Choices> {
    this.#acquired ??= this.#acquire();
    return this.#acquired;
  }

  close(): void {
    this.#closed = true;
    this.#request = undefined;
    this.#closeCredentials();
  }

  async #acquire(): Promise<Choices> {
    try {
      const choices = await this.#ask(this.#request!);
      // The identity, and the password in it, is the packages' business from here on.
      this.#request = undefined;
      this.#acquired = choices;
      return choices;
    } catch (error) {
      this.#acquired = undefined;
      this.#closeCredentials();
      throw error;
    }
  }

  async #ask(request: CredentialRequest): Promise<Choices> {
    const leftOut: LeftOut[] = [];
    const mechanisms: Mechanism[] = [];
    let preferred: LeftOut | undefined;
    for (const securityPackage of this.#packages) {
      try {
        const credential = await securityPackage.acquireCredential(request);
        if (this.#closed) credential.close();
        else this.#credentials.push(credential);
        mechanisms.push({ package: securityPackage, oids: securityPackage.oids ?? [], credential });
      } catch (error) {
        if (!isNotUsable(error)) throw error;
        const failure = { package: securityPackage, error };
        leftOut.push(failure);
        if (mechanisms.length === 0) preferred = failure;
      }
    }
    const [first] = mechanisms;
    if (!first) throw noCredentials(leftOut);
    if (preferred && !this.#goesOn && !(request.use === 'outbound' && isOtherKind(preferred))) {
      throw notPassedOver(preferred, first.package.info.name);
    }
    return { mechanisms, leftOut, passedOver: preferred?.error.status ?? SEC_E.OK };
  }

  #closeCredentials(): void {
    for (const credential of this.#credentials.splice(0)) credential.close();
  }
}

/** The list of all names of the mechanisms, in their order. */
export function offerOf(mechanisms: readonly Mechanism[]): MechTypeList {
  return mechTypeList(mechanisms.flatMap(mechanism => mechanism.oids));
}

function noCredentials(leftOut: readonly LeftOut[]): PackageError {
  const [only, ...others] = leftOut;
  if (only && others.length === 0) return only.error;
  const reasons = leftOut.map(({ package: { info }, error }) => `${info.name}: ${error.message}`);
  return new PackageError(SEC_E.NO_CREDENTIALS, 'no package of Negotiate can use the identity', {
    hint:
      reasons.join('; ') ||
      'Allow a package in the option `negotiate.packages` of the engine, or in the identity’s packageList.',
  });
}
