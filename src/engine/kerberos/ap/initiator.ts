import { findBuffer, SECBUFFER, tokenBuffer } from '../../../sspi/buffers.js';
import { ISC_REQ, ISC_RET } from '../../../sspi/flags.js';
import { SEC_E, SEC_I } from '../../../sspi/status.js';
import { bindingHash } from '../../channel-bindings.js';
import { PackageError } from '../../package-error.js';
import type { FirstLeg, InitializeLeg, LegResult } from '../../security-package.js';
import { SessionContext } from '../../session-context.js';
import { CHECKSUM_TYPE } from '../constants/checksum-type.js';
import { KRB_ERROR } from '../constants/error-code.js';
import { AP_OPTION, TICKET_FLAG } from '../constants/flags.js';
import { KEY_USAGE } from '../constants/key-usage.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { encryptionTypeName } from '../crypto/encryption-types.js';
import { makeApRequest } from '../kdc/ap-request.js';
import type { Credentials } from '../kdc/credentials.js';
import { KdcError } from '../kdc/kdc-error.js';
import type { ServiceTarget } from '../kdc/service-ticket.js';
import type { TicketSource } from '../kdc/ticket-source.js';
import type { EncApRepPart } from '../messages/enc-ap-rep-part.js';
import { importKey } from '../messages/encryption-key.js';
import { encodeAssertions } from './ap-options.js';
import { openApReply, sealApReply } from './ap-reply.js';
import { exchangeIsOver, firstLeg, inputToken, refuseDatagrams } from './context-legs.js';
import { encodeDelegation } from './delegation.js';
import { encodeGssChecksum } from './gss-checksum.js';
import { clientAttributes, GSS_FLAG, requestedGssFlags } from './gss-flags.js';
import { decodeGssToken, encodeGssToken, GSS_TOKEN, KERBEROS_OIDS } from './gss-token.js';
import type { KerberosServices } from './kerberos-services.js';
import { serviceError } from './peer-error.js';
import { newSequenceNumber } from './sequence-number.js';
import { KerberosSession } from './session.js';
import { serviceTarget } from './target.js';
import { readTgtReply, tgtRequestToken } from './user-to-user.js';

/** What a client has sent, and what the answer must fit. */
interface Sent {
  readonly credentials: Credentials;
  readonly subkey: KerberosKey;
  /** Keys of this context alone. */
  readonly keys: readonly KerberosKey[];
  readonly sequence: number;
  readonly gssFlags: number;
  /** ISC_RET bits. */
  readonly attributes: number;
  readonly ctime: number;
  readonly cusec: number;
}

/** A client's exchange: AP-REQ out, with mutual authentication AP-REP in, in DCE style AP-REP out (RFC 4120 3.2, RFC 4121 4.1). */
export class Initiator extends SessionContext<KerberosSession> {
  readonly #services: KerberosServices;
  readonly #tickets: TicketSource;
  #sent: Sent | undefined;
  /** Whose ticket-granting ticket was asked for (user-to-user). */
  #asked: ServiceTarget | undefined;

  private constructor(services: KerberosServices, tickets: TicketSource) {
    super();
    this.#services = services;
    this.#tickets = tickets;
  }

  /** Throws what getting a ticket throws, and SEC_E_TARGET_UNKNOWN without a target name. */
  static async begin(services: KerberosServices, tickets: TicketSource, leg: InitializeLeg): Promise<FirstLeg> {
    refuseDatagrams(leg);
    if (inputToken(leg).length > 0) throw new PackageError(SEC_E.INVALID_TOKEN, 'a client speaks first');
    const initiator = new Initiator(services, tickets);
    return firstLeg(await initiator.#start(leg), initiator);
  }

  override step(leg: InitializeLeg): LegResult | Promise<LegResult> {
    if (this.#asked) return this.#proceed(this.#asked, leg);
    const sent = this.#sent;
    if (!sent) throw exchangeIsOver();
    this.#sent = undefined;
    try {
      return this.#receive(sent, inputToken(leg));
    } catch (error) {
      for (const key of sent.keys) key.wipe();
      throw error;
    }
  }

  override close(): void {
    for (const key of this.#sent?.keys ?? []) key.wipe();
    this.#sent = undefined;
    super.close();
  }

  /** User to user where that is asked for, and where the KDC says that the target is a user. */
  async #start(leg: InitializeLeg): Promise<LegResult> {
    const target = serviceTarget(leg.targetName);
    if (leg.contextReq & ISC_REQ.USE_SESSION_KEY) return this.#askForTicket(target, leg);
    try {
      return await this.#request(await this.#tickets.serviceTicket(target, leg.signal), leg, 0);
    } catch (error) {
      if (!(error instanceof KdcError) || error.code !== KRB_ERROR.KDC_ERR_MUST_USE_USER2USER) throw error;
      return this.#askForTicket(target, leg);
    }
  }

  #askForTicket(target: ServiceTarget, { contextReq }: InitializeLeg): LegResult {
    if (contextReq & ISC_REQ.USE_DCE_STYLE) {
      throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, 'there is no user-to-user authentication in DCE style');
    }
    this.#asked = target;
    return { status: SEC_I.CONTINUE_NEEDED, output: [tokenBuffer(tgtRequestToken(target))], contextAttr: 0 };
  }

  async #proceed(target: ServiceTarget, leg: InitializeLeg): Promise<LegResult> {
    this.#asked = undefined;
    const token = decodeGssToken(inputToken(leg));
    if (token.id === GSS_TOKEN.KRB_ERROR) throw serviceError(token.message, this.#services.kdc.clock.now());
    const credentials = await this.#tickets.userToUserTicket(target, readTgtReply(token), leg.signal);
    return this.#request(credentials, leg, AP_OPTION.USE_SESSION_KEY);
  }

  async #request(credentials: Credentials, leg: InitializeLeg, option: number): Promise<LegResult> {
    const { kdc } = this.#services;
    const bindings = bindingHash(leg.input);
    this.#checkStrength(credentials.sessionKey);
    const requested = requestedGssFlags(leg.contextReq);
    const delegation = await this.#delegation(credentials, leg);
    const gssFlags = requested | (delegation ? GSS_FLAG.DELEGATE : 0);
    const subkey = kdc.newKey(credentials.sessionKey.type);
    const sequence = newSequenceNumber(kdc.environment);
    const { message, ctime, cusec } = makeApRequest(kdc, credentials, {
      usage: KEY_USAGE.AP_REQ_AUTHENTICATOR,
      apOptions: option | (gssFlags & GSS_FLAG.MUTUAL ? AP_OPTION.MUTUAL_REQUIRED : 0),
      checksum: { type: CHECKSUM_TYPE.GSS, bytes: encodeGssChecksum({ bindings, flags: gssFlags, delegation }) },
      subkey,
      seqNumber: sequence,
      ...this.#assertions(leg),
    });
    // A ticket for user-to-user is for one context.
    const keys = option ? [subkey, credentials.sessionKey] : [subkey];
    const attributes = clientAttributes(gssFlags) | (option ? ISC_RET.USE_SESSION_KEY : 0);
    const sent = { credentials, subkey, keys, sequence, gssFlags, attributes, ctime, cusec };
    if (gssFlags & GSS_FLAG.DCE_STYLE) return this.#await(sent, message);
    const oid = option ? KERBEROS_OIDS.USER_TO_USER : KERBEROS_OIDS.KERBEROS;
    const token = encodeGssToken(GSS_TOKEN.AP_REQ, message, oid);
    return gssFlags & GSS_FLAG.MUTUAL ? this.#await(sent, token) : this.#establish(sent, undefined, token);
  }

  #await(sent: Sent, token: Uint8Array): LegResult {
    this.#sent = sent;
    return { status: SEC_I.CONTINUE_NEEDED, output: [tokenBuffer(token)], contextAttr: 0 };
  }

  /** [MS-KILE] 3.2.5.8: what the service is told besides. */
  #assertions({ contextReq, input, targetName }: InitializeLeg): {
    authorizationData?: ReturnType<typeof encodeAssertions>;
  } {
    const { clientAwareChannelBindings } = this.#services.kdc.config;
    const authorizationData = encodeAssertions({
      sendsBindings: clientAwareChannelBindings || findBuffer(input, SECBUFFER.CHANNEL_BINDINGS) !== undefined,
      unverifiedTarget: (contextReq & ISC_REQ.UNVERIFIED_TARGET_NAME) !== 0,
      targetName,
    });
    return authorizationData.length > 0 ? { authorizationData } : {};
  }

  /** A KRB-CRED where that is asked for, and the KDC trusts the service (RFC 4120 2.8). Without a ticket to forward there is none. */
  async #delegation(credentials: Credentials, { contextReq, signal }: InitializeLeg): Promise<Uint8Array | undefined> {
    if ((contextReq & ISC_REQ.DELEGATE) === 0) return undefined;
    const { kdc, options } = this.#services;
    if (!(credentials.flags & TICKET_FLAG.OK_AS_DELEGATE) && !options.dangerouslyDelegateToAll) return undefined;
    try {
      const forwarded = await this.#tickets.forwardedTicket(signal);
      try {
        return encodeDelegation(kdc, forwarded, credentials.sessionKey);
      } finally {
        forwarded.sessionKey.wipe();
      }
    } catch (error) {
      // The flags say that nothing was delegated.
      if (error instanceof PackageError) return undefined;
      throw error;
    }
  }

  #receive(sent: Sent, bytes: Uint8Array): LegResult {
    const { id, message, bare } = decodeGssToken(bytes);
    const dceStyle = (sent.gssFlags & GSS_FLAG.DCE_STYLE) !== 0;
    if (id === GSS_TOKEN.KRB_ERROR) {
      // The ticket may be the reason: the next context gets a new one.
      this.#tickets.forget(sent.credentials);
      throw serviceError(message, this.#services.kdc.clock.now());
    }
    if (id !== GSS_TOKEN.AP_REP || bare !== dceStyle) {
      throw new PackageError(SEC_E.INVALID_TOKEN, 'the token of the service is no answer to an AP-REQ');
    }
    const { sessionKey } = sent.credentials;
    const reply = openApReply(message, sessionKey);
    if (reply.part.ctime !== sent.ctime || reply.part.cusec !== sent.cusec) {
      reply.wipe();
      throw new PackageError(SEC_E.MUTUAL_AUTH_FAILED, 'the service answers another AP-REQ than this one');
    }
    try {
      return this.#establish(sent, reply.part, dceStyle ? this.#thirdLeg(sessionKey, reply.part) : undefined);
    } finally {
      reply.wipe();
    }
  }

  /** [MS-KILE] 3.4.5.1: the server's own sequence number back to it. */
  #thirdLeg(sessionKey: KerberosKey, { seqNumber = 0 }: EncApRepPart): Uint8Array {
    const { kdc } = this.#services;
    const { time: ctime, usec: cusec } = kdc.clock.stamp();
    return sealApReply(kdc, sessionKey, { ctime, cusec, seqNumber });
  }

  #establish(sent: Sent, reply: EncApRepPart | undefined, token: Uint8Array | undefined): LegResult {
    const { attributes: contextAttr, credentials, gssFlags, keys, sequence, subkey } = sent;
    const { environment } = this.#services.kdc;
    const acceptorSubkey = reply?.subkey && importKey(reply.subkey);
    const { client, server } = credentials;
    try {
      if (acceptorSubkey) this.#checkStrength(acceptorSubkey);
    } catch (error) {
      acceptorSubkey?.wipe();
      throw error;
    }
    this.session = new KerberosSession({
      role: 'client',
      environment,
      key: acceptorSubkey ?? subkey,
      acceptorSubkey: acceptorSubkey !== undefined,
      subkeys: acceptorSubkey ? [...keys, acceptorSubkey] : keys,
      gssFlags,
      contextAttr,
      sendSequence: sequence,
      // Without an AP-REP the service counts from the client's number, too.
      receiveSequence: reply ? (reply.seqNumber ?? 0) : sequence,
      client,
      server,
      userName: `${client.realm}\\${client.name.components.join('/')}`,
      start: credentials.starttime,
      expiry: credentials.endtime,
    });
    const output = token ? [tokenBuffer(token)] : [];
    return { status: SEC_E.OK, output, contextAttr, expiry: this.session.expiry };
  }

  /** Session keys and subkeys are of types of their own, whatever the ticket is encrypted with. */
  #checkStrength({ type }: KerberosKey): void {
    if (this.#services.kdc.permits(type)) return;
    const name = encryptionTypeName(type.number);
    throw new PackageError(SEC_E.KDC_UNKNOWN_ETYPE, `the key for messages is of ${name}, which may not be used`, {
      hint: `Give the service account AES keys, or, knowing what it costs, allow ${name} in krb5.conf (allow_rc4).`,
    });
  }
}
