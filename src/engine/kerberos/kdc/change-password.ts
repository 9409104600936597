import { concatBytes } from '../../../bytes/concat.js';
import { MalformedBytesError } from '../../../bytes/errors.js';
import { ByteReader } from '../../../bytes/reader.js';
import { decodeUtf8, encodeUtf8 } from '../../../bytes/text.js';
import { ByteWriter } from '../../../bytes/writer.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { KEY_USAGE } from '../constants/key-usage.js';
import { NAME_TYPE } from '../constants/name-type.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { DecryptionError } from '../crypto/errors.js';
import { decodeApRep } from '../messages/ap-rep.js';
import { encodeChangePasswdData } from '../messages/change-passwd-data.js';
import { decodeEncApRepPart } from '../messages/enc-ap-rep-part.js';
import { decodeEncKrbPrivPart, encodeEncKrbPrivPart } from '../messages/enc-krb-priv-part.js';
import { importKey } from '../messages/encryption-key.js';
import { ADDRESS_TYPE } from '../messages/host-address.js';
import { decodeKrbError, isKrbError } from '../messages/krb-error.js';
import { decodeKrbPriv, encodeKrbPriv } from '../messages/krb-priv.js';
import type { PrincipalName } from '../messages/principal-name.js';
import type { Principal } from '../names/principal.js';
import { makeApRequest } from './ap-request.js';
import { login } from './as-exchange.js';
import { passwordKeys } from './client-keys.js';
import type { Credentials } from './credentials.js';
import { KdcError } from './kdc-error.js';
import { sendToPasswordServer } from './send-to-password-server.js';
import type { KdcServices } from './services.js';

/** The service that changes passwords; it takes tickets of an AS exchange only. */
const CHANGE_PASSWORD: PrincipalName = { type: NAME_TYPE.SRV_INST, components: ['kadmin', 'changepw'] };

export interface PasswordChange {
  readonly client: Principal;
  readonly oldPassword: string;
  readonly newPassword: string;
  readonly signal?: AbortSignal;
}

/**
 * Changes a user's password (RFC 3244). An expired one can be changed, too.
 *
 * Throws SEC_E_LOGON_DENIED for a wrong old password, and for a new one that the policy of the realm does not like (the message has the server's
 * words); what `login` throws.
 */
export async function changePassword(services: KdcServices, change: PasswordChange): Promise<void> {
  const { client, oldPassword, newPassword, signal } = change;
  const credentials = await login(services, {
    client,
    keys: passwordKeys(oldPassword),
    service: CHANGE_PASSWORD,
    options: { lifetime: 300, renewLifetime: 0 },
    ...(signal && { signal }),
  });
  try {
    await requestChange(services, credentials, newPassword, signal);
  } finally {
    credentials.sessionKey.wipe();
  }
}

/** The same by a ticket to kadmin/changepw. With `target` it sets the password of another, which takes rights of an administrator. */
export async function requestChange(
  services: KdcServices,
  credentials: Credentials,
  newPassword: string,
  signal?: AbortSignal,
  target?: Principal,
): Promise<void> {
  const subkey = services.newKey(credentials.sessionKey.type);
  try {
    const { message, stamp } = buildRequest(services, credentials, subkey, newPassword, target);
    const reply = await sendToPasswordServer(services, credentials.server.realm, message, signal);
    const { code, text } = readReply(services, credentials, subkey, reply, stamp);
    if (code !== 0) throw refused(code, text);
  } finally {
    subkey.wipe();
  }
}

/** Versions of the protocol: the first, whose data is the password alone, and that of RFC 3244. */
const VERSION = { CHANGE: 1, SET: 0xff80 } as const;

interface Stamp {
  readonly ctime: number;
  readonly cusec: number;
}

/** RFC 3244 2: `length u16, version u16, AP-REQ length u16, AP-REQ, KRB-PRIV`. */
function buildRequest(
  services: KdcServices,
  credentials: Credentials,
  subkey: KerberosKey,
  newPassword: string,
  target: Principal | undefined,
): { readonly message: Uint8Array; readonly stamp: Stamp } {
  const seqNumber = services.nonce();
  const apRequest = makeApRequest(services, credentials, { usage: KEY_USAGE.AP_REQ_AUTHENTICATOR, subkey, seqNumber });
  const password = encodeUtf8(newPassword);
  const userData = target
    ? encodeChangePasswdData({ newPassword: password, targetName: target.name, targetRealm: target.realm })
    : password;
  const { time: timestamp, usec } = services.clock.stamp(credentials.clockOffset);
  const senderAddress = { type: ADDRESS_TYPE.IPV4, address: new Uint8Array(4) };
  const part = encodeEncKrbPrivPart({ userData, timestamp, usec, seqNumber, senderAddress });
  const cipher = services.encrypt(subkey, KEY_USAGE.KRB_PRIV, part);
  for (const secret of [password, userData, part]) secret.fill(0);
  const priv = encodeKrbPriv({ encPart: { etype: subkey.type.number, cipher } });
  const length = 6 + apRequest.message.length + priv.length;
  const head = new ByteWriter(6).u16be(length).u16be(target ? VERSION.SET : VERSION.CHANGE);
  head.u16be(apRequest.message.length);
  return { message: concatBytes(head.view(), apRequest.message, priv), stamp: apRequest };
}

/** `length u16, version u16 (1), AP-REP length u16, AP-REP, KRB-PRIV`; a length of 0 is followed by a KRB-ERROR. */
function readReply(
  services: KdcServices,
  { sessionKey }: Credentials,
  subkey: KerberosKey,
  reply: Uint8Array,
  stamp: Stamp,
): { readonly code: number; readonly text: string } {
  try {
    if (isKrbError(reply)) throw kdcError(services, reply);
    const reader = new ByteReader(reply);
    if (reader.u16be() !== reply.length) throw malformed('it is not as long as it says');
    reader.u16be();
    const apRepLength = reader.u16be();
    if (apRepLength === 0) throw kdcError(services, reader.rest());
    const apRep = decodeApRep(reader.bytes(apRepLength));
    const part = decodeEncApRepPart(sessionKey.decrypt(KEY_USAGE.AP_REP, apRep.encPart.cipher));
    if (part.ctime !== stamp.ctime || part.cusec !== stamp.cusec) throw malformed('it is to another request');
    const key = part.subkey ? importKey(part.subkey) : subkey;
    const { cipher } = decodeKrbPriv(reader.rest()).encPart;
    return readResult(openPrivate(cipher, key, subkey));
  } catch (error) {
    if (error instanceof MalformedBytesError) throw malformed(error.message);
    if (error instanceof DecryptionError) throw malformed('the key does not open it');
    throw error;
  }
}

/** Servers differ in whether they answer with the subkey of the request or with their own. */
function openPrivate(cipher: Uint8Array, key: KerberosKey, subkey: KerberosKey): Uint8Array {
  try {
    return key.decrypt(KEY_USAGE.KRB_PRIV, cipher);
  } catch (error) {
    if (!(error instanceof DecryptionError) || key === subkey) throw error;
    return subkey.decrypt(KEY_USAGE.KRB_PRIV, cipher);
  } finally {
    if (key !== subkey) key.wipe();
  }
}

function readResult(bytes: Uint8Array): { readonly code: number; readonly text: string } {
  const reader = new ByteReader(decodeEncKrbPrivPart(bytes).userData);
  const code = reader.u16be();
  return { code, text: resultText(reader.rest()) };
}

/** Text of the server; Active Directory sends its password policy as a structure instead, which begins with two zeros. */
function resultText(bytes: Uint8Array): string {
  if (bytes.length === 30 && bytes[0] === 0 && bytes[1] === 0) {
    const policy = new ByteReader(bytes);
    policy.skip(2);
    return `the password policy wants ${policy.u32be()} characters or more, and none of the last ${policy.u32be()} passwords`;
  }
  try {
    return decodeUtf8(bytes).replace(/\0/g, '').trim();
  } catch {
    return '';
  }
}

const RESULTS: Readonly<Record<number, string>> = {
  1: 'the request is malformed',
  2: 'the server failed',
  3: 'the authentication failed',
  4: 'the new password is refused',
  5: 'it is not allowed',
  6: 'the version of the protocol is not supported',
  7: 'a ticket of the first exchange is needed',
};

function refused(code: number, text: string): PackageError {
  const status = code === 4 || code === 3 || code === 5 ? SEC_E.LOGON_DENIED : SEC_E.KDC_INVALID_REQUEST;
  const result = RESULTS[code] ?? `result ${code}`;
  return new PackageError(status, `the password was not changed: ${result}${text === '' ? '' : ` (${text})`}`);
}

function kdcError({ clock }: KdcServices, bytes: Uint8Array): KdcError {
  return new KdcError(decodeKrbError(bytes), 'the change of a password', clock.now());
}

function malformed(why: string): PackageError {
  return new PackageError(SEC_E.INVALID_TOKEN, `the answer of the password server is malformed: ${why}`);
}
