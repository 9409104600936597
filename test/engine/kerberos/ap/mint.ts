import { createEngine, type EngineOptions } from 'secur32/engine';
import type { SecurityFunctionTable } from 'secur32/raw';
import { nodeEnvironment } from '#dist/engine/environment.js';
import { encodeCcache } from '#dist/engine/kerberos/ccache/ccache-file.js';
import { Krb5Config } from '#dist/engine/kerberos/config/krb5-config.js';
import { TICKET_FLAG } from '#dist/engine/kerberos/constants/flags.js';
import { KEY_USAGE } from '#dist/engine/kerberos/constants/key-usage.js';
import type { KerberosKey } from '#dist/engine/kerberos/crypto/encryption-type.js';
import { encryptionType } from '#dist/engine/kerberos/crypto/encryption-types.js';
import { type Credentials, toCcacheCredential } from '#dist/engine/kerberos/kdc/credentials.js';
import { KdcServices } from '#dist/engine/kerberos/kdc/services.js';
import { Keytab } from '#dist/engine/kerberos/keytab/keytab.js';
import { KeytabEntry } from '#dist/engine/kerberos/keytab/keytab-entry.js';
import { type EncTicketPart, encodeEncTicketPart } from '#dist/engine/kerberos/messages/enc-ticket-part.js';
import { exportKey } from '#dist/engine/kerberos/messages/encryption-key.js';
import { makeTicket } from '#dist/engine/kerberos/messages/ticket.js';
import type { Principal } from '#dist/engine/kerberos/names/principal.js';

export const MINT_REALM = 'TEST.EXAMPLE';
/** Of the whole test: every clock stands still. */
export const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

export const HTTP: Principal = { name: { type: 2, components: ['HTTP', 'localhost'] }, realm: MINT_REALM };
export const CLIENT: Principal = { name: { type: 1, components: ['alice'] }, realm: MINT_REALM };

export interface MintOptions {
  readonly etype?: number;
  readonly sessionEtype?: number;
  /** Changes what is in the ticket. */
  readonly part?: Partial<EncTicketPart>;
  /** Another key than the service's encrypts it. */
  readonly key?: KerberosKey;
  readonly kvno?: number;
  readonly sname?: Principal;
}

/** A KDC that issues what it is told to: tickets for one service, under keys that the service has. */
export class Mint {
  readonly kdc: KdcServices = new KdcServices({
    environment: nodeEnvironment({ now: () => NOW }),
    config: new Krb5Config(),
    allowRc4: true,
  });
  readonly keytab: Keytab;
  readonly #keys = new Map<number, KerberosKey>();

  constructor(etypes: readonly number[] = [18]) {
    for (const etype of etypes) this.#keys.set(etype, this.kdc.newKey(encryptionType(etype)!));
    this.keytab = new Keytab(
      [...this.#keys].map(([etype, key]) => {
        const keyBytes = exportKey(key).bytes;
        return new KeytabEntry({ realm: MINT_REALM, principal: HTTP.name, timestamp: 0, kvno: 3, etype, keyBytes });
      }),
    );
  }

  key(etype = 18): KerberosKey {
    return this.#keys.get(etype)!;
  }

  ticket(options: MintOptions = {}): Credentials {
    const { etype = 18, kvno = 3, sessionEtype = etype, sname = HTTP } = options;
    const key = options.key ?? this.key(etype);
    const sessionKey = this.kdc.newKey(encryptionType(sessionEtype)!);
    const part: EncTicketPart = {
      flags: TICKET_FLAG.PRE_AUTHENT,
      key: exportKey(sessionKey),
      crealm: CLIENT.realm,
      cname: CLIENT.name,
      transited: { type: 1, contents: new Uint8Array(0) },
      authtime: NOW - HOUR,
      starttime: NOW - HOUR,
      endtime: NOW + HOUR,
      ...options.part,
    };
    const cipher = this.kdc.encrypt(key, KEY_USAGE.TICKET, encodeEncTicketPart(part));
    const ticket = makeTicket({ realm: sname.realm, sname: sname.name, encPart: { etype, kvno, cipher } });
    return {
      client: CLIENT,
      server: HTTP,
      ticket,
      sessionKey,
      flags: part.flags,
      authtime: part.authtime,
      starttime: NOW - HOUR,
      endtime: NOW + HOUR,
      clockOffset: 0,
    };
  }

  ccache(credentials: Credentials = this.ticket()): Uint8Array {
    return encodeCcache({ principal: CLIENT, credentials: [toCcacheCredential(credentials)], config: [] });
  }

  /** An engine whose services have the keytab. */
  engine(options: EngineOptions = {}): SecurityFunctionTable {
    return createEngine({
      keytab: this.keytab.toBytes(),
      krb5Config: '/dev/null',
      ...options,
      environment: { now: () => NOW, ...options.environment },
    });
  }
}
