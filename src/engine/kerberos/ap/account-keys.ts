import { SEC_E } from '../../../sspi/status.js';
import type { PackageError } from '../../package-error.js';
import { KRB_ERROR } from '../constants/error-code.js';
import { KEY_USAGE } from '../constants/key-usage.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { encryptionType, encryptionTypeName } from '../crypto/encryption-types.js';
import { DecryptionError } from '../crypto/errors.js';
import type { ClientKeys } from '../kdc/client-keys.js';
import type { KdcServices } from '../kdc/services.js';
import { decodeEncTicketPart } from '../messages/enc-ticket-part.js';
import type { Ticket } from '../messages/ticket.js';
import { formatPrincipal, type Principal } from '../names/principal.js';
import { ApFailure } from './ap-failure.js';
import { notPermitted, type OpenedTicket } from './service-keys.js';

export interface AccountKeysParts {
  readonly kdc: KdcServices;
  readonly account: Principal;
  readonly keys: ClientKeys;
}

/**
 * The keys of the account that a service runs under, made of its password or NT hash: whatever names of services the account has, tickets for
 * them are encrypted in these. Passwords are salted with the name of the account, as Active Directory does for users ([MS-KILE] 3.1.1.2).
 */
export class AccountKeys {
  readonly #parts: AccountKeysParts;
  readonly #made = new Map<number, Promise<KerberosKey>>();

  constructor(parts: AccountKeysParts) {
    this.#parts = parts;
  }

  /** Throws an ApFailure. */
  async open({ encPart: { cipher, etype } }: Ticket): Promise<OpenedTicket> {
    const { account, kdc } = this.#parts;
    if (!kdc.permits(encryptionType(etype))) throw notPermitted(etype);
    const key = await this.#key(etype);
    try {
      const bytes = key.decrypt(KEY_USAGE.TICKET, cipher);
      return { part: decodeEncTicketPart(bytes), bytes, service: account, key };
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error;
      throw this.#otherKey();
    }
  }

  wipe(): void {
    for (const made of this.#made.values())
      void made.then(
        key => key.wipe(),
        () => undefined,
      );
    this.#made.clear();
  }

  /** Made once: it takes thousands of hashes. */
  #key(etype: number): Promise<KerberosKey> {
    const { account, keys } = this.#parts;
    const made = this.#made.get(etype);
    if (made) return made;
    const types = keys.encryptionTypes(account);
    if (types && !types.includes(etype)) throw this.#noKey(etype);
    const making = keys.key(account, { etype });
    making.catch(() => this.#made.delete(etype));
    this.#made.set(etype, making);
    return making;
  }

  get #name(): string {
    const { name, realm } = this.#parts.account;
    return formatPrincipal(name, realm);
  }

  #noKey(etype: number): PackageError {
    const type = encryptionTypeName(etype);
    const detail = `there is no ${type} key of ${this.#name}, which is known by its NT hash only`;
    return new ApFailure(KRB_ERROR.KRB_AP_ERR_NOKEY, SEC_E.NO_KERB_KEY, detail, {
      hint: 'Give its password, or a keytab.',
    });
  }

  #otherKey(): PackageError {
    const detail = `the key of ${this.#name} does not open the ticket`;
    return new ApFailure(KRB_ERROR.KRB_AP_ERR_MODIFIED, SEC_E.LOGON_DENIED, detail, {
      hint: 'The service name belongs to another account (`setspn -Q`), or the password is not the one that the account has. The name of the account counts, too: write it as the directory does.',
    });
  }
}
