import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { KRB_ERROR } from '../constants/error-code.js';
import { KDC_OPTION } from '../constants/flags.js';
import { KEY_USAGE } from '../constants/key-usage.js';
import { MESSAGE_TYPE } from '../constants/message-type.js';
import { PA_TYPE } from '../constants/pa-type.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { DecryptionError } from '../crypto/errors.js';
import { decodeEncKdcRepPart, type EncKdcRepPart } from '../messages/enc-kdc-rep-part.js';
import { decodeKdcRep, type KdcRep } from '../messages/kdc-rep.js';
import { encodeKdcReq } from '../messages/kdc-req.js';
import { encodeKdcReqBody, type KdcReqBody } from '../messages/kdc-req-body.js';
import { decodeKrbError, isKrbError, type KrbErrorMessage } from '../messages/krb-error.js';
import { decodeMethodData, findPaData, type PaData } from '../messages/pa-data.js';
import { type PrincipalName, samePrincipal } from '../messages/principal-name.js';
import type { Ticket } from '../messages/ticket.js';
import { formatPrincipal, type Principal } from '../names/principal.js';
import { makeApRequest } from './ap-request.js';
import { type Credentials, credentialsOf } from './credentials.js';
import { FastArmor } from './fast-armor.js';
import { KdcError } from './kdc-error.js';
import { sendToKdc } from './send-to-kdc.js';
import type { KdcServices } from './services.js';

export interface TgsRequest {
  /** The ticket-granting ticket of the realm that is asked. */
  readonly tgt: Credentials;
  readonly sname: PrincipalName;
  /** KDC_OPTION bits. */
  readonly kdcOptions: number;
  /** Milliseconds since 1970; the end of the ticket-granting ticket where absent. */
  readonly till?: number | undefined;
  readonly rtime?: number | undefined;
  readonly additionalTickets?: readonly Ticket[] | undefined;
  readonly padata?: TgsPadata | undefined;
  /** Whom the ticket has to be for; the client of {@link tgt} where absent. */
  readonly client?: Principal | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** More padata of a request, and what has to be seen of it in the reply. `key` is the subkey that protects both. */
export interface TgsPadata {
  build(nonce: number, key: KerberosKey): readonly PaData[];
  /** Throws for a reply that is not the one to what was built. */
  check?(reply: readonly PaData[], nonce: number, key: KerberosKey): void;
}

/** The realm whose KDC takes a ticket-granting ticket: the second component of its server. */
export function grantingRealm({ server }: Credentials): string {
  return server.name.components[1] ?? server.realm;
}

/**
 * One TGS exchange (RFC 4120 3.3) with the realm of the ticket-granting ticket. The answer may be for another service than the one
 * asked for, as referrals are (RFC 6806 8): who asked has to look.
 *
 * Throws what {@link KdcError} makes of the KDC's errors; SEC_E_NO_AUTHENTICATING_AUTHORITY; SEC_E_MESSAGE_ALTERED and SEC_E_INVALID_TOKEN for answers
 * that are not right.
 */
export async function exchangeTgs(services: KdcServices, request: TgsRequest): Promise<Credentials> {
  try {
    return await exchangeOnce(services, request);
  } catch (error) {
    const isSkew = error instanceof KdcError && error.code === KRB_ERROR.KRB_AP_ERR_SKEW;
    if (!isSkew || !services.config.kdcTimesync) throw error;
    const clockOffset = error.krbError.stime - services.clock.now();
    return exchangeOnce(services, { ...request, tgt: { ...request.tgt, clockOffset } });
  }
}

async function exchangeOnce(services: KdcServices, request: TgsRequest): Promise<Credentials> {
  const { tgt, signal } = request;
  const body = requestBody(services, request);
  const subkey = services.newKey(tgt.sessionKey.type);
  const armor = tgt.fast ? FastArmor.bySubkey(services, subkey, tgt.sessionKey) : undefined;
  try {
    const encoding = encodeRequest(services, request, body, subkey, armor);
    const reply = await sendToKdc(services, body.realm, encoding, signal);
    if (isKrbError(reply)) throw failure(services, decodeKrbError(reply), body, armor);
    return readReply(request, body, decodeKdcRep(MESSAGE_TYPE.TGS_REP, reply), subkey, armor);
  } finally {
    subkey.wipe();
    armor?.key.wipe();
  }
}

function requestBody(services: KdcServices, request: TgsRequest): KdcReqBody {
  const { tgt, sname, kdcOptions, till, rtime, additionalTickets } = request;
  return {
    kdcOptions: kdcOptions >>> 0,
    realm: grantingRealm(tgt),
    sname,
    till: till ?? tgt.endtime,
    rtime,
    nonce: services.nonce(),
    etypes: services.encryptionTypes('tgs'),
    additionalTickets,
  };
}

/** RFC 4120 5.4.1: the ticket-granting ticket and a checksum of the body go in an AP-REQ among the padata. */
function encodeRequest(
  services: KdcServices,
  { tgt, padata }: TgsRequest,
  body: KdcReqBody,
  subkey: KerberosKey,
  armor: FastArmor | undefined,
): Uint8Array {
  const { sessionKey } = tgt;
  const bodyEncoding = encodeKdcReqBody(body);
  const bytes = sessionKey.checksum(KEY_USAGE.TGS_REQ_CHECKSUM, bodyEncoding);
  const checksum = { type: sessionKey.type.checksumType, bytes };
  const { message } = makeApRequest(services, tgt, { usage: KEY_USAGE.TGS_REQ_AUTHENTICATOR, checksum, subkey });
  const more = padata?.build(body.nonce, subkey) ?? [];
  return encodeKdcReq({
    type: MESSAGE_TYPE.TGS_REQ,
    padata: [{ type: PA_TYPE.TGS_REQ, value: message }, ...(armor ? [armor.wrap(more, bodyEncoding, message)] : more)],
    bodyEncoding,
  });
}

function failure(
  services: KdcServices,
  error: KrbErrorMessage,
  body: KdcReqBody,
  armor: FastArmor | undefined,
): KdcError {
  const what = `the request for ${formatPrincipal(body.sname!, body.realm)}`;
  return new KdcError(armor ? innerError(error, body, armor) : error, what, services.clock.now());
}

/** With FAST the error inside counts. Without one there is this; it fails the exchange either way. */
function innerError(error: KrbErrorMessage, { nonce }: KdcReqBody, armor: FastArmor): KrbErrorMessage {
  try {
    const inner = armor.open(error.eData && decodeMethodData(error.eData), nonce);
    const value = findPaData(inner?.padata, PA_TYPE.FX_ERROR);
    return value ? decodeKrbError(value) : error;
  } catch (cause) {
    if (cause instanceof PackageError) return error;
    throw cause;
  }
}

function readReply(
  { tgt, client = tgt.client, additionalTickets, kdcOptions, padata }: TgsRequest,
  { nonce }: KdcReqBody,
  rep: KdcRep,
  subkey: KerberosKey,
  armor: FastArmor | undefined,
): Credentials {
  // Heimdal 7 does FAST in the AS exchange only. A reply without it is under the subkey of the request all the same.
  const fast = armor?.open(rep.padata, nonce);
  const outer = { client: { name: rep.cname, realm: rep.crealm }, key: subkey };
  const { client: answered, key: replyKey } = fast ? armor!.finish(fast, subkey, rep.ticket) : outer;
  const part = openPart(replyKey, rep);
  if (replyKey !== subkey) replyKey.wipe();
  if (part.nonce !== nonce) throw wrong('it has another nonce');
  if (answered.realm !== client.realm || !samePrincipal(answered.name, client.name)) {
    throw wrong(`it is for ${formatPrincipal(answered.name, answered.realm)}`);
  }
  if (!samePrincipal(rep.ticket.sname, part.sname) || rep.ticket.realm !== part.srealm) {
    throw wrong('the ticket is for another service');
  }
  const secondTicket = (kdcOptions & KDC_OPTION.ENC_TKT_IN_SKEY) !== 0 ? additionalTickets?.[0] : undefined;
  padata?.check?.([...(fast?.padata ?? rep.padata ?? []), ...(part.encryptedPaData ?? [])], nonce, subkey);
  return credentialsOf(answered, rep.ticket, part, { clockOffset: tgt.clockOffset, fast: tgt.fast, secondTicket });
}

/** RFC 4757 3 has the usage of a session key where RFC 4120 has that of a subkey, and KDCs differ in whom they follow with RC4. */
function openPart(key: KerberosKey, { encPart }: KdcRep): EncKdcRepPart {
  const usages = key.type.weak ? [KEY_USAGE.TGS_REP_SUBKEY, KEY_USAGE.TGS_REP_SESSION_KEY] : [KEY_USAGE.TGS_REP_SUBKEY];
  for (const usage of usages) {
    try {
      return decodeEncKdcRepPart(key.decrypt(usage, encPart.cipher));
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error;
    }
  }
  throw wrong('the key of the request does not open it');
}

function wrong(why: string): PackageError {
  return new PackageError(SEC_E.MESSAGE_ALTERED, `the KDC's answer is not the one to the request: ${why}`);
}
