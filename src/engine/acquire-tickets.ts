import type { AuthData } from '../sspi/credentials.js';
import { SEC_E } from '../sspi/status.js';
import { callError } from './engine-core.js';
import { nodeEnvironment } from './environment.js';
import { serviceTarget } from './kerberos/ap/target.js';
import { encodeCcache } from './kerberos/ccache/ccache-file.js';
import { Krb5Config } from './kerberos/config/krb5-config.js';
import { clientIdentity } from './kerberos/kdc/client-identity.js';
import { type Credentials, toCcacheCredential } from './kerberos/kdc/credentials.js';
import { ticketForUser, ticketOnBehalf } from './kerberos/kdc/s4u.js';
import { KdcServices } from './kerberos/kdc/services.js';
import { TicketSource } from './kerberos/kdc/ticket-source.js';
import { formatPrincipal, type Principal, parsePrincipal } from './kerberos/names/principal.js';
import type { EngineOptions } from './options.js';
import { PackageError } from './package-error.js';

/** What {@link acquireTickets} is asked for. */
export interface TicketsRequest extends Pick<EngineOptions, 'environment' | 'kerberos' | 'krb5Config'> {
  /** Who gets the tickets: by a password, a keytab, a credential cache, or the current user. */
  readonly identity: AuthData;
  /** Names of services (`HTTP/www.example.com`) to get tickets for, besides the ticket-granting ticket. */
  readonly services?: readonly string[];
  /**
   * A user of the same realm (`alice`, `alice@EXAMPLE.COM`) in whose name the identity, which is a service's, gets the tickets without the user being there: S4U2Self
   * and S4U2Proxy ([MS-SFU]). The domain must trust the service for that.
   */
  readonly onBehalfOf?: string;
  /** Services that are trusted may be given the ticket to act in the client's name. */
  readonly forwardable?: boolean;
  /** Seconds. */
  readonly lifetime?: number;
  /** Seconds; 0: not renewable. */
  readonly renewLifetime?: number;
  readonly signal?: AbortSignal;
}

/** Tickets of one client. */
export interface Tickets {
  /** `alice@EXAMPLE.COM`. */
  readonly client: string;
  /** A credential cache, as a file of MIT krb5 has it, and as an identity of kind `ccache` takes it. Secret. */
  readonly ccache: Uint8Array;
  /** When the first of them ends. */
  readonly expiry: Date;
}

/**
 * Gets tickets of Kerberos as kinit does, into memory. Clients need it seldom: a credential with a password or a keytab gets its tickets
 * itself, and gets them anew. It is there to hand tickets to other programs, and to act in the name of a user.
 *
 * Rejects with an `SspiError`: SEC_E_LOGON_DENIED for a user or key that the KDC does not take, SEC_E_NO_AUTHENTICATING_AUTHORITY where no KDC
 * answers, SEC_E_TARGET_UNKNOWN for a service that none knows, SEC_E_DELEGATION_REQUIRED where the domain does not let the service act for the user,
 * SEC_E_NO_CREDENTIALS where there is nothing to log on with.
 *
 * @example
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { acquireTickets } from 'secur32/engine';
 *
 * const { ccache } = await acquireTickets({ identity: { kind: 'keytab', keytab: '/run/secrets/job.keytab' } });
 * await writeFile('/run/job/ccache', ccache, { mode: 0o600 }); // KRB5CCNAME of a program with another library
 * ```
 */
export async function acquireTickets(request: TicketsRequest): Promise<Tickets> {
  try {
    return await acquire(request);
  } catch (error) {
    throw callError(error, 'acquireTickets', request.signal);
  }
}

async function acquire(request: TicketsRequest): Promise<Tickets> {
  const { identity, onBehalfOf, services: names = [], signal } = request;
  const targets = names.map(serviceTarget);
  const services = await servicesOf(request);
  const source = new TicketSource(services, await clientIdentity(services, identity), {
    options: ticketOptions(request),
  });
  try {
    const tgt = await source.ticketGrantingTicket(signal);
    if (onBehalfOf !== undefined) {
      const { name: user, realm = tgt.client.realm } = parsePrincipal(onBehalfOf);
      const evidence = await ticketForUser(services, tgt, tgt.client.name, { name: user, realm }, signal);
      const tickets: Credentials[] = [];
      for (const { name } of targets) tickets.push(await ticketOnBehalf(services, tgt, evidence, name, signal));
      return ticketsOf(evidence.client, tickets.length > 0 ? tickets : [evidence]);
    }
    const tickets = [tgt];
    for (const target of targets) tickets.push(await source.serviceTicket(target, signal));
    return ticketsOf(tgt.client, tickets);
  } finally {
    source.wipe();
  }
}

/** Who acts for others needs a forwardable ticket (RFC 4120 3.3.3). */
function ticketOptions({ forwardable, lifetime, onBehalfOf, renewLifetime }: TicketsRequest) {
  return { forwardable: onBehalfOf === undefined ? forwardable : true, lifetime, renewLifetime };
}

async function servicesOf({
  environment: parts = {},
  kerberos = {},
  krb5Config,
}: TicketsRequest): Promise<KdcServices> {
  const environment = nodeEnvironment(parts);
  const variables = krb5Config === undefined ? {} : { KRB5_CONFIG: krb5Config };
  const readers = { ...environment, variables: { ...environment.variables, ...variables } };
  const allowRc4 = kerberos.dangerouslyAllowRc4;
  return new KdcServices({
    environment: readers,
    config: await loadConfig(readers),
    ...(allowRc4 !== undefined && { allowRc4 }),
  });
}

async function loadConfig(access: Parameters<typeof Krb5Config.load>[0]): Promise<Krb5Config> {
  try {
    return await Krb5Config.load(access);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PackageError(SEC_E.NO_CREDENTIALS, `krb5.conf cannot be read: ${why}`, { cause });
  }
}

function ticketsOf(client: Principal, tickets: readonly Credentials[]): Tickets {
  const entries = tickets.map(toCcacheCredential);
  const [first] = tickets;
  const kdcOffset = Math.round((first?.clockOffset ?? 0) * 1000);
  const ccache = encodeCcache({ principal: client, credentials: entries, config: [], kdcOffset });
  for (const { key } of entries) key.bytes.fill(0);
  for (const { sessionKey } of tickets) sessionKey.wipe();
  const end = Math.min(...tickets.map(({ endtime, clockOffset }) => endtime - clockOffset));
  return { client: formatPrincipal(client.name, client.realm), ccache, expiry: new Date(end) };
}
