import { SECPKG_CRED_ATTR } from '../../sspi/attributes.js';
import type { SecPkgInfo } from '../../sspi/packages.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type {
  ContextLegInput,
  CredentialRequest,
  FirstLeg,
  InitializeLeg,
  PackageCredential,
  SecurityPackage,
} from '../security-package.js';
import { ClientContext } from './client/client-context.js';
import { NtlmIdentity } from './identity.js';
import { isNtlmMessage } from './messages/message.js';
import { NTLM_INFO } from './package-info.js';
import { ServerContext } from './server/server-context.js';
import { type NtlmParts, NtlmServices } from './services.js';

/** NT LAN Manager authentication ([MS-NLMP]): NTLMv2, and what came before it where options of the engine allow it. */
export class Ntlm implements SecurityPackage {
  readonly info: SecPkgInfo = NTLM_INFO;
  /** [MS-SPNG] 4. */
  readonly oids: readonly string[] = ['1.3.6.1.4.1.311.2.2.10'];
  readonly #services: NtlmServices;

  constructor(parts: NtlmParts) {
    this.#services = new NtlmServices(parts);
  }

  recognizes(token: Uint8Array): boolean {
    return isNtlmMessage(token);
  }

  /** Throws what {@link NtlmIdentity.from} throws for a client. A server needs no identity: one that is given is passed over. */
  acquireCredential({ use, authData }: CredentialRequest): PackageCredential {
    if (use === 'inbound') return new InboundCredential(this.#services);
    const identity = NtlmIdentity.from(authData, this.#services.options);
    return new OutboundCredential(this.#services, identity, use === 'both');
  }
}

class OutboundCredential implements PackageCredential {
  readonly #services: NtlmServices;
  /** Undefined for nobody. */
  readonly #identity: NtlmIdentity | undefined;
  readonly #inbound: InboundCredential | undefined;

  constructor(services: NtlmServices, identity: NtlmIdentity | undefined, servesToo: boolean) {
    this.#services = services;
    this.#identity = identity;
    this.#inbound = servesToo ? new InboundCredential(services) : undefined;
  }

  initialize(leg: InitializeLeg): FirstLeg {
    return ClientContext.begin(this.#services, this.#identity, leg);
  }

  accept(leg: ContextLegInput): FirstLeg {
    if (this.#inbound) return this.#inbound.accept(leg);
    throw wrongDirection('outbound', 'inbound');
  }

  queryAttribute(attribute: number): unknown {
    return attribute === SECPKG_CRED_ATTR.NAMES ? { userName: this.#identity?.name ?? '' } : undefined;
  }

  close(): void {
    this.#identity?.wipe();
  }
}

class InboundCredential implements PackageCredential {
  readonly #services: NtlmServices;

  constructor(services: NtlmServices) {
    this.#services = services;
  }

  initialize(): never {
    throw wrongDirection('inbound', 'outbound');
  }

  accept(leg: ContextLegInput): FirstLeg {
    return ServerContext.begin(this.#services, leg);
  }

  close(): void {}
}

function wrongDirection(has: string, needs: string): PackageError {
  return new PackageError(SEC_E.NO_CREDENTIALS, `the credential is ${has}`, {
    hint: `Acquire a credential for use '${needs}'.`,
  });
}
