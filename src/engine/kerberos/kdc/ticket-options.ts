import type { Krb5Config } from '../config/krb5-config.js';
import { KDC_OPTION } from '../constants/flags.js';

/** What a ticket is asked to be; krb5.conf decides what is left out. */
export interface TicketOptions {
  readonly forwardable?: boolean | undefined;
  readonly proxiable?: boolean | undefined;
  /** Seconds. */
  readonly lifetime?: number | undefined;
  /** Seconds; 0: not renewable. */
  readonly renewLifetime?: number | undefined;
  /** Take the client's name as the KDC has it (RFC 6806). */
  readonly canonicalize?: boolean | undefined;
}

/** The fields of a request body that come of the options. `now` is the KDC's time, in milliseconds. */
export function requestedTimes(
  config: Krb5Config,
  options: TicketOptions,
  now: number,
): { readonly kdcOptions: number; readonly till: number; readonly rtime?: number } {
  const renewLifetime = options.renewLifetime ?? config.renewLifetime;
  const kdcOptions =
    KDC_OPTION.RENEWABLE_OK |
    ((options.forwardable ?? config.forwardable) ? KDC_OPTION.FORWARDABLE : 0) |
    ((options.proxiable ?? config.proxiable) ? KDC_OPTION.PROXIABLE : 0) |
    ((options.canonicalize ?? config.canonicalize) ? KDC_OPTION.CANONICALIZE : 0) |
    (renewLifetime > 0 ? KDC_OPTION.RENEWABLE : 0);
  const till = now + (options.lifetime ?? config.ticketLifetime) * 1000;
  return { kdcOptions: kdcOptions >>> 0, till, ...(renewLifetime > 0 && { rtime: now + renewLifetime * 1000 }) };
}
