import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { samePrincipal } from '../messages/principal-name.js';
import type { Ticket } from '../messages/ticket.js';
import { formatPrincipal, type Principal, ticketGrantingService } from '../names/principal.js';
import { login } from './as-exchange.js';
import type { ClientIdentity } from './client-identity.js';
import type { Credentials } from './credentials.js';
import { type ServiceTarget, serviceTicket } from './service-ticket.js';
import type { KdcServices } from './services.js';
import { forwardTicket } from './tgt-requests.js';
import type { TicketOptions } from './ticket-options.js';

export interface TicketSourceOptions {
  readonly options?: TicketOptions;
  /** A ticket-granting ticket for FAST. */
  readonly armor?: Credentials;
}

/** Milliseconds that a ticket must still be good for. */
const MARGIN = 60_000;

/** Services whose tickets are kept; the one that came first goes when one more comes. */
const MOST_TICKETS = 1000;

/** An exchange that is under way, and how many wait for it. */
interface Underway {
  readonly credentials: Promise<Credentials>;
  readonly controller: AbortController;
  waiting: number;
}

type Fetch = (signal: AbortSignal) => Promise<Credentials>;

/**
 * The tickets of one client: got when they are first asked for, and again when they end. Those who ask for the same ticket at the same time
 * share one exchange; the abort of one of them does not end it for the others, that of the last one does.
 */
export class TicketSource {
  readonly #services: KdcServices;
  readonly #identity: ClientIdentity;
  readonly #options: TicketSourceOptions;
  readonly #tickets = new Map<string, Credentials>();
  readonly #underway = new Map<string, Underway>();

  constructor(services: KdcServices, identity: ClientIdentity, options: TicketSourceOptions = {}) {
    this.#services = services;
    this.#identity = identity;
    this.#options = options;
    if (identity.kind !== 'tickets') return;
    for (const credentials of identity.credentials) this.#keep(nameOf(credentials.server), credentials);
  }

  /** Who the client is. A KDC may know it by another name: that is the one in the tickets. */
  get client(): Principal {
    return this.#identity.client;
  }

  /** The ticket-granting ticket of the client's realm. Throws what `login` throws, and SEC_E_NO_CREDENTIALS where tickets are all there is, and have ended. */
  ticketGrantingTicket(signal?: AbortSignal): Promise<Credentials> {
    const { realm } = this.client;
    return this.#get(nameOf({ name: ticketGrantingService(realm), realm }), own => this.#login(own), signal);
  }

  /** A ticket for a service. Throws what `serviceTicket` and {@link ticketGrantingTicket} throw. */
  async serviceTicket(target: ServiceTarget, signal?: AbortSignal): Promise<Credentials> {
    return this.#found(target) ?? this.#get(nameOf(target), own => this.#request(target, own), signal);
  }

  /** A ticket for the holder of a ticket-granting ticket, encrypted in that one's session key (RFC 4120 3.7). Not kept. */
  async userToUserTicket(target: ServiceTarget, userToUser: Ticket, signal?: AbortSignal): Promise<Credentials> {
    const tgt = await this.ticketGrantingTicket(signal);
    return serviceTicket(this.#services, tgt, target, { userToUser, signal });
  }

  /** A ticket-granting ticket to hand on. Not kept: each has a key of its own. */
  async forwardedTicket(signal?: AbortSignal): Promise<Credentials> {
    return forwardTicket(this.#services, await this.ticketGrantingTicket(signal), signal);
  }

  /** Forgets a ticket that a service did not take, so that the next one is new. */
  forget(credentials: Credentials): void {
    for (const [name, kept] of this.#tickets) {
      if (kept === credentials) this.#tickets.delete(name);
    }
  }

  /** Wipes all keys. */
  wipe(): void {
    for (const { sessionKey } of this.#tickets.values()) sessionKey.wipe();
    this.#tickets.clear();
    if (this.#identity.kind === 'keys') this.#identity.wipe();
  }

  /** A ticket that is there, whose realm may not have been said. */
  #found({ name, realm }: ServiceTarget): Credentials | undefined {
    for (const credentials of this.#tickets.values()) {
      const { server } = credentials;
      const isIt = samePrincipal(server.name, name) && (realm === undefined || realm === server.realm);
      if (isIt && this.#isGood(credentials)) return credentials;
    }
    return undefined;
  }

  #get(name: string, fetch: Fetch, signal: AbortSignal | undefined): Promise<Credentials> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const kept = this.#tickets.get(name);
    if (kept && this.#isGood(kept)) return Promise.resolve(kept);
    const underway = this.#underway.get(name) ?? this.#begin(name, fetch);
    underway.waiting += 1;
    return abortable(underway.credentials, signal, reason => {
      underway.waiting -= 1;
      if (underway.waiting > 0) return;
      this.#end(name, underway);
      underway.controller.abort(reason);
    });
  }

  #begin(name: string, fetch: Fetch): Underway {
    const controller = new AbortController();
    const credentials = fetch(controller.signal)
      .then(got => this.#keep(name, got))
      .finally(() => this.#end(name, underway));
    const underway: Underway = { credentials, controller, waiting: 0 };
    this.#underway.set(name, underway);
    return underway;
  }

  /** Whoever comes now begins another one. */
  #end(name: string, underway: Underway): void {
    if (this.#underway.get(name) === underway) this.#underway.delete(name);
  }

  #keep(name: string, credentials: Credentials): Credentials {
    this.#tickets.delete(name);
    this.#tickets.set(name, credentials);
    const [oldest] = this.#tickets.keys();
    if (this.#tickets.size > MOST_TICKETS && oldest !== undefined) this.#tickets.delete(oldest);
    return credentials;
  }

  #isGood({ endtime, clockOffset }: Credentials): boolean {
    return endtime - MARGIN > this.#services.clock.now() + clockOffset;
  }

  async #request(target: ServiceTarget, signal: AbortSignal): Promise<Credentials> {
    return serviceTicket(this.#services, await this.ticketGrantingTicket(signal), target, { signal });
  }

  #login(signal: AbortSignal): Promise<Credentials> {
    const identity = this.#identity;
    if (identity.kind === 'keys') {
      const { client, keys, askRealm } = identity;
      return login(this.#services, { client, keys, askRealm, signal, ...this.#options });
    }
    const ended = identity.credentials.some(({ server }) => server.name.components[0] === 'krbtgt');
    const who = nameOf(identity.client);
    return Promise.reject(
      new PackageError(
        SEC_E.NO_CREDENTIALS,
        ended ? `the tickets of ${who} have expired` : `there is no ticket-granting ticket of ${who}`,
        { hint: 'Get new tickets with kinit; klist shows until when they are good.' },
      ),
    );
  }
}

function nameOf({ name, realm }: ServiceTarget): string {
  return formatPrincipal(name, realm);
}

/** The promise, or the reason of the signal if that comes first: then `leave` is told. */
function abortable<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  leave: (reason: unknown) => void,
): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason);
      leave(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
