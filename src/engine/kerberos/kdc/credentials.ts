import type { CcacheCredential } from '../ccache/ccache.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import type { EncKdcRepPart } from '../messages/enc-kdc-rep-part.js';
import { exportKey, importKey } from '../messages/encryption-key.js';
import type { HostAddress } from '../messages/host-address.js';
import { decodeTicket, type Ticket } from '../messages/ticket.js';
import type { Principal } from '../names/principal.js';

/** A ticket and what is needed to use it. Times are milliseconds since 1970. */
export interface Credentials {
  readonly client: Principal;
  /** As the encrypted part of the reply has it, which the ticket itself must agree with. */
  readonly server: Principal;
  readonly ticket: Ticket;
  readonly sessionKey: KerberosKey;
  /** TICKET_FLAG bits. */
  readonly flags: number;
  readonly authtime: number;
  readonly starttime: number;
  readonly endtime: number;
  readonly renewTill?: number | undefined;
  readonly addresses?: readonly HostAddress[] | undefined;
  /** Milliseconds that the KDC's clock is ahead of the one here. */
  readonly clockOffset: number;
  /** The KDC is known to do FAST: it was used to get this ticket. */
  readonly fast?: boolean | undefined;
  /** User-to-user: the ticket whose session key this one is encrypted in. */
  readonly secondTicket?: Ticket | undefined;
}

/** What a reply of a KDC gives, once it is checked. */
export function credentialsOf(
  client: Principal,
  ticket: Ticket,
  part: EncKdcRepPart,
  more: Pick<Credentials, 'clockOffset' | 'fast' | 'secondTicket'>,
): Credentials {
  return {
    client,
    server: { name: part.sname, realm: part.srealm },
    ticket,
    sessionKey: importKey(part.key),
    flags: part.flags,
    authtime: part.authtime,
    starttime: part.starttime ?? part.authtime,
    endtime: part.endtime,
    renewTill: part.renewTill,
    addresses: part.caddr,
    ...more,
  };
}

/** For a credential cache. The bytes of the key are a copy. */
export function toCcacheCredential(credentials: Credentials): CcacheCredential {
  const { client, server, sessionKey, flags, renewTill, addresses, secondTicket } = credentials;
  return {
    client,
    server,
    key: exportKey(sessionKey),
    authtime: credentials.authtime / 1000,
    starttime: credentials.starttime / 1000,
    endtime: credentials.endtime / 1000,
    renewTill: (renewTill ?? 0) / 1000,
    isUserToUser: secondTicket !== undefined,
    flags,
    addresses: addresses ?? [],
    authorizationData: [],
    ticket: credentials.ticket.encoding,
    secondTicket: secondTicket?.encoding ?? new Uint8Array(0),
  };
}

/**
 * A ticket out of a credential cache. Throws SEC_E_INVALID_TOKEN for one that is malformed, SEC_E_KDC_UNKNOWN_ETYPE for a key of a type that is
 * not known.
 *
 * @param kdcOffset of the cache, in microseconds.
 */
export function fromCcacheCredential(entry: CcacheCredential, kdcOffset: number = 0): Credentials {
  const { client, server, flags, authtime, starttime, endtime, renewTill, addresses, secondTicket } = entry;
  return {
    client,
    server,
    ticket: decodeTicket(entry.ticket),
    sessionKey: importKey(entry.key),
    flags,
    authtime: authtime * 1000,
    starttime: (starttime || authtime) * 1000,
    endtime: endtime * 1000,
    renewTill: renewTill === 0 ? undefined : renewTill * 1000,
    addresses: addresses.length > 0 ? addresses : undefined,
    clockOffset: kdcOffset / 1000,
    secondTicket: secondTicket.length > 0 ? decodeTicket(secondTicket) : undefined,
  };
}
