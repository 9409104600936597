import { hash } from 'node:crypto';
import { findBuffer, SECBUFFER, tokenBuffer } from '../../../sspi/buffers.js';
import { ASC_REQ, ASC_RET } from '../../../sspi/flags.js';
import type { SecurityToken } from '../../../sspi/security-token.js';
import { SEC_E, SEC_I } from '../../../sspi/status.js';
import { bindingHash, checkBindings } from '../../channel-bindings.js';
import { PackageError } from '../../package-error.js';
import type { ContextLegInput, FirstLeg, InitializeLeg, LegResult } from '../../security-package.js';
import { SessionContext } from '../../session-context.js';
import { KRB_ERROR } from '../constants/error-code.js';
import { AP_OPTION } from '../constants/flags.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import type { Credentials } from '../kdc/credentials.js';
import type { TicketSource } from '../kdc/ticket-source.js';
import { type ApReq, decodeApReq } from '../messages/ap-req.js';
import { exportKey } from '../messages/encryption-key.js';
import { decodeTgtRequest } from '../messages/user-to-user.js';
import { formatPrincipal } from '../names/principal.js';
import { isNewer } from '../per-message/context-tokens.js';
import { type AcceptedRequest, openRequest, type TicketOpener } from './accepted-request.js';
import { ApFailure } from './ap-failure.js';
import { openApReply, sealApReply } from './ap-reply.js';
import { clientToken, readClient } from './client-token.js';
import { exchangeIsOver, firstLeg, inputToken, refuseDatagrams } from './context-legs.js';
import { delegatedCcache } from './delegated-ccache.js';
import { errorToken } from './error-token.js';
import { GSS_FLAG, serverAttributes } from './gss-flags.js';
import { decodeGssToken, encodeGssToken, GSS_TOKEN, type GssToken, KERBEROS_OIDS } from './gss-token.js';
import type { KerberosServices } from './kerberos-services.js';
import { newSequenceNumber } from './sequence-number.js';
import { KerberosSession } from './session.js';
import { TicketGrantingKey, tgtReplyToken, withoutKeys, withoutTickets } from './user-to-user.js';

/** What a server opens tickets with: the keys of a keytab or of its account, and where it is called user to user, its tickets. */
export interface ServiceSide {
  readonly keys: TicketOpener | undefined;
  readonly tickets: TicketSource | undefined;
}

/** What waits for the third leg of DCE style. */
interface Answered {
  readonly request: AcceptedRequest;
  readonly sequence: number;
  establish(): LegResult;
}

/** A server's exchange: AP-REQ in, and with mutual authentication AP-REP out (RFC 4120 3.2.3, [MS-KILE] 3.4.5). */
export class Acceptor extends SessionContext<KerberosSession> {
  readonly #services: KerberosServices;
  readonly #service: ServiceSide;
  #waiting = false;
  /** The ticket-granting ticket that the client was given (user-to-user). */
  #lent: Credentials | undefined;
  #answered: Answered | undefined;
  #request: AcceptedRequest | undefined;
  #client: SecurityToken | undefined;
  /** The mechanism's name in the client's frame. */
  #oid: string = KERBEROS_OIDS.KERBEROS;
  #isUserToUser = false;

  private constructor(services: KerberosServices, service: ServiceSide) {
    super();
    this.#services = services;
    this.#service = service;
  }

  /** Failures that the client can be told of carry a KRB-ERROR as their token. */
  static async begin(services: KerberosServices, service: ServiceSide, leg: ContextLegInput): Promise<FirstLeg> {
    refuseDatagrams(leg);
    const acceptor = new Acceptor(services, service);
    try {
      return firstLeg(await acceptor.#receive(leg), acceptor);
    } catch (error) {
      acceptor.close();
      throw error;
    }
  }

  override step(leg: InitializeLeg): LegResult | Promise<LegResult> {
    if (this.#waiting) return this.#receive(leg);
    const answered = this.#answered;
    if (!answered) throw exchangeIsOver();
    this.#answered = undefined;
    const { id, message, bare } = decodeGssToken(inputToken(leg));
    if (id !== GSS_TOKEN.AP_REP || !bare) {
      throw new PackageError(SEC_E.INVALID_TOKEN, 'the third token of DCE style is no AP-REP');
    }
    const reply = openApReply(message, answered.request.sessionKey);
    reply.wipe();
    // The times in it differ from client to client; the number is the server's own ([MS-KILE] 3.4.5.1).
    if (reply.part.seqNumber !== answered.sequence) {
      throw new PackageError(SEC_E.MUTUAL_AUTH_FAILED, 'the client answers another AP-REP than this one');
    }
    return answered.establish();
  }

  override queryAttribute(attribute: number): unknown {
    const own = this.session?.queryAttribute(attribute);
    return own ?? (this.session && this.#request && delegatedCcache(this.#request, attribute));
  }

  securityToken(): SecurityToken {
    if (this.#client && this.session) return this.#client;
    throw new PackageError(SEC_E.INVALID_HANDLE, 'the exchange is not complete');
  }

  override close(): void {
    this.#answered = undefined;
    super.close();
    this.#request?.wipe();
    this.#request = undefined;
  }

  async #receive(leg: ContextLegInput): Promise<LegResult> {
    const bytes = inputToken(leg);
    // A client that has not been asked yet: SASL's may have sent no initial response (RFC 4422 3.3).
    if (bytes.length === 0 && !this.#waiting) {
      this.#waiting = true;
      return { status: SEC_I.CONTINUE_NEEDED, output: [], contextAttr: 0 };
    }
    this.#waiting = false;
    const token = decodeGssToken(bytes);
    if (token.id === GSS_TOKEN.TGT_REQUEST) return this.#lend(token, leg);
    checkKind(token);
    const apReq = decodeApReq(token.message);
    try {
      return await this.#accept(apReq, token, leg);
    } catch (error) {
      throw errorToken(this.#services.kdc, error, apReq.ticket, token.bare);
    }
  }

  /** User-to-user: the client is given the ticket-granting ticket that it asks for, once. */
  async #lend({ message }: GssToken, { signal }: ContextLegInput): Promise<LegResult> {
    const { realm = '', serverName: sname = NO_NAME } = decodeTgtRequest(message);
    try {
      if (this.#lent || !this.#service.tickets) throw withoutTickets();
      this.#lent = await this.#service.tickets.ticketGrantingTicket(signal);
    } catch (error) {
      throw errorToken(this.#services.kdc, error, { realm, sname }, false);
    }
    this.#waiting = true;
    return { status: SEC_I.CONTINUE_NEEDED, output: [tokenBuffer(tgtReplyToken(this.#lent))], contextAttr: 0 };
  }

  /** Tickets in the session key of a ticket-granting ticket count only where the client was given that in this exchange. */
  #opener({ apOptions }: ApReq): TicketOpener {
    const isUserToUser = (apOptions & AP_OPTION.USE_SESSION_KEY) !== 0;
    if (isUserToUser && this.#lent) return new TicketGrantingKey(this.#lent);
    if (isUserToUser) throw withoutTickets();
    if (this.#service.keys) return this.#service.keys;
    throw withoutKeys();
  }

  async #accept(apReq: ApReq, { bare, oid }: GssToken, leg: ContextLegInput): Promise<LegResult> {
    const request = await openRequest(this.#services, this.#opener(apReq), apReq);
    this.#request = request;
    this.#oid = oid;
    this.#isUserToUser = (apReq.apOptions & AP_OPTION.USE_SESSION_KEY) !== 0;
    const isDceStyle = (request.gssFlags & GSS_FLAG.DCE_STYLE) !== 0;
    if (bare !== isDceStyle)
      throw new PackageError(SEC_E.INVALID_TOKEN, 'only tokens in DCE style come without a frame');
    await this.#refuseReplay(apReq, request);
    this.#checkBindings(request, leg);
    const identity = readClient(request, this.#services.options);
    this.#client = clientToken(request, identity);
    const mutual = (apReq.apOptions & AP_OPTION.MUTUAL_REQUIRED) !== 0;
    return mutual
      ? this.#answer(request, isDceStyle)
      : this.#establish(request, undefined, request.sequence, undefined);
  }

  /** RFC 4120 3.2.3. What is noted is a hash of all that was encrypted: the times alone collide where a client is quick. */
  async #refuseReplay({ authenticator }: ApReq, { authenticator: { ctime } }: AcceptedRequest): Promise<void> {
    const { clockSkew, replayCache } = this.#services;
    const name = hash('sha256', authenticator.cipher, 'hex');
    // A second more: the authenticator has microseconds, too.
    if (await replayCache.add(name, new Date(ctime + clockSkew + 1000))) return;
    throw new ApFailure(KRB_ERROR.KRB_AP_ERR_REPEAT, SEC_E.LOGON_DENIED, 'the authenticator was used before', {
      hint: 'Somebody replays a logon, or a client sends one twice: every connection needs a token of its own.',
    });
  }

  #checkBindings({ assertions, bindings }: AcceptedRequest, { contextReq, input }: ContextLegInput): void {
    const own = findBuffer(input, SECBUFFER.CHANNEL_BINDINGS) && bindingHash(input);
    // A client that says that it sends bindings, and sends none, was talked out of them ([MS-KILE] 3.4.5).
    const demands = assertions.sendsBindings ? contextReq & ~ASC_REQ.ALLOW_MISSING_BINDINGS : contextReq;
    checkBindings(bindings, own, demands);
  }

  #answer(request: AcceptedRequest, isDceStyle: boolean): LegResult {
    const { kdc } = this.#services;
    const { authenticator, sessionKey } = request;
    const sequence = newSequenceNumber(kdc.environment);
    const subkey = this.#newSubkey(request, isDceStyle);
    const exported = subkey && exportKey(subkey);
    const { ctime, cusec } = authenticator;
    const message = sealApReply(kdc, sessionKey, { ctime, cusec, subkey: exported, seqNumber: sequence });
    exported?.bytes.fill(0);
    if (!isDceStyle) {
      return this.#establish(request, subkey, sequence, encodeGssToken(GSS_TOKEN.AP_REP, message, this.#oid));
    }
    this.#answered = { request, sequence, establish: () => this.#establish(request, subkey, sequence, undefined) };
    return { status: SEC_I.CONTINUE_NEEDED, output: [tokenBuffer(message)], contextAttr: 0 };
  }

  /** A key of the acceptor's own, so that both sides have had a say in it; with RC4 it would change nothing (RFC 4121 2, RFC 4757 7). */
  #newSubkey({ sessionKey, initiatorSubkey }: AcceptedRequest, isDceStyle: boolean): KerberosKey | undefined {
    const { type } = initiatorSubkey ?? sessionKey;
    if (!isNewer(type.number) && !isDceStyle) return undefined;
    const subkey = this.#services.kdc.newKey(type);
    this.#request?.keep(subkey);
    return subkey;
  }

  #establish(
    request: AcceptedRequest,
    acceptorSubkey: KerberosKey | undefined,
    sendSequence: number,
    token: Uint8Array | undefined,
  ): LegResult {
    const { gssFlags, initiatorSubkey, sequence, service, sessionKey, ticket } = request;
    const contextAttr = serverAttributes(gssFlags) | (this.#isUserToUser ? ASC_RET.USE_SESSION_KEY : 0);
    const { user } = this.#client!;
    this.session = new KerberosSession({
      role: 'server',
      environment: this.#services.kdc.environment,
      key: acceptorSubkey ?? initiatorSubkey ?? sessionKey,
      acceptorSubkey: acceptorSubkey !== undefined,
      subkeys: [],
      gssFlags,
      contextAttr,
      sendSequence,
      receiveSequence: sequence,
      client: { name: ticket.cname, realm: ticket.crealm },
      server: service,
      userName: user.domain === '' ? user.name : `${user.domain}\\${user.name}`,
      targetName: targetNameOf(request),
      start: ticket.starttime ?? ticket.authtime,
      expiry: ticket.endtime,
    });
    const output = token ? [tokenBuffer(token)] : [];
    return { status: SEC_E.OK, output, contextAttr, expiry: this.session.expiry };
  }
}

/** The name that the client meant, where it says so and vouches for it, or else the one whose key opened the ticket. */
function targetNameOf({ assertions, service }: AcceptedRequest): string | undefined {
  return assertions.unverifiedTarget ? undefined : (assertions.targetName ?? formatPrincipal(service.name));
}

/** Throws for tokens that are Kerberos' and no AP-REQ. */
function checkKind({ id, oid }: GssToken): void {
  if (oid === KERBEROS_OIDS.IAKERB) {
    throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, 'the client asks this server to reach the KDC for it (IAKERB)', {
      hint: 'The client cannot reach a KDC itself: see its krb5.conf and its network.',
    });
  }
  if (id !== GSS_TOKEN.AP_REQ || !OWN_OIDS.has(oid)) {
    throw new PackageError(SEC_E.INVALID_TOKEN, 'the token of the client is no AP-REQ');
  }
}

const OWN_OIDS: ReadonlySet<string> = new Set([
  KERBEROS_OIDS.KERBEROS,
  KERBEROS_OIDS.MICROSOFT,
  KERBEROS_OIDS.USER_TO_USER,
]);
const NO_NAME = { type: 0, components: [] };
