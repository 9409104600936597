import { KEY_USAGE } from '../../engine/kerberos/constants/key-usage.js';
import type { KerberosKey } from '../../engine/kerberos/crypto/encryption-type.js';
import { DecryptionError } from '../../engine/kerberos/crypto/errors.js';
import { login } from '../../engine/kerberos/kdc/as-exchange.js';
import { type ClientKeys, passwordKeys } from '../../engine/kerberos/kdc/client-keys.js';
import type { Credentials } from '../../engine/kerberos/kdc/credentials.js';
import { serviceTicket } from '../../engine/kerberos/kdc/service-ticket.js';
import type { KdcServices } from '../../engine/kerberos/kdc/services.js';
import type { Ticket } from '../../engine/kerberos/messages/ticket.js';
import { formatPrincipal, type Principal } from '../../engine/kerberos/names/principal.js';
import { PackageError } from '../../engine/package-error.js';
import { SEC_E } from '../../sspi/status.js';
import { CommandError } from '../command.js';

/** Keys of an account, made as its KDC makes them. */
export interface AccountKeys {
  readonly keys: readonly KerberosKey[];
  readonly ticketGrantingTicket: Credentials;
}

/**
 * Logs an account on with each encryption type: the KDC tells the salt that it makes the key of the password with, and takes the key only if it
 * is right. Types that the KDC has no key of are left out.
 */
export async function accountKeys(
  services: KdcServices,
  client: Principal,
  password: string,
  etypes: readonly number[],
): Promise<AccountKeys> {
  const keys: KerberosKey[] = [];
  let ticketGrantingTicket: Credentials | undefined;
  for (const etype of etypes) {
    const remembering = new RememberedKeys(passwordKeys(password), etype);
    try {
      ticketGrantingTicket = await login(services, { client, keys: remembering });
      if (remembering.last) keys.push(remembering.last);
    } catch (error) {
      if (!(error instanceof PackageError) || error.status !== SEC_E.KDC_UNKNOWN_ETYPE) throw error;
    }
  }
  if (ticketGrantingTicket) return { keys, ticketGrantingTicket };
  throw new CommandError(
    `The KDC has no key of ${formatPrincipal(client.name, client.realm)} in any of these encryption types.`,
    'In Active Directory: allow AES for the account (msDS-SupportedEncryptionTypes 24), and set its password once more.',
  );
}

/** The version of the key that the KDC encrypts tickets for a service with; one of the keys must open such a ticket. */
export async function serviceKeyVersion(
  services: KdcServices,
  { keys, ticketGrantingTicket }: AccountKeys,
  service: Principal,
): Promise<number | undefined> {
  const { ticket } = await serviceTicket(services, ticketGrantingTicket, service);
  const { etype, kvno } = ticket.encPart;
  const key = keys.find(({ type }) => type.number === etype);
  if (key && !opens(key, ticket)) {
    throw new CommandError(
      `The key of the account does not open a ticket for ${formatPrincipal(service.name, service.realm)}.`,
      'Another account has that service name: setspn -Q shows which one.',
    );
  }
  return kvno;
}

function opens(key: KerberosKey, { encPart }: Ticket): boolean {
  try {
    key.decrypt(KEY_USAGE.TICKET, encPart.cipher).fill(0);
    return true;
  } catch (error) {
    if (error instanceof DecryptionError) return false;
    throw error;
  }
}

/** Keys of one encryption type; the last that was made is kept. */
class RememberedKeys implements ClientKeys {
  readonly #keys: ClientKeys;
  readonly #etype: number;
  last: KerberosKey | undefined;

  constructor(keys: ClientKeys, etype: number) {
    this.#keys = keys;
    this.#etype = etype;
  }

  encryptionTypes(): readonly number[] {
    return [this.#etype];
  }

  async key(...[client, info]: Parameters<ClientKeys['key']>): Promise<KerberosKey> {
    const key = await this.#keys.key(client, info);
    this.last = key.value.use(bytes => key.type.key(bytes));
    return key;
  }
}
