import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { KRB_ERROR } from '../constants/error-code.js';
import { KDC_OPTION } from '../constants/flags.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { NAME_TYPE } from '../constants/name-type.js';
import { PA_TYPE } from '../constants/pa-type.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { decodeKdcRep } from '../messages/kdc-rep.js';
import { encodeKdcReq } from '../messages/kdc-req.js';
import { encodeKdcReqBody, type KdcReqBody } from '../messages/kdc-req-body.js';
import { decodeKrbError, isKrbError, type KrbErrorMessage } from '../messages/krb-error.js';
import { decodeMethodData, findPaData, type PaData } from '../messages/pa-data.js';
import { encodePaPacRequest } from '../messages/pa-pac.js';
import type { PrincipalName } from '../messages/principal-name.js';
import { formatPrincipal, type Principal, ticketGrantingService } from '../names/principal.js';
import { type AsQuestion, readAsReply } from './as-reply.js';
import type { ClientKeys } from './client-keys.js';
import type { Credentials } from './credentials.js';
import { chooseEtypeInfo } from './etype-choice.js';
import { FastArmor } from './fast-armor.js';
import { KdcError } from './kdc-error.js';
import { preauthentication } from './preauthentication.js';
import { sendToKdc } from './send-to-kdc.js';
import type { KdcServices } from './services.js';
import { requestedTimes, type TicketOptions } from './ticket-options.js';

export interface LoginRequest {
  /** A name of type ENTERPRISE is looked up by the KDC, which may refer to another realm (RFC 6806 5). */
  readonly client: Principal;
  readonly keys: ClientKeys;
  /** The realm whose KDC is asked first, where the client's is known by a short name only. */
  readonly askRealm?: string | undefined;
  /** A service that tickets come from this exchange for (`kadmin/changepw`); the ticket-granting service where absent. */
  readonly service?: PrincipalName;
  readonly options?: TicketOptions;
  /** A ticket-granting ticket to protect the exchange with (FAST). An answer that goes around it is refused. */
  readonly armor?: Credentials;
  readonly signal?: AbortSignal;
}

/** Requests in one exchange: a referral or two, pre-authentication, a clock that is off. */
const MOST_REQUESTS = 12;
const MOST_REFERRALS = 5;

/**
 * The AS exchange (RFC 4120 3.1): a password or a key becomes a ticket.
 *
 * Throws SEC_E_LOGON_DENIED for an unknown user, a wrong key and an account that may not log on; SEC_E_NO_AUTHENTICATING_AUTHORITY where no KDC
 * answers, or the one that is asked does not know the short name of a domain; SEC_E_TIME_SKEW, SEC_E_UNSUPPORTED_PREAUTH, SEC_E_KDC_UNKNOWN_ETYPE, SEC_E_MAX_REFERRALS_EXCEEDED; SEC_E_INVALID_TOKEN and
 * SEC_E_MESSAGE_ALTERED for answers that are malformed or not to this request.
 */
export async function login(services: KdcServices, request: LoginRequest): Promise<Credentials> {
  const exchange = new AsExchange(services, request);
  try {
    return await exchange.run();
  } finally {
    exchange.close();
  }
}

class AsExchange {
  readonly #services: KdcServices;
  readonly #request: LoginRequest;
  readonly #armor: FastArmor | undefined;
  #realm: string;
  /** Whose KDC is asked. */
  #asked: string;
  #referrals = 0;
  /** Milliseconds that the KDC's clock is ahead, as far as its errors tell. */
  #clockOffset = 0;
  #skewSeen = false;
  #expiredSeen = false;
  /** The client's key, once the KDC asked for proof of it. */
  #key: KerberosKey | undefined;
  #cookie: Uint8Array | undefined;

  constructor(services: KdcServices, request: LoginRequest) {
    this.#services = services;
    this.#request = request;
    this.#realm = request.client.realm;
    this.#asked = request.askRealm ?? this.#realm;
    this.#armor = request.armor && FastArmor.byTicket(services, request.armor);
  }

  async run(): Promise<Credentials> {
    const { signal, keys } = this.#request;
    for (let count = 0; count < MOST_REQUESTS; count++) {
      const question = this.#ask();
      const reply = await sendToKdc(this.#services, this.#asked, question.encoding, signal);
      if (!isKrbError(reply)) {
        return readAsReply(this.#services, question, decodeKdcRep(MESSAGE_TYPE.AS_REP, reply), keys);
      }
      await this.#recover(decodeKrbError(reply), question);
    }
    throw new PackageError(
      SEC_E.KDC_INVALID_REQUEST,
      `the KDC of ${this.#realm} wants another request after ${MOST_REQUESTS}`,
    );
  }

  close(): void {
    this.#key?.wipe();
    this.#armor?.key.wipe();
  }

  /** The client as the KDC of the present realm is asked for it. */
  get #client(): Principal {
    return { name: this.#request.client.name, realm: this.#realm };
  }

  #ask(): AsQuestion {
    const body = this.#body();
    const bodyEncoding = encodeKdcReqBody(body);
    const padata: PaData[] = [];
    if (this.#cookie) padata.push({ type: PA_TYPE.FX_COOKIE, value: this.#cookie });
    if (this.#key) padata.push(preauthentication(this.#services, this.#key, this.#clockOffset, this.#armor?.key));
    padata.push({ type: PA_TYPE.PAC_REQUEST, value: encodePaPacRequest() });
    padata.push({ type: PA_TYPE.REQ_ENC_PA_REP, value: new Uint8Array(0) });
    const outer = this.#armor ? [this.#armor.wrap(padata, bodyEncoding, bodyEncoding)] : padata;
    const encoding = encodeKdcReq({ type: MESSAGE_TYPE.AS_REQ, padata: outer, bodyEncoding });
    return { client: this.#client, body, encoding, key: this.#key, armor: this.#armor };
  }

  #body(): KdcReqBody {
    const { client, service, options = {} } = this.#request;
    const mustChange = client.name.type === NAME_TYPE.ENTERPRISE || this.#asked !== this.#realm;
    const now = this.#services.clock.now() + this.#clockOffset;
    const { kdcOptions, ...times } = requestedTimes(this.#services.config, options, now);
    return {
      kdcOptions: (mustChange ? kdcOptions | KDC_OPTION.CANONICALIZE : kdcOptions) >>> 0,
      cname: client.name,
      realm: this.#realm,
      sname: service ?? ticketGrantingService(this.#realm),
      ...times,
      nonce: this.#services.nonce(),
      etypes: this.#etypes(),
    };
  }

  #etypes(): number[] {
    const available = this.#request.keys.encryptionTypes(this.#client);
    const permitted = this.#services.encryptionTypes('tkt');
    return available === undefined ? permitted : permitted.filter(etype => available.includes(etype));
  }

  async #recover(outer: KrbErrorMessage, question: AsQuestion): Promise<void> {
    const { error, padata } = this.#openError(outer, question);
    const what = `the logon of ${formatPrincipal(question.client.name, question.client.realm)}`;
    const failure = new KdcError(error, what, this.#services.clock.now());
    switch (error.errorCode) {
      case KRB_ERROR.KDC_ERR_PREAUTH_REQUIRED:
        if (this.#key) throw failure;
        return this.#preauthenticate(padata, failure);
      case KRB_ERROR.KDC_ERR_PREAUTH_EXPIRED:
        if (this.#expiredSeen) throw failure;
        this.#expiredSeen = true;
        return this.#restart();
      case KRB_ERROR.KRB_AP_ERR_SKEW:
        if (this.#skewSeen || !this.#services.config.kdcTimesync) throw failure;
        this.#skewSeen = true;
        this.#clockOffset = error.stime - this.#services.clock.now();
        return;
      case KRB_ERROR.KDC_ERR_WRONG_REALM:
        return this.#follow(error, failure);
      case KRB_ERROR.KDC_ERR_C_PRINCIPAL_UNKNOWN:
        throw this.#asked === this.#realm ? failure : this.#unknownDomain(failure);
      default:
        throw failure;
    }
  }

  /** KDCs do not say which of the two they do not know. The domain may be one without any KDC: what says so lets Negotiate go on. */
  #unknownDomain(cause: KdcError): PackageError {
    const { name } = this.#request.client;
    return new PackageError(
      SEC_E.NO_AUTHENTICATING_AUTHORITY,
      `the KDC of ${this.#asked} knows no domain ${this.#realm}, or no user ${name.components.join('/')} in it`,
      { cause, hint: 'Give the DNS name of the domain in place of its short one, and compare the name of the user.' },
    );
  }

  async #preauthenticate(padata: readonly PaData[], failure: KdcError): Promise<void> {
    const method = this.#armor ? PA_TYPE.ENCRYPTED_CHALLENGE : PA_TYPE.ENC_TIMESTAMP;
    if (!padata.some(({ type }) => type === method)) throw offersEtypes(padata) ? failure : noCommonKey();
    this.#cookie = findPaData(padata, PA_TYPE.FX_COOKIE);
    this.#key = await this.#request.keys.key(this.#client, chooseEtypeInfo(padata, this.#etypes()));
  }

  /** RFC 6806 7: the client is of another realm. */
  #follow({ crealm }: KrbErrorMessage, failure: KdcError): void {
    if (crealm === undefined || crealm === '' || crealm === this.#realm || this.#armor) {
      throw this.#asked === this.#realm ? failure : this.#unknownDomain(failure);
    }
    if (++this.#referrals > MOST_REFERRALS) {
      throw new PackageError(SEC_E.MAX_REFERRALS_EXCEEDED, `KDCs refer from realm to realm, at last to ${crealm}`);
    }
    this.#realm = crealm;
    this.#asked = crealm;
    this.#restart();
  }

  #restart(): void {
    this.#key?.wipe();
    this.#key = undefined;
    this.#cookie = undefined;
  }

  /** The error itself, and the padata with it. With FAST only what is inside counts; an error without it ends the exchange. */
  #openError(error: KrbErrorMessage, { body }: AsQuestion): { error: KrbErrorMessage; padata: readonly PaData[] } {
    const padata = hasMethodData(error) ? decodeMethodData(error.eData!) : [];
    if (!this.#armor) return { error, padata };
    const inner = this.#armor.open(padata, body.nonce);
    const value = findPaData(inner?.padata, PA_TYPE.FX_ERROR);
    if (inner && value) return { error: decodeKrbError(value), padata: inner.padata };
    throw new KdcError(error, 'a request through FAST, without FAST,', this.#services.clock.now());
  }
}

/** Other errors carry data of other forms. */
function hasMethodData({ errorCode, eData }: KrbErrorMessage): boolean {
  return eData !== undefined && METHOD_DATA_ERRORS.has(errorCode);
}

/** A KDC that has no key of the client in any of the wanted types offers neither them nor what needs one. */
function offersEtypes(padata: readonly PaData[]): boolean {
  return padata.some(({ type }) => type === PA_TYPE.ETYPE_INFO2 || type === PA_TYPE.ETYPE_INFO);
}

function noCommonKey(): PackageError {
  return new PackageError(SEC_E.KDC_UNKNOWN_ETYPE, 'the KDC has no key of the client that may be used');
}

const METHOD_DATA_ERRORS = new Set<number>([
  KRB_ERROR.KDC_ERR_PREAUTH_REQUIRED,
  KRB_ERROR.KDC_ERR_PREAUTH_FAILED,
  KRB_ERROR.KDC_ERR_PREAUTH_EXPIRED,
  KRB_ERROR.KDC_ERR_MORE_PREAUTH_DATA_REQUIRED,
]);
