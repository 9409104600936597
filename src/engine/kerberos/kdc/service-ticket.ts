import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { KRB_ERROR } from '../constants/error-code.js';
import { KDC_OPTION } from '../constants/flags.js';
import { type PrincipalName, samePrincipal } from '../messages/principal-name.js';
import type { Ticket } from '../messages/ticket.js';
import { formatPrincipal, ticketGrantingService } from '../names/principal.js';
import type { Credentials } from './credentials.js';
import { KdcError } from './kdc-error.js';
import type { KdcServices } from './services.js';
import { exchangeTgs, grantingRealm, type TgsRequest } from './tgs-exchange.js';

export interface ServiceTarget {
  readonly name: PrincipalName;
  /** Where it is known; or else [domain_realm] and the KDCs' referrals tell. */
  readonly realm?: string | undefined;
}

export interface ServiceTicketOptions {
  /** A ticket-granting ticket of the service: the answer is encrypted in its session key (user-to-user, RFC 4120 3.7). */
  readonly userToUser?: Ticket | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Realms on the way from the client's to the service's. */
const MOST_REALMS = 10;

/**
 * A ticket for a service, in whatever realm it is: by way of the realms that krb5.conf names, or that KDCs refer to (RFC 6806 8).
 *
 * Throws SEC_E_TARGET_UNKNOWN for a service that no KDC knows, SEC_E_MAX_REFERRALS_EXCEEDED where the realms refer to each other in a circle, and
 * what `exchangeTgs` throws.
 */
export async function serviceTicket(
  services: KdcServices,
  tgt: Credentials,
  target: ServiceTarget,
  options: ServiceTicketOptions = {},
): Promise<Credentials> {
  const route = new Route(services, tgt, options);
  const realm = target.realm ?? realmOfService(services, target.name);
  if (realm !== undefined) await route.goTo(realm);
  return route.find(target.name);
}

/** The ticket-granting ticket of another realm, or the nearest that can be got on the way to it. */
export async function crossRealmTicket(
  services: KdcServices,
  tgt: Credentials,
  realm: string,
  signal?: AbortSignal,
): Promise<Credentials> {
  const route = new Route(services, tgt, { signal });
  await route.goTo(realm);
  return route.tgt;
}

/** A way through realms that never comes to the same one twice. */
class Route {
  readonly #services: KdcServices;
  readonly #options: ServiceTicketOptions;
  readonly #visited: Set<string>;
  #tgt: Credentials;

  constructor(services: KdcServices, tgt: Credentials, options: ServiceTicketOptions) {
    this.#services = services;
    this.#options = options;
    this.#tgt = tgt;
    this.#visited = new Set([grantingRealm(tgt)]);
  }

  get tgt(): Credentials {
    return this.#tgt;
  }

  /** Takes the steps of [capaths], or asks for the realm itself. A KDC may answer with a realm that is nearer to it. */
  async goTo(realm: string): Promise<void> {
    const here = grantingRealm(this.#tgt);
    const steps = [...(this.#services.config.pathBetween(here, realm) ?? []), realm];
    for (const step of steps) {
      while (grantingRealm(this.#tgt) !== step) {
        try {
          this.#arrive(await this.#request(ticketGrantingService(step)));
        } catch (error) {
          // There is no way to the realm that anybody knows; the service may be known here nevertheless.
          if (error instanceof KdcError && error.code === KRB_ERROR.KDC_ERR_S_PRINCIPAL_UNKNOWN) return;
          throw error;
        }
      }
    }
  }

  async find(name: PrincipalName): Promise<Credentials> {
    for (;;) {
      const credentials = await this.#request(name);
      if (samePrincipal(credentials.server.name, name)) return credentials;
      this.#arrive(credentials);
    }
  }

  #request(sname: PrincipalName): Promise<Credentials> {
    const { userToUser, signal } = this.#options;
    const request: TgsRequest = {
      tgt: this.#tgt,
      sname,
      kdcOptions:
        KDC_OPTION.CANONICALIZE |
        (this.#tgt.flags & KDC_OPTION.FORWARDABLE) |
        (userToUser ? KDC_OPTION.ENC_TKT_IN_SKEY : 0),
      additionalTickets: userToUser && [userToUser],
      signal,
    };
    return exchangeTgs(this.#services, request);
  }

  /** Goes on with a ticket-granting ticket that a KDC referred to. */
  #arrive(credentials: Credentials): void {
    const { name, realm: issuer } = credentials.server;
    const [service, realm] = name.components;
    if (service !== 'krbtgt' || realm === undefined || name.components.length !== 2) {
      throw new PackageError(
        SEC_E.WRONG_PRINCIPAL,
        `the KDC answered with a ticket for ${formatPrincipal(name, issuer)}`,
      );
    }
    if (this.#visited.has(realm) || this.#visited.size > MOST_REALMS) {
      throw new PackageError(SEC_E.MAX_REFERRALS_EXCEEDED, `KDCs refer from realm to realm, at last to ${realm}`);
    }
    this.#visited.add(realm);
    this.#tgt = credentials;
  }
}

/** [domain_realm] of the host that a service name has for its second component. */
function realmOfService({ config }: KdcServices, { components }: PrincipalName): string | undefined {
  const [, host] = components;
  return host === undefined ? undefined : config.realmOfHost(host.replace(/:\d+$/, ''));
}
