import { SEC_E } from '../../../sspi/status.js';
import { CHECKSUM_TYPE } from '../constants/checksum-type.js';
import { KRB_ERROR } from '../constants/error-code.js';
import { KEY_USAGE } from '../constants/key-usage.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { encryptionTypeName } from '../crypto/encryption-types.js';
import { DecryptionError } from '../crypto/errors.js';
import type { ApReq } from '../messages/ap-req.js';
import { type Authenticator, decodeAuthenticator } from '../messages/authenticator.js';
import type { EncTicketPart } from '../messages/enc-ticket-part.js';
import { type EncryptionKeyValue, importKey } from '../messages/encryption-key.js';
import type { Ticket } from '../messages/ticket.js';
import type { Principal } from '../names/principal.js';
import { ApFailure } from './ap-failure.js';
import { type ClientAssertions, decodeAssertions } from './ap-options.js';
import { decodeGssChecksum, type GssChecksum } from './gss-checksum.js';
import type { KerberosServices } from './kerberos-services.js';
import type { OpenedTicket } from './service-keys.js';
import { checkClient, checkClock, checkLifetime, checkTransited } from './ticket-checks.js';

/** An AP-REQ that has been opened: who sent it knew the session key, and its ticket is good now. */
export interface AcceptedRequest {
  readonly ticket: EncTicketPart;
  /** Whose key opened the ticket, and that key. */
  readonly service: Principal;
  readonly serviceKey: KerberosKey;
  readonly authenticator: Authenticator;
  readonly sessionKey: KerberosKey;
  readonly initiatorSubkey: KerberosKey | undefined;
  /** The client's first sequence number. */
  readonly sequence: number;
  readonly gssFlags: number;
  readonly bindings: Uint8Array | undefined;
  readonly delegation: Uint8Array | undefined;
  readonly assertions: ClientAssertions;
  /** Takes over one more key. */
  keep(key: KerberosKey): void;
  /** Wipes all keys, and the bytes that they came from. */
  wipe(): void;
}

/** Has the keys that tickets are encrypted in: of a keytab, or the one of user-to-user. Throws an ApFailure. */
export interface TicketOpener {
  open(ticket: Ticket): Promise<OpenedTicket>;
}

/** Opens and checks an AP-REQ, in the order of RFC 4120 3.2.3. Throws an ApFailure, or SEC_E_INVALID_TOKEN. */
export async function openRequest(
  services: KerberosServices,
  opener: TicketOpener,
  { authenticator: sealed, ticket: sealedTicket }: ApReq,
): Promise<AcceptedRequest> {
  const secrets: { fill(value: 0): unknown }[] = [];
  const keys: KerberosKey[] = [];
  const wipe = (): void => {
    for (const key of keys) key.wipe();
    for (const bytes of secrets) bytes.fill(0);
  };
  try {
    const opened = await opener.open(sealedTicket);
    const { key: serviceKey, part: ticket, service } = opened;
    secrets.push(opened.bytes);
    const sessionKey = permittedKey(services, ticket.key, 'session key');
    keys.push(sessionKey);
    const plain = openAuthenticator(sealed, sessionKey);
    secrets.push(plain);
    const authenticator = decodeAuthenticator(plain);
    checkRequest(services, opened, authenticator);
    const initiatorSubkey = authenticator.subkey && permittedKey(services, authenticator.subkey, 'subkey');
    if (initiatorSubkey) keys.push(initiatorSubkey);
    const { bindings, delegation, flags } = readChecksum(authenticator);
    return {
      ticket,
      service,
      serviceKey,
      authenticator,
      sessionKey,
      initiatorSubkey,
      sequence: authenticator.seqNumber ?? 0,
      gssFlags: flags,
      bindings,
      delegation,
      assertions: decodeAssertions(authenticator.authorizationData),
      keep: key => void keys.push(key),
      wipe,
    };
  } catch (error) {
    wipe();
    throw error;
  }
}

function checkRequest(services: KerberosServices, { part, service }: OpenedTicket, authenticator: Authenticator): void {
  checkClient(part, authenticator);
  checkClock(services, authenticator);
  checkLifetime(services, part);
  checkTransited(services, part, service.realm);
}

function openAuthenticator({ cipher, etype }: ApReq['authenticator'], key: KerberosKey): Uint8Array {
  try {
    if (etype === key.type.number) return key.decrypt(KEY_USAGE.AP_REQ_AUTHENTICATOR, cipher);
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error;
  }
  throw new ApFailure(
    KRB_ERROR.KRB_AP_ERR_MODIFIED,
    SEC_E.LOGON_DENIED,
    'the session key does not open the authenticator',
  );
}

/** Ticket, session key and subkey have encryption types of their own. */
function permittedKey({ kdc }: KerberosServices, value: EncryptionKeyValue, what: string): KerberosKey {
  const key = importKey(value);
  if (kdc.permits(key.type)) return key;
  key.wipe();
  const name = encryptionTypeName(value.etype);
  throw new ApFailure(
    KRB_ERROR.KDC_ERR_ETYPE_NOSUPP,
    SEC_E.KDC_UNKNOWN_ETYPE,
    `the ${what} is of ${name}, which may not be used`,
    { hint: `Let the KDC issue AES session keys for this service, or, knowing what it costs, allow ${name}.` },
  );
}

/** [MS-KILE] 3.4.5: without a checksum no flag is set. Other checksums are those of raw Kerberos, and no GSS-API. */
function readChecksum({ checksum }: Authenticator): GssChecksum {
  if (!checksum) return { bindings: undefined, flags: 0 };
  if (checksum.type === CHECKSUM_TYPE.GSS) return decodeGssChecksum(checksum.bytes);
  throw new ApFailure(
    KRB_ERROR.KRB_AP_ERR_INAPP_CKSUM,
    SEC_E.INVALID_TOKEN,
    `the authenticator has a checksum of the type ${checksum.type}, not that of GSS-API`,
  );
}
