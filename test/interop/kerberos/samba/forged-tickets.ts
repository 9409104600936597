import { readFileSync } from 'node:fs';
import { encodeCcache } from '#dist/engine/kerberos/ccache/ccache-file.js';
import { AD_TYPE } from '#dist/engine/kerberos/constants/ad-type.js';
import { KEY_USAGE } from '#dist/engine/kerberos/constants/key-usage.js';
import { NAME_TYPE } from '#dist/engine/kerberos/constants/name-type.js';
import type { KerberosKey } from '#dist/engine/kerberos/crypto/encryption-type.js';
import { login } from '#dist/engine/kerberos/kdc/as-exchange.js';
import { passwordKeys } from '#dist/engine/kerberos/kdc/client-keys.js';
import { type Credentials, toCcacheCredential } from '#dist/engine/kerberos/kdc/credentials.js';
import { serviceTicket } from '#dist/engine/kerberos/kdc/service-ticket.js';
import { Keytab } from '#dist/engine/kerberos/keytab/keytab.js';
import { encodeAuthorizationData } from '#dist/engine/kerberos/messages/authorization-data.js';
import {
  decodeEncTicketPart,
  type EncTicketPart,
  encodeEncTicketPart,
} from '#dist/engine/kerberos/messages/enc-ticket-part.js';
import { makeTicket } from '#dist/engine/kerberos/messages/ticket.js';
import { findPac } from '#dist/engine/kerberos/pac/find-pac.js';
import { principal, servicesFor } from '../kdc-services.js';
import type { Domain } from './domain.js';

/** A ticket of a user to a service. */
export async function ticketOf(domain: Domain, user: string, service: string): Promise<Credentials> {
  const kdc = await servicesFor({ config: domain.krb5Config });
  const tgt = await login(kdc, { client: principal(`${user}@AD.EXAMPLE`), keys: passwordKeys(`pw-${user}`) });
  return serviceTicket(kdc, tgt, { name: principal(`${service}@AD.EXAMPLE`, NAME_TYPE.SRV_INST).name });
}

/** The PAC of a ticket to a service whose key is in the keytab. */
export function pacOf(domain: Domain, credentials: Credentials): Uint8Array {
  const pac = findPac(open(domain, credentials).authorizationData);
  if (!pac) throw new Error('the ticket has no PAC');
  return Uint8Array.from(pac);
}

/** The same ticket with another PAC, or without any, as nobody could make it who has not the key of the service. */
export async function withPac(
  domain: Domain,
  credentials: Credentials,
  pac: Uint8Array | undefined,
): Promise<Credentials> {
  const { realm, sname, encPart } = credentials.ticket;
  const { authorizationData: _, ...part } = open(domain, credentials);
  const inner = pac && encodeAuthorizationData([{ type: AD_TYPE.WIN2K_PAC, data: pac }]);
  const plain = { ...part, ...(inner && { authorizationData: [{ type: AD_TYPE.IF_RELEVANT, data: inner }] }) };
  const kdc = await servicesFor({ config: domain.krb5Config });
  const cipher = kdc.encrypt(serviceKey(domain, credentials), KEY_USAGE.TICKET, encodeEncTicketPart(plain));
  return { ...credentials, ticket: makeTicket({ realm, sname, encPart: { ...encPart, cipher } }) };
}

/** A client's identity that has this ticket and no other. */
export function identityOf(credentials: Credentials): { kind: 'ccache'; ccache: Uint8Array } {
  const cache = { principal: credentials.client, credentials: [toCcacheCredential(credentials)], config: [] };
  return { kind: 'ccache', ccache: encodeCcache(cache) };
}

function open(domain: Domain, credentials: Credentials): EncTicketPart {
  const plain = serviceKey(domain, credentials).decrypt(KEY_USAGE.TICKET, credentials.ticket.encPart.cipher);
  return decodeEncTicketPart(plain);
}

function serviceKey({ keytab }: Domain, { ticket }: Credentials): KerberosKey {
  const { etype } = ticket.encPart;
  const [entry] = Keytab.parse(readFileSync(keytab)).find({ principal: ticket.sname, realm: ticket.realm, etype });
  if (!entry?.key) throw new Error('the keytab has no key of the service');
  return entry.key;
}
