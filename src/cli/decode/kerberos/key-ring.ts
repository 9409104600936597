import { nodeEnvironment } from '../../../engine/environment.js';
import { openTicket } from '../../../engine/kerberos/ap/service-keys.js';
import { Krb5Config } from '../../../engine/kerberos/config/krb5-config.js';
import { KEY_USAGE } from '../../../engine/kerberos/constants/key-usage.js';
import type { KerberosKey } from '../../../engine/kerberos/crypto/encryption-type.js';
import { DecryptionError } from '../../../engine/kerberos/crypto/errors.js';
import { KdcServices } from '../../../engine/kerberos/kdc/services.js';
import { Keytab } from '../../../engine/kerberos/keytab/keytab.js';
import { decodeEncTicketPart, type EncTicketPart } from '../../../engine/kerberos/messages/enc-ticket-part.js';
import type { EncryptedData } from '../../../engine/kerberos/messages/encrypted-data.js';
import { type EncryptionKeyValue, importKey } from '../../../engine/kerberos/messages/encryption-key.js';
import type { Ticket } from '../../../engine/kerberos/messages/ticket.js';
import { formatPrincipal } from '../../../engine/kerberos/names/principal.js';
import { contextTokens } from '../../../engine/kerberos/per-message/context-tokens.js';
import { PackageError } from '../../../engine/package-error.js';

/** A ticket that a key has opened, or why none did. */
export type TicketResult =
  | { readonly part: EncTicketPart; readonly key: KerberosKey; readonly opener: string }
  | { readonly problem: string; readonly hint: string };

export interface OpenedData {
  readonly bytes: Uint8Array;
  /** Whose key it was, for people. */
  readonly opener: string;
}

interface LearnedKey {
  readonly key: KerberosKey;
  readonly origin: string;
}

/** Tokens of one exchange hold a handful. */
const MOST_LEARNED = 64;

/**
 * The keys to look into messages with: those of a keytab, and those that came to light in messages that were opened. So a ticket opens its
 * authenticator, which opens the reply and what is said afterwards.
 */
export class KeyRing {
  readonly #keytab: Keytab;
  readonly #learned: LearnedKey[] = [];
  readonly #services: KdcServices;

  constructor(keytab: Keytab = new Keytab([])) {
    this.#keytab = keytab;
    // RC4 may be looked into, whatever may be used.
    this.#services = new KdcServices({ environment: nodeEnvironment(), config: new Krb5Config(), allowRc4: true });
  }

  get isEmpty(): boolean {
    return this.#keytab.entries.length === 0 && this.#learned.length === 0;
  }

  /** A key that stood in a message. One of an unknown type opens nothing here. */
  learn(value: EncryptionKeyValue, origin: string): void {
    if (this.#learned.length >= MOST_LEARNED) return;
    try {
      this.#learned.push({ key: importKey(value), origin });
    } catch (error) {
      if (!(error instanceof PackageError)) throw error;
    }
  }

  /** A key that was learned is tried first: in user-to-user it is a session key that a ticket is encrypted in. */
  openTicket(ticket: Ticket): TicketResult {
    for (const { key, origin } of this.#learned) {
      const bytes = decrypt(key, ticket.encPart, KEY_USAGE.TICKET);
      if (bytes) return attemptTicket(() => ({ part: decodeEncTicketPart(bytes), key, opener: origin }));
    }
    return attemptTicket(() => {
      const { part, key, service } = openTicket(this.#services, this.#keytab, undefined, ticket);
      return { part, key, opener: `the key of ${formatPrincipal(service.name, service.realm)}` };
    });
  }

  /** Tries every key of the encryption type with every usage; undefined where none opens it. */
  open(data: EncryptedData, usages: readonly number[]): OpenedData | undefined {
    for (const { key, origin } of this.#keys(data.etype)) {
      for (const usage of usages) {
        const bytes = decrypt(key, data, usage);
        if (bytes) return { bytes, opener: origin };
      }
    }
    return undefined;
  }

  /** A per-message token, under the keys that were learned; undefined where none opens it. */
  openMessage(token: Uint8Array): OpenedData | undefined {
    for (const { key, origin } of this.#learned) {
      for (const role of ['client', 'server'] as const) {
        for (const acceptorSubkey of [true, false]) {
          const bytes = unwrap({ key, role, acceptorSubkey }, token);
          if (bytes) return { bytes, opener: origin };
        }
      }
    }
    return undefined;
  }

  *#keys(etype: number): Iterable<LearnedKey> {
    for (const learned of this.#learned) if (learned.key.type.number === etype) yield learned;
    for (const { key, principal, realm, kvno } of this.#keytab.find({ etype })) {
      if (key) yield { key, origin: `the key of ${formatPrincipal(principal, realm)}, kvno ${kvno}` };
    }
  }
}

function attemptTicket(open: () => TicketResult): TicketResult {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    return { problem: error.message, hint: error.details.hint ?? '' };
  }
}

function decrypt(key: KerberosKey, { cipher, etype }: EncryptedData, usage: number): Uint8Array | undefined {
  if (key.type.number !== etype) return undefined;
  try {
    return key.decrypt(usage, cipher);
  } catch (error) {
    if (error instanceof DecryptionError) return undefined;
    throw error;
  }
}

interface Receiver {
  readonly key: KerberosKey;
  readonly role: 'client' | 'server';
  readonly acceptorSubkey: boolean;
}

function unwrap(receiver: Receiver, token: Uint8Array): Uint8Array | undefined {
  const format = attemptFormat(receiver);
  try {
    // The message is opened where it lies: what is shown must stay as it is.
    return format?.open(Uint8Array.from(token), []).plaintext;
  } catch (error) {
    if (error instanceof PackageError) return undefined;
    throw error;
  } finally {
    format?.wipe();
  }
}

function attemptFormat(receiver: Receiver): ReturnType<typeof contextTokens> | undefined {
  try {
    return contextTokens({ ...receiver, dceStyle: false, environment: nodeEnvironment() });
  } catch (error) {
    if (error instanceof PackageError) return undefined;
    throw error;
  }
}
