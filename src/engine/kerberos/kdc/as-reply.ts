import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { KDC_OPTION, TICKET_FLAG } from '../constants/flags.js';
import { KEY_USAGE } from '../constants/key-usage.js';
import { NAME_TYPE } from '../constants/name-type.js';
import { PA_TYPE } from '../constants/pa-type.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { encryptionType, encryptionTypeName } from '../crypto/encryption-types.js';
import { DecryptionError } from '../crypto/errors.js';
import { combineKeys } from '../crypto/rfc6113/cf2.js';
import { decodeEncKdcRepPart, type EncKdcRepPart } from '../messages/enc-kdc-rep-part.js';
import { decodeEncryptedData } from '../messages/encrypted-data.js';
import type { KdcRep } from '../messages/kdc-rep.js';
import type { KdcReqBody } from '../messages/kdc-req-body.js';
import { findPaData, type PaData } from '../messages/pa-data.js';
import { decodeAsReqChecksum } from '../messages/pa-req-enc-pa-rep.js';
import { samePrincipal } from '../messages/principal-name.js';
import { formatPrincipal, type Principal } from '../names/principal.js';
import type { ClientKeys } from './client-keys.js';
import { type Credentials, credentialsOf } from './credentials.js';
import { etypeInfoOf } from './etype-choice.js';
import type { FastArmor } from './fast-armor.js';
import type { KdcServices } from './services.js';

/** A request that a reply is checked against. */
export interface AsQuestion {
  readonly client: Principal;
  readonly body: KdcReqBody;
  /** All of the AS-REQ. */
  readonly encoding: Uint8Array;
  /** The key that the client proved to have. */
  readonly key: KerberosKey | undefined;
  readonly armor: FastArmor | undefined;
}

/** Milliseconds of difference that are laid to the second that times are rounded to, and to the way of the reply. */
const NO_OFFSET = 2000;

/**
 * Opens an AS-REP and checks that it is the answer to the question (RFC 4120 3.1.5): names and nonce are taken out of the encrypted part.
 */
export async function readAsReply(
  services: KdcServices,
  question: AsQuestion,
  rep: KdcRep,
  keys: ClientKeys,
): Promise<Credentials> {
  const { armor, body } = question;
  const fast = armor?.open(rep.padata, body.nonce);
  if (armor && !fast) throw wrong('it does not come through FAST');
  const padata = fast?.padata ?? rep.padata;
  const clientKey = await replyKey(services, question, rep, padata, keys);
  const outer = { client: { name: rep.cname, realm: rep.crealm }, key: clientKey };
  const { client, key: usedKey } = fast ? armor!.finish(fast, clientKey, rep.ticket) : outer;
  try {
    if (fast) checkKdcChallenge(armor!, clientKey, padata);
    const part = openPart(usedKey, rep);
    checkNames(question, client, part, rep);
    const isProven = checkRequestChecksum(question, usedKey, part) || fast !== undefined;
    if (!isClient(question, client, isProven)) throw wrong(`it is for ${formatPrincipal(client.name, client.realm)}`);
    return credentialsOf(client, rep.ticket, part, {
      clockOffset: clockOffset(services, part),
      fast: fast !== undefined || undefined,
    });
  } finally {
    if (usedKey !== clientKey) usedKey.wipe();
    if (clientKey !== question.key) clientKey.wipe();
  }
}

async function replyKey(
  services: KdcServices,
  { key, body, client }: AsQuestion,
  { encPart }: KdcRep,
  padata: readonly PaData[] | undefined,
  keys: ClientKeys,
): Promise<KerberosKey> {
  const { etype } = encPart;
  if (key?.type.number === etype) return key;
  if (!body.etypes.includes(etype) || !services.permits(encryptionType(etype))) {
    throw new PackageError(
      SEC_E.KDC_UNKNOWN_ETYPE,
      `the KDC answers in ${encryptionTypeName(etype)}, which was not asked for`,
    );
  }
  return keys.key(client, etypeInfoOf(padata, etype));
}

function openPart(key: KerberosKey, { encPart }: KdcRep): EncKdcRepPart {
  try {
    return decodeEncKdcRepPart(key.decrypt(KEY_USAGE.AS_REP, encPart.cipher));
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error;
    throw new PackageError(SEC_E.LOGON_DENIED, "the client's key does not open the KDC's answer", {
      hint: 'The password, or the key in the keytab, is not the one that the KDC has.',
    });
  }
}

function checkNames({ body }: AsQuestion, { realm }: Principal, part: EncKdcRepPart, { ticket }: KdcRep): void {
  if (part.nonce !== body.nonce) throw wrong('it has another nonce');
  const isAsked = samePrincipal(part.sname, body.sname!) && part.srealm === body.realm;
  // A short name of a realm comes back as its full one (RFC 6806 6).
  const isCanonical =
    (body.kdcOptions & KDC_OPTION.CANONICALIZE) !== 0 &&
    part.sname.components[0] === 'krbtgt' &&
    part.sname.components[1] === part.srealm &&
    part.srealm === realm;
  if (!isAsked && !isCanonical) throw wrong(`it is for the service ${formatPrincipal(part.sname, part.srealm)}`);
  if (!samePrincipal(ticket.sname, part.sname) || ticket.realm !== part.srealm)
    throw wrong('the ticket is for another service');
}

/** Whether the KDC was given this very request (RFC 6806 11); false where it does not know how to say so. */
function checkRequestChecksum({ encoding }: AsQuestion, key: KerberosKey, part: EncKdcRepPart): boolean {
  if ((part.flags & TICKET_FLAG.ENC_PA_REP) === 0) return false;
  const value = findPaData(part.encryptedPaData, PA_TYPE.REQ_ENC_PA_REP);
  if (!value) throw wrong('it lacks the checksum of the request');
  const { type, bytes } = decodeAsReqChecksum(value);
  if (type !== key.type.checksumType || !key.verifyChecksum(KEY_USAGE.AS_REQ_CHECKSUM, bytes, encoding)) {
    throw wrong('somebody changed the request on its way');
  }
  return true;
}

/**
 * Whether the client is named as it was asked for. Another name is taken from a KDC that was asked for the canonical one, and that either
 * proved to have got the request as it was sent, or was given an enterprise name, which never comes back (RFC 6806 6 and 7).
 */
function isClient({ client, body }: AsQuestion, answered: Principal, isProven: boolean): boolean {
  if (client.realm === answered.realm && samePrincipal(client.name, answered.name)) return true;
  if ((body.kdcOptions & KDC_OPTION.CANONICALIZE) === 0) return false;
  return isProven || client.name.type === NAME_TYPE.ENTERPRISE;
}

/**
 * The KDC proves to have the client's key, too (RFC 6113 5.4.6). Heimdal 7 makes its key with the client's pepper; as the usage is the KDC's in
 * either case, the client's own challenge cannot come back as the KDC's.
 */
function checkKdcChallenge({ key }: FastArmor, clientKey: KerberosKey, padata: readonly PaData[] | undefined): void {
  const value = findPaData(padata, PA_TYPE.ENCRYPTED_CHALLENGE);
  if (!value) return;
  const { cipher } = decodeEncryptedData(value);
  for (const pepper of ['kdcchallengearmor', 'clientchallengearmor']) {
    using challengeKey = combineKeys(key, clientKey, pepper, 'challengelongterm');
    try {
      challengeKey.decrypt(KEY_USAGE.ENC_CHALLENGE_KDC, cipher);
      return;
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error;
    }
  }
  throw wrong('the KDC does not know the key of the client');
}

function clockOffset({ clock, config }: KdcServices, { authtime }: EncKdcRepPart): number {
  const offset = authtime - clock.now();
  if (Math.abs(offset) <= NO_OFFSET) return 0;
  if (config.kdcTimesync) return offset;
  if (Math.abs(offset) <= config.clockSkew * 1000) return 0;
  throw new PackageError(
    SEC_E.TIME_SKEW,
    `the clock of the KDC is ${Math.round(offset / 1000)} seconds ahead of this one`,
  );
}

function wrong(why: string): PackageError {
  return new PackageError(SEC_E.MESSAGE_ALTERED, `the KDC's answer is not the one to the request: ${why}`);
}
