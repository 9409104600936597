import { encodeUtf8 } from '../../../bytes/text.js';
import { ByteWriter } from '../../../bytes/writer.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { CHECKSUM_TYPE } from '../constants/checksum-type.js';
import { KDC_OPTION, PAC_OPTION, TICKET_FLAG } from '../constants/flags.js';
import { KEY_USAGE } from '../constants/key-usage.js';
import { PA_TYPE } from '../constants/pa-type.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { hmacMd5Checksum } from '../crypto/rfc4757/checksum.js';
import { findPaData, type PaData } from '../messages/pa-data.js';
import { encodePaForUser } from '../messages/pa-for-user.js';
import { encodePaPacOptions } from '../messages/pa-pac.js';
import { decodePaS4uX509User, encodePaS4uX509User, encodeS4uUserId, S4U_OPTION } from '../messages/pa-s4u-x509-user.js';
import { type PrincipalName, samePrincipal } from '../messages/principal-name.js';
import { formatPrincipal, type Principal } from '../names/principal.js';
import type { Credentials } from './credentials.js';
import type { KdcServices } from './services.js';
import { exchangeTgs } from './tgs-exchange.js';

/**
 * S4U2Self ([MS-SFU] 3.1.5.1.1): a ticket of a user to this service, which the user did not ask for. It can be passed on by
 * {@link ticketOnBehalf} if it is forwardable. The user must be of the service's realm.
 *
 * Throws what `exchangeTgs` throws; SEC_E_MESSAGE_ALTERED from a KDC that knows no S4U and answers with a ticket of the service itself.
 *
 * @param tgt of the service; it has to be forwardable if the user's ticket shall be.
 * @param service its own name, as the KDC knows it.
 */
export function ticketForUser(
  services: KdcServices,
  tgt: Credentials,
  service: PrincipalName,
  user: Principal,
  signal?: AbortSignal,
): Promise<Credentials> {
  return exchangeTgs(services, {
    tgt,
    sname: service,
    kdcOptions: forwardableAs(tgt) | KDC_OPTION.CANONICALIZE,
    padata: {
      build: (nonce, key) => [s4uX509User(key, user, nonce), forUser(tgt.sessionKey, user)],
      check: (reply, nonce, key) => checkS4uX509User(reply, key, user, nonce),
    },
    client: user,
    signal,
  });
}

/**
 * S4U2Proxy ([MS-SFU] 3.1.5.2.1): a ticket to another service in the name of a user, by the ticket that the user has to this one.
 *
 * Throws SEC_E_DELEGATION_REQUIRED where the KDC does not allow it.
 */
export async function ticketOnBehalf(
  services: KdcServices,
  tgt: Credentials,
  evidence: Pick<Credentials, 'ticket' | 'client'>,
  target: PrincipalName,
  signal?: AbortSignal,
): Promise<Credentials> {
  const credentials = await exchangeTgs(services, {
    tgt,
    sname: target,
    kdcOptions: KDC_OPTION.CNAME_IN_ADDL_TKT | forwardableAs(tgt) | KDC_OPTION.CANONICALIZE,
    additionalTickets: [evidence.ticket],
    padata: {
      build: () => [
        { type: PA_TYPE.PAC_OPTIONS, value: encodePaPacOptions(PAC_OPTION.RESOURCE_BASED_CONSTRAINED_DELEGATION) },
      ],
    },
    client: evidence.client,
    signal,
  });
  if (samePrincipal(credentials.server.name, target)) return credentials;
  throw new PackageError(
    SEC_E.CROSSREALM_DELEGATION_FAILURE,
    `the KDC refers to ${formatPrincipal(credentials.server.name, credentials.server.realm)}`,
  );
}

/** Whether a ticket got by {@link ticketForUser} may be passed on. */
export function mayBePassedOn({ flags }: Credentials): boolean {
  return (flags & TICKET_FLAG.FORWARDABLE) !== 0;
}

/** KDCs refuse to make a forwardable ticket out of one that is not (RFC 4120 3.3.3). */
function forwardableAs({ flags }: Credentials): number {
  return flags & TICKET_FLAG.FORWARDABLE ? KDC_OPTION.FORWARDABLE : 0;
}

const AUTH_PACKAGE = 'Kerberos';

/** PA-FOR-USER ([MS-SFU] 2.2.1). Its checksum is HMAC-MD5, whatever the type of the key is. */
export function forUser(sessionKey: KerberosKey, { name, realm }: Principal): PaData {
  const bytes = sessionKey.value.use(key =>
    hmacMd5Checksum(key, KEY_USAGE.NON_KERBEROS_CHECKSUM, forUserInput({ name, realm })),
  );
  const checksum = { type: CHECKSUM_TYPE.HMAC_MD5, bytes };
  const value = encodePaForUser({ userName: name, userRealm: realm, checksum, authPackage: AUTH_PACKAGE });
  return { type: PA_TYPE.FOR_USER, value };
}

/** S4UByteArray: the type of the name, least significant byte first, and the texts without anything between them. */
export function forUserInput({ name, realm }: Principal): Uint8Array {
  const writer = new ByteWriter(64).u32le(name.type >>> 0);
  for (const text of [...name.components, realm, AUTH_PACKAGE]) writer.bytes(encodeUtf8(text));
  return writer.toBytes();
}

/** PA-S4U-X509-USER ([MS-SFU] 2.2.2). */
function s4uX509User(key: KerberosKey, { name, realm }: Principal, nonce: number): PaData {
  const userId = encodeS4uUserId({ nonce, cname: name, crealm: realm, options: S4U_OPTION.SIGN_REPLY });
  const bytes = key.checksum(KEY_USAGE.PA_S4U_X509_USER_REQUEST, userId);
  const value = encodePaS4uX509User(userId, { type: key.type.checksumType, bytes });
  return { type: PA_TYPE.S4U_X509_USER, value };
}

/**
 * The answer names the user under a checksum of its own. KDCs that know only PA-FOR-USER leave it out, and with RC4 it has another form; that the
 * ticket is the user's is checked in any case.
 */
function checkS4uX509User(reply: readonly PaData[], key: KerberosKey, user: Principal, nonce: number): void {
  const value = findPaData(reply, PA_TYPE.S4U_X509_USER);
  if (!value || key.type.weak) return;
  const { userId, userIdEncoding, checksum } = decodePaS4uX509User(value);
  const isRight =
    checksum.type === key.type.checksumType &&
    key.verifyChecksum(KEY_USAGE.PA_S4U_X509_USER_REPLY, checksum.bytes, userIdEncoding) &&
    userId.nonce === nonce &&
    userId.crealm === user.realm;
  if (!isRight)
    throw new PackageError(SEC_E.MESSAGE_ALTERED, "the KDC's answer is not for the user that was asked for");
}
