import { SEC_E } from '../../../sspi/status.js';
import { KRB_ERROR } from '../constants/error-code.js';
import { KEY_USAGE } from '../constants/key-usage.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { encryptionType, encryptionTypeName } from '../crypto/encryption-types.js';
import { DecryptionError } from '../crypto/errors.js';
import type { KdcServices } from '../kdc/services.js';
import type { Keytab } from '../keytab/keytab.js';
import type { KeytabEntry } from '../keytab/keytab-entry.js';
import { decodeEncTicketPart, type EncTicketPart } from '../messages/enc-ticket-part.js';
import { samePrincipal } from '../messages/principal-name.js';
import type { Ticket } from '../messages/ticket.js';
import { formatPrincipal, type Principal } from '../names/principal.js';
import { ApFailure } from './ap-failure.js';

/** A ticket that a key of the keytab has opened. */
export interface OpenedTicket {
  readonly part: EncTicketPart;
  /** The bytes of `part`, which are secret. */
  readonly bytes: Uint8Array;
  /** Whose key it was: the name in the ticket is not protected, so this one is the service's. */
  readonly service: Principal;
  readonly key: KerberosKey;
}

/** Which keys of a keytab a credential may use; undefined: all. */
export type ServiceName = { readonly name: Principal['name']; readonly realm: string | undefined } | undefined;

/**
 * Opens a ticket: with the key that it names, then with the other keys of its encryption type, as services go by several names
 * ([MS-KILE] 3.4.5). Throws an ApFailure that says what is missing in the keytab.
 */
export function openTicket(services: KdcServices, keytab: Keytab, own: ServiceName, ticket: Ticket): OpenedTicket {
  const { etype, cipher } = ticket.encPart;
  if (!services.permits(encryptionType(etype))) throw notPermitted(etype);
  for (const entry of candidates(keytab, own, ticket)) {
    const { key } = entry;
    if (!key) continue;
    try {
      const bytes = key.decrypt(KEY_USAGE.TICKET, cipher);
      const service = { name: entry.principal, realm: entry.realm };
      return { part: decodeEncTicketPart(bytes), bytes, service, key };
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error;
    }
  }
  throw noKey(keytab, own, ticket);
}

/** The best first. */
function candidates(keytab: Keytab, own: ServiceName, { realm, sname, encPart }: Ticket): Iterable<KeytabEntry> {
  const { etype, kvno } = encPart;
  const best = keytab.find({ principal: sname, realm, etype, kvno });
  const others = keytab.find({ etype });
  return new Set([...best, ...others].filter(entry => isOwn(entry, own)));
}

function isOwn({ principal, realm }: KeytabEntry, own: ServiceName): boolean {
  return !own || (samePrincipal(principal, own.name) && (own.realm === undefined || own.realm === realm));
}

export function notPermitted(etype: number): ApFailure {
  const name = encryptionTypeName(etype);
  return new ApFailure(
    KRB_ERROR.KDC_ERR_ETYPE_NOSUPP,
    SEC_E.KDC_UNKNOWN_ETYPE,
    `the ticket is encrypted with ${name}`,
    {
      hint: `${name} may not be used here. Give the service account AES keys (msDS-SupportedEncryptionTypes 24 in Active Directory), and change its password once.`,
    },
  );
}

function noKey(keytab: Keytab, own: ServiceName, { realm, sname, encPart }: Ticket): ApFailure {
  const name = formatPrincipal(sname, realm);
  const type = encryptionTypeName(encPart.etype);
  const ofName = keytab.find({ principal: sname, realm }).filter(entry => isOwn(entry, own));
  const ofType = ofName.filter(entry => entry.etype === encPart.etype);
  if (ofName.length === 0) {
    return new ApFailure(
      KRB_ERROR.KRB_AP_ERR_NOT_US,
      SEC_E.NO_KERB_KEY,
      `the keytab has no key that opens a ticket for ${name}`,
      {
        hint: own
          ? `The credential is for ${formatPrincipal(own.name, own.realm)} only.`
          : `Add ${name} to the keytab, or see why the client asks for that name. The keytab has ${namesIn(keytab)}.`,
      },
    );
  }
  if (ofType.length === 0) {
    return new ApFailure(KRB_ERROR.KRB_AP_ERR_NOKEY, SEC_E.NO_KERB_KEY, `the keytab has no ${type} key for ${name}`, {
      hint: `Its keys are of ${[...new Set(ofName.map(({ etype }) => encryptionTypeName(etype)))].join(', ')}: add one of ${type}.`,
    });
  }
  const versions = [...new Set(ofType.map(({ kvno }) => kvno))].join(', ');
  if (
    encPart.kvno !== undefined &&
    keytab.find({ principal: sname, realm, etype: encPart.etype, kvno: encPart.kvno }).length === 0
  ) {
    return new ApFailure(
      KRB_ERROR.KRB_AP_ERR_BADKEYVER,
      SEC_E.NO_KERB_KEY,
      `the keytab has version ${versions} of the key of ${name}, and the ticket is encrypted with version ${encPart.kvno}`,
      { hint: 'Make the keytab anew: the password of the account has been changed since.' },
    );
  }
  return new ApFailure(
    KRB_ERROR.KRB_AP_ERR_MODIFIED,
    SEC_E.LOGON_DENIED,
    `the key of ${name} does not open the ticket`,
    {
      hint: 'The keytab was made with another password than the account has (or for another account with the same service name: `setspn -X`), or the ticket was changed.',
    },
  );
}

const MOST_NAMES = 5;

function namesIn(keytab: Keytab): string {
  const names = [...new Set(keytab.entries.map(({ principal, realm }) => formatPrincipal(principal, realm)))];
  const rest = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `${names.slice(0, MOST_NAMES).join(', ')}${rest}`;
}
