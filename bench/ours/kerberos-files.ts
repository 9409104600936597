/**
 * The files of the Kerberos figures: for each encryption type a folder with krb5.conf, a keytab of HTTP/localhost and a credential cache of
 * alice with a ticket for it, made without a KDC. Ours and the peers read the same ones.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { nodeEnvironment } from '#dist/engine/environment.js';
import { encodeCcache } from '#dist/engine/kerberos/ccache/ccache-file.js';
import { Krb5Config } from '#dist/engine/kerberos/config/krb5-config.js';
import { TICKET_FLAG } from '#dist/engine/kerberos/constants/flags.js';
import { KEY_USAGE } from '#dist/engine/kerberos/constants/key-usage.js';
import type { EncryptionType } from '#dist/engine/kerberos/crypto/encryption-type.js';
import { encryptionTypeByName } from '#dist/engine/kerberos/crypto/encryption-types.js';
import { KdcServices } from '#dist/engine/kerberos/kdc/services.js';
import { Keytab } from '#dist/engine/kerberos/keytab/keytab.js';
import { KeytabEntry } from '#dist/engine/kerberos/keytab/keytab-entry.js';
import { encodeEncTicketPart } from '#dist/engine/kerberos/messages/enc-ticket-part.js';
import { exportKey } from '#dist/engine/kerberos/messages/encryption-key.js';
import { makeTicket } from '#dist/engine/kerberos/messages/ticket.js';

/** By names that both sides know. */
export const ENCTYPES = ['aes256-sha1', 'aes128-sha1', 'aes256-sha2', 'aes128-sha2', 'rc4-hmac'] as const;

export interface KerberosFiles {
  readonly folder: string;
  readonly config: string;
  readonly keytab: string;
  readonly ccache: string;
}

/** Where the files of an encryption type are, written or not. */
export function kerberosFiles(enctype: string): KerberosFiles {
  const folder = `${FOLDER}${enctype}`;
  return { folder, config: `${folder}/krb5.conf`, keytab: `${folder}/keytab`, ccache: `${folder}/ccache` };
}

/** Writes them, with a new ticket and new keys. */
export function writeKerberosFiles(enctype: string): void {
  const type = encryptionTypeByName(enctype);
  if (!type) throw new RangeError(`no encryption type '${enctype}'`);
  const { folder, ...paths } = kerberosFiles(enctype);
  const { ccache, keytab } = mint(type);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(paths.config, configOf(enctype), { mode: 0o600 });
  writeFileSync(paths.keytab, keytab, { mode: 0o600 });
  writeFileSync(paths.ccache, ccache, { mode: 0o600 });
}

function mint(type: EncryptionType): { readonly keytab: Uint8Array; readonly ccache: Uint8Array } {
  const kdc = new KdcServices({ environment: nodeEnvironment(), config: new Krb5Config(), allowRc4: true });
  const serviceKey = kdc.newKey(type);
  const sessionKey = kdc.newKey(type);
  const flags = TICKET_FLAG.PRE_AUTHENT;
  const start = Math.floor(kdc.clock.now() / 1000) - 60;
  const times = { authtime: start, starttime: start, endtime: start + LIFETIME };
  const part = encodeEncTicketPart({
    flags,
    key: exportKey(sessionKey),
    crealm: REALM,
    cname: CLIENT,
    transited: { type: 1, contents: NOTHING },
    authtime: times.authtime * 1000,
    starttime: times.starttime * 1000,
    endtime: times.endtime * 1000,
  });
  const cipher = kdc.encrypt(serviceKey, KEY_USAGE.TICKET, part);
  const ticket = makeTicket({ realm: REALM, sname: SERVICE, encPart: { etype: type.number, kvno: KVNO, cipher } });
  const keyBytes = exportKey(serviceKey).bytes;
  const entry = { realm: REALM, principal: SERVICE, timestamp: start, kvno: KVNO, etype: type.number, keyBytes };
  const client = { name: CLIENT, realm: REALM };
  const credential = {
    client,
    server: { name: SERVICE, realm: REALM },
    key: exportKey(sessionKey),
    ...times,
    renewTill: 0,
    isUserToUser: false,
    flags,
    addresses: [],
    authorizationData: [],
    ticket: ticket.encoding,
    secondTicket: NOTHING,
  };
  return {
    keytab: new Keytab([new KeytabEntry(entry)]).toBytes(),
    ccache: encodeCcache({ principal: client, credentials: [credential], config: [] }),
  };
}

// This module runs from build/bench/ours.
const FOLDER = fileURLToPath(new URL('../../bench-kerberos/', import.meta.url));
const REALM = 'TEST.EXAMPLE';
const CLIENT = { type: 1, components: ['alice'] } as const;
const SERVICE = { type: 2, components: ['HTTP', 'localhost'] } as const;
const KVNO = 3;
/** Seconds. */
const LIFETIME = 86_400;
const NOTHING = new Uint8Array(0);

/** The KDC that is named is never asked. No other type is permitted, or else MIT's sides agree on the best that both have (RFC 4537). */
const configOf = (enctype: string): string => `[libdefaults]
  default_realm = ${REALM}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  allow_weak_crypto = true
  allow_rc4 = true
  permitted_enctypes = ${enctype}
[realms]
  ${REALM} = {
    kdc = 127.0.0.1:1
  }
[domain_realm]
  localhost = ${REALM}
`;
