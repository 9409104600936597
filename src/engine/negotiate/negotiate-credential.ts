import { SECPKG_CRED_ATTR } from '../../sspi/attributes.js';
import type { Awaitable } from '../../sspi/awaitable.js';
import type { AuthData, CredentialUse } from '../../sspi/credentials.js';
import { ISC_REQ } from '../../sspi/flags.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { PackageRegistry } from '../registry.js';
import type {
  ContextLegInput,
  CredentialRequest,
  FirstLeg,
  InitializeLeg,
  PackageCredential,
} from '../security-package.js';
import { Acceptor } from './acceptor.js';
import { chain } from './chain.js';
import { reportPassedOver } from './diagnostics.js';
import { Initiator } from './initiator.js';
import type { NegotiateRole } from './inner-context.js';
import type { Choices, Mechanisms } from './mechanisms.js';
import type { NegotiateOptions } from './options.js';

export interface NegotiateCredentialParts {
  readonly mechanisms: Mechanisms;
  readonly request: CredentialRequest;
  readonly packages: PackageRegistry;
  readonly options: NegotiateOptions;
}

/** A credential of Negotiate: those of the packages that it may agree on. */
export class NegotiateCredential implements PackageCredential {
  readonly #mechanisms: Mechanisms;
  readonly #use: CredentialUse;
  readonly #userName: string | undefined;
  readonly #packages: PackageRegistry;
  readonly #options: NegotiateOptions;

  constructor({ mechanisms, request, packages, options }: NegotiateCredentialParts) {
    this.#mechanisms = mechanisms;
    this.#use = request.use;
    this.#userName = userName(request.authData);
    this.#packages = packages;
    this.#options = options;
  }

  initialize(leg: InitializeLeg): Awaitable<FirstLeg> {
    this.#checkUse('outbound');
    refuseDatagrams(leg);
    return chain(this.#mechanisms.all(), choices => {
      report('client', choices);
      return Initiator.begin(choices, leg, this.#options);
    });
  }

  accept(leg: ContextLegInput): Awaitable<FirstLeg> {
    this.#checkUse('inbound');
    refuseDatagrams(leg);
    const parts = { packages: this.#packages, options: this.#options };
    return chain(this.#mechanisms.all(), choices => {
      report('server', choices);
      return Acceptor.begin({ ...choices, ...parts }, leg);
    });
  }

  queryAttribute(attribute: number): unknown {
    if (attribute !== SECPKG_CRED_ATTR.NAMES || this.#userName === undefined) return undefined;
    return { userName: this.#userName };
  }

  close(): void {
    this.#mechanisms.close();
  }

  #checkUse(needed: 'inbound' | 'outbound'): void {
    if (this.#use === needed || this.#use === 'both') return;
    throw new PackageError(SEC_E.NO_CREDENTIALS, `the credential is ${this.#use}`, {
      hint: `Acquire a credential for use '${needed}'.`,
    });
  }
}

function report(role: NegotiateRole, { leftOut }: Choices): void {
  for (const each of leftOut) reportPassedOver(role, each);
}

/** SPNEGO's tokens need an order (RFC 4178 3). The bit is the same in ISC_REQ and ASC_REQ. */
function refuseDatagrams({ contextReq }: ContextLegInput): void {
  if ((contextReq & ISC_REQ.DATAGRAM) === 0) return;
  throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, 'Negotiate needs a connection', {
    hint: 'Take a package that has a datagram style of its own.',
  });
}

function userName(authData: AuthData | undefined): string | undefined {
  if (authData?.kind !== 'password' && authData?.kind !== 'ntHash') return undefined;
  return authData.domain ? `${authData.domain}\\${authData.user}` : authData.user;
}
