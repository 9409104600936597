import { nodeEnvironment } from '../../engine/environment.js';
import { encodeCcache } from '../../engine/kerberos/ccache/ccache-file.js';
import { Krb5Config } from '../../engine/kerberos/config/krb5-config.js';
import { TICKET_FLAG } from '../../engine/kerberos/constants/flags.js';
import { KEY_USAGE } from '../../engine/kerberos/constants/key-usage.js';
import { NAME_TYPE } from '../../engine/kerberos/constants/name-type.js';
import type { KerberosKey } from '../../engine/kerberos/crypto/encryption-type.js';
import { AES256_SHA1 } from '../../engine/kerberos/crypto/rfc3962/aes-sha1.js';
import { toCcacheCredential } from '../../engine/kerberos/kdc/credentials.js';
import { KdcServices } from '../../engine/kerberos/kdc/services.js';
import { Keytab } from '../../engine/kerberos/keytab/keytab.js';
import { KeytabEntry } from '../../engine/kerberos/keytab/keytab-entry.js';
import { encodeEncTicketPart } from '../../engine/kerberos/messages/enc-ticket-part.js';
import { exportKey } from '../../engine/kerberos/messages/encryption-key.js';
import { makeTicket } from '../../engine/kerberos/messages/ticket.js';
import type { Principal } from '../../engine/kerberos/names/principal.js';
import { DEMO_ACCOUNT } from './demo-account.js';

/** A realm of Kerberos that exists in this process only. */
export interface DemoKerberos {
  /** The keys of the demo's service. */
  readonly keytab: Uint8Array;
  /** A credential cache with the user's ticket for that service. */
  readonly ticket: Uint8Array;
  /** The same with a ticket that was made with another key than the service's. */
  readonly forgedTicket: Uint8Array;
}

const REALM = 'EXAMPLE.COM';
const KVNO = 1;
const HOUR = 3_600_000;
const CLIENT: Principal = { name: { type: NAME_TYPE.PRINCIPAL, components: [DEMO_ACCOUNT.user] }, realm: REALM };
const SERVICE: Principal = { name: { type: NAME_TYPE.SRV_INST, components: ['imap', 'localhost'] }, realm: REALM };

let made: DemoKerberos | undefined;

/**
 * What a KDC would have given to both sides, made here in its place: a key for the service, and a ticket under that key for the user. What
 * happens with them afterwards is Kerberos as it is anywhere.
 */
export function demoKerberos(): DemoKerberos {
  made ??= mint();
  return made;
}

function mint(): DemoKerberos {
  const kdc = new KdcServices({ environment: nodeEnvironment(), config: new Krb5Config() });
  using serviceKey = kdc.newKey(AES256_SHA1);
  using otherKey = kdc.newKey(AES256_SHA1);
  const entry = new KeytabEntry({
    realm: REALM,
    principal: SERVICE.name,
    timestamp: Math.floor(kdc.clock.now() / 1000),
    kvno: KVNO,
    etype: AES256_SHA1.number,
    keyBytes: exportKey(serviceKey).bytes,
  });
  return {
    keytab: new Keytab([entry]).toBytes(),
    ticket: mintTicket(kdc, serviceKey),
    forgedTicket: mintTicket(kdc, otherKey),
  };
}

/** The ticket, and the session key beside it (RFC 4120 5.3). */
function mintTicket(kdc: KdcServices, serviceKey: KerberosKey): Uint8Array {
  const now = Math.floor(kdc.clock.now() / 1000) * 1000;
  const times = { authtime: now, starttime: now, endtime: now + HOUR };
  const flags = TICKET_FLAG.PRE_AUTHENT | TICKET_FLAG.INITIAL;
  using sessionKey = kdc.newKey(AES256_SHA1);
  const part = encodeEncTicketPart({
    flags,
    key: exportKey(sessionKey),
    crealm: CLIENT.realm,
    cname: CLIENT.name,
    transited: { type: 1, contents: new Uint8Array(0) },
    ...times,
  });
  const cipher = kdc.encrypt(serviceKey, KEY_USAGE.TICKET, part);
  const encPart = { etype: AES256_SHA1.number, kvno: KVNO, cipher };
  const ticket = makeTicket({ realm: SERVICE.realm, sname: SERVICE.name, encPart });
  const credentials = { client: CLIENT, server: SERVICE, ticket, sessionKey, flags, ...times, clockOffset: 0 };
  return encodeCcache({ principal: CLIENT, credentials: [toCcacheCredential(credentials)], config: [] });
}
