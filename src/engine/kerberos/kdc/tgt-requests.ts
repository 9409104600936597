import { KDC_OPTION } from '../constants/flags.js';
import { ticketGrantingService } from '../names/principal.js';
import type { Credentials } from './credentials.js';
import type { KdcServices } from './services.js';
import { exchangeTgs, grantingRealm } from './tgs-exchange.js';

/**
 * A ticket-granting ticket for somebody else to use in the client's name (RFC 4120 3.3.3 and 5.8, "forwarded"). Throws
 * SEC_E_DELEGATION_REQUIRED where the KDC does not forward, and what `exchangeTgs` throws.
 */
export function forwardTicket(services: KdcServices, tgt: Credentials, signal?: AbortSignal): Promise<Credentials> {
  return exchangeTgs(services, {
    tgt,
    sname: ticketGrantingService(grantingRealm(tgt)),
    kdcOptions: KDC_OPTION.FORWARDED | KDC_OPTION.FORWARDABLE,
    signal,
  });
}

/** The same ticket-granting ticket with a later end (RFC 4120 2.3). */
export function renewTicket(services: KdcServices, tgt: Credentials, signal?: AbortSignal): Promise<Credentials> {
  return exchangeTgs(services, {
    tgt,
    sname: ticketGrantingService(grantingRealm(tgt)),
    kdcOptions: KDC_OPTION.RENEW | (tgt.flags & (KDC_OPTION.FORWARDABLE | KDC_OPTION.PROXIABLE)) | KDC_OPTION.RENEWABLE,
    till: tgt.renewTill,
    rtime: tgt.renewTill,
    signal,
  });
}
