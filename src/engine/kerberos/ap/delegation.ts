import type { CcacheCredential } from '../ccache/ccache.js';
import { KEY_USAGE } from '../constants/key-usage.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { DecryptionError } from '../crypto/errors.js';
import type { Credentials } from '../kdc/credentials.js';
import type { KdcServices } from '../kdc/services.js';
import { decodeEncKrbCredPart, encodeEncKrbCredPart, type KrbCredInfo } from '../messages/enc-krb-cred-part.js';
import type { EncryptedData } from '../messages/encrypted-data.js';
import { exportKey } from '../messages/encryption-key.js';
import { decodeKrbCred, encodeKrbCred } from '../messages/krb-cred.js';
import type { Ticket } from '../messages/ticket.js';

/** The ticket-granting ticket of a user, for a service to act in the user's name: a KRB-CRED under the session key (RFC 4121 4.1.1). */
export function encodeDelegation(services: KdcServices, forwarded: Credentials, sessionKey: KerberosKey): Uint8Array {
  const { client, server, flags, authtime, starttime, endtime, renewTill, addresses } = forwarded;
  const key = exportKey(forwarded.sessionKey);
  const { time: timestamp, usec } = services.clock.stamp(forwarded.clockOffset);
  const part = encodeEncKrbCredPart({
    ticketInfo: [
      {
        key,
        prealm: client.realm,
        pname: client.name,
        flags,
        authtime,
        starttime,
        endtime,
        renewTill,
        srealm: server.realm,
        sname: server.name,
        caddr: addresses,
      },
    ],
    timestamp,
    usec,
  });
  const cipher = services.encrypt(sessionKey, KEY_USAGE.KRB_CRED, part);
  key.bytes.fill(0);
  part.fill(0);
  return encodeKrbCred({ tickets: [forwarded.ticket], encPart: { etype: sessionKey.type.number, cipher } });
}

/**
 * The tickets in a KRB-CRED under one of the keys: peers take the session key, some of them the subkey. Heimdal's takes none, as the
 * authenticator around it is encrypted. Undefined where no key opens it. Throws SEC_E_INVALID_TOKEN for one that is malformed.
 */
export function decodeDelegation(bytes: Uint8Array, keys: readonly KerberosKey[]): CcacheCredential[] | undefined {
  const { tickets, encPart } = decodeKrbCred(bytes);
  const plain = encPart.etype === NOT_ENCRYPTED ? encPart.cipher : decrypted(encPart, keys);
  if (!plain) return undefined;
  const { ticketInfo } = decodeEncKrbCredPart(plain);
  return tickets.flatMap((ticket, at) => cacheEntry(ticket, ticketInfo[at]));
}

/** etype 0 (RFC 3961 6.1). */
const NOT_ENCRYPTED = 0;

function decrypted({ cipher, etype }: EncryptedData, keys: readonly KerberosKey[]): Uint8Array | undefined {
  for (const key of keys) {
    if (key.type.number !== etype) continue;
    try {
      return key.decrypt(KEY_USAGE.KRB_CRED, cipher);
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error;
    }
  }
  return undefined;
}

/** Nothing for a ticket of which the message does not say whose it is. */
function cacheEntry(ticket: Ticket, info: KrbCredInfo | undefined): CcacheCredential[] {
  if (!info?.pname || info.prealm === undefined) return [];
  const { authtime = 0, starttime = authtime, endtime = 0, renewTill = 0 } = info;
  return [
    {
      client: { name: info.pname, realm: info.prealm },
      server: { name: info.sname ?? ticket.sname, realm: info.srealm ?? ticket.realm },
      key: { etype: info.key.etype, bytes: Uint8Array.from(info.key.bytes) },
      authtime: authtime / 1000,
      starttime: starttime / 1000,
      endtime: endtime / 1000,
      renewTill: renewTill / 1000,
      isUserToUser: false,
      flags: info.flags ?? 0,
      addresses: info.caddr ?? [],
      authorizationData: [],
      ticket: Uint8Array.from(ticket.encoding),
      secondTicket: new Uint8Array(0),
    },
  ];
}
