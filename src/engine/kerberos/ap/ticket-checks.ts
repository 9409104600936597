import { decodeLatin1 } from '../../../bytes/text.js';
import { SEC_E } from '../../../sspi/status.js';
import { KRB_ERROR } from '../constants/error-code.js';
import { TICKET_FLAG } from '../constants/flags.js';
import type { Authenticator } from '../messages/authenticator.js';
import type { EncTicketPart } from '../messages/enc-ticket-part.js';
import { encodeKerbErrorData, KERB_ERROR_DATA } from '../messages/kerb-error-data.js';
import { samePrincipal } from '../messages/principal-name.js';
import { formatPrincipal } from '../names/principal.js';
import { ApFailure } from './ap-failure.js';
import type { KerberosServices } from './kerberos-services.js';

/** What Windows says with KRB_AP_ERR_SKEW: the client may go by the clock in the error ([MS-KILE] 2.2.2). */
export const SKEW_RECOVERY: Uint8Array = encodeKerbErrorData({ type: KERB_ERROR_DATA.SKEW_RECOVERY });

/** The ticket's client is the authenticator's (RFC 4120 3.2.3). */
export function checkClient(ticket: EncTicketPart, { cname, crealm }: Authenticator): void {
  if (samePrincipal(ticket.cname, cname) && ticket.crealm === crealm) return;
  throw new ApFailure(
    KRB_ERROR.KRB_AP_ERR_BADMATCH,
    SEC_E.LOGON_DENIED,
    `the ticket is ${formatPrincipal(ticket.cname, ticket.crealm)}'s, and the authenticator ${formatPrincipal(cname, crealm)}'s`,
  );
}

/** The clocks of both sides (RFC 4120 3.2.3). */
export function checkClock({ kdc, clockSkew }: KerberosServices, { ctime, cusec }: Authenticator): void {
  const ahead = ctime + cusec / 1000 - kdc.clock.now();
  if (Math.abs(ahead) <= clockSkew) return;
  const seconds = Math.abs(Math.round(ahead / 1000));
  throw new ApFailure(
    KRB_ERROR.KRB_AP_ERR_SKEW,
    SEC_E.TIME_SKEW,
    `the client's clock is ${seconds} seconds ${ahead > 0 ? 'ahead of' : 'behind'} this one; ${clockSkew / 1000} may be`,
    { hint: 'Set the clock that is wrong (NTP): look at both, and at the domain controller.' },
  );
}

/** The lifetime of the ticket (RFC 4120 3.2.3). */
export function checkLifetime({ kdc, clockSkew }: KerberosServices, ticket: EncTicketPart): void {
  const now = kdc.clock.now();
  const { authtime, starttime = authtime, endtime, flags } = ticket;
  if (flags & TICKET_FLAG.INVALID || starttime > now + clockSkew) {
    throw new ApFailure(KRB_ERROR.KRB_AP_ERR_TKT_NYV, SEC_E.LOGON_DENIED, 'the ticket is not valid yet', {
      hint: `It is good from ${new Date(starttime).toISOString()} on. Compare the clocks of this machine and of the KDC.`,
    });
  }
  if (endtime < now - clockSkew) {
    throw new ApFailure(KRB_ERROR.KRB_AP_ERR_TKT_EXPIRED, SEC_E.CONTEXT_EXPIRED, 'the ticket has expired', {
      hint: `It was good until ${new Date(endtime).toISOString()}. The client needs a new one.`,
    });
  }
}

/**
 * The realms that the client came through: a KDC has checked them, or krb5.conf names each of them ([capaths]), or there are none
 * (RFC 4120 2.7, 3.3.3.2).
 */
export function checkTransited({ kdc }: KerberosServices, ticket: EncTicketPart, realm: string): void {
  const { contents } = ticket.transited;
  if (ticket.flags & TICKET_FLAG.TRANSITED_POLICY_CHECKED || contents.length === 0) return;
  const known = kdc.config.pathBetween(ticket.crealm, realm) ?? [];
  // Abbreviated names (RFC 4120 3.3.3.2) stay as they are, and are no realm's.
  if (
    decodeLatin1(contents)
      .split(',')
      .every(one => known.includes(one))
  )
    return;
  throw new ApFailure(
    KRB_ERROR.KDC_ERR_PATH_NOT_ACCEPTED,
    SEC_E.LOGON_DENIED,
    `no KDC has checked the realms between ${ticket.crealm} and ${realm}`,
    { hint: `If they are to be trusted, name them in krb5.conf: [capaths] ${ticket.crealm} = { ${realm} = ... }.` },
  );
}
