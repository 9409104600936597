import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { KRB_ERROR } from '../constants/error-code.js';
import { KEY_USAGE } from '../constants/key-usage.js';
import { DecryptionError } from '../crypto/errors.js';
import type { Credentials } from '../kdc/credentials.js';
import type { ServiceTarget } from '../kdc/service-ticket.js';
import { decodeEncTicketPart } from '../messages/enc-ticket-part.js';
import type { Ticket } from '../messages/ticket.js';
import { decodeTgtReply, encodeTgtReply, encodeTgtRequest } from '../messages/user-to-user.js';
import { ApFailure } from './ap-failure.js';
import { encodeGssToken, GSS_TOKEN, type GssToken, KERBEROS_OIDS } from './gss-token.js';
import type { OpenedTicket } from './service-keys.js';

/**
 * User-to-user authentication (RFC 4120 3.7, draft-swift-win2k-krb-user2user-03): the one that is called has no keys of its own, but a
 * ticket-granting ticket, which the caller asks for and takes to the KDC; the caller's ticket is then encrypted in that one's session key.
 * The mechanism has a name of its own, which is in the frames of all its tokens.
 */
export function tgtRequestToken({ name, realm }: ServiceTarget): Uint8Array {
  const message = encodeTgtRequest({ serverName: name, realm });
  return encodeGssToken(GSS_TOKEN.TGT_REQUEST, message, KERBEROS_OIDS.USER_TO_USER);
}

export function tgtReplyToken({ ticket }: Credentials): Uint8Array {
  return encodeGssToken(GSS_TOKEN.TGT_REPLY, encodeTgtReply(ticket), KERBEROS_OIDS.USER_TO_USER);
}

/** Throws SEC_E_NO_TGT_REPLY for another token. */
export function readTgtReply({ bare, id, message }: GssToken): Ticket {
  if (id === GSS_TOKEN.TGT_REPLY && !bare) return decodeTgtReply(message);
  throw new PackageError(
    SEC_E.NO_TGT_REPLY,
    'the peer was asked for its ticket-granting ticket, and sends another token',
  );
}

/** The session key of the ticket-granting ticket that a context has given to its client. */
export class TicketGrantingKey {
  readonly #tgt: Credentials;

  constructor(tgt: Credentials) {
    this.#tgt = tgt;
  }

  /** Throws an ApFailure for a ticket that another key opens. */
  async open({ encPart: { cipher, etype } }: Ticket): Promise<OpenedTicket> {
    const { client, sessionKey } = this.#tgt;
    try {
      if (etype !== sessionKey.type.number) throw new DecryptionError();
      const bytes = sessionKey.decrypt(KEY_USAGE.TICKET, cipher);
      return { part: decodeEncTicketPart(bytes), bytes, service: client, key: sessionKey };
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error;
      const detail = 'the ticket is not for the ticket-granting ticket that the client was given';
      throw new ApFailure(KRB_ERROR.KRB_AP_ERR_MODIFIED, SEC_E.LOGON_DENIED, detail);
    }
  }
}

/** What a client hears that asks for a ticket-granting ticket where there is none. */
export function withoutTickets(): ApFailure {
  return new ApFailure(KRB_ERROR.KRB_AP_ERR_NO_TGT, SEC_E.NO_TGT_REPLY, 'the client wants to log on user to user', {
    hint: 'This server has keys, and no ticket-granting ticket: give its account a service principal name, and clients that name. Or let it log on as a user, with a password or a cache of tickets.',
  });
}

/** What a client hears that brings a ticket for a service where there is a user. */
export function withoutKeys(): ApFailure {
  return new ApFailure(
    KRB_ERROR.KRB_AP_ERR_USER_TO_USER_REQUIRED,
    SEC_E.NO_KERB_KEY,
    'the client brings a ticket for a service, and this server has tickets and no keys',
    { hint: 'Give it a keytab or a password, or let its clients ask for user-to-user (ISC_REQ_USE_SESSION_KEY).' },
  );
}
