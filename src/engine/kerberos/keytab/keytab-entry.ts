import { SecretBytes } from '../../secret-bytes.js';
import type { KerberosKey } from '../crypto/encryption-type.js';
import { encryptionType } from '../crypto/encryption-types.js';
import type { PrincipalName } from '../messages/principal-name.js';

/** One key of a keytab. */
export class KeytabEntry {
  readonly realm: string;
  readonly principal: PrincipalName;
  /** When it was written, in seconds since 1970. */
  readonly timestamp: number;
  readonly kvno: number;
  readonly etype: number;
  readonly value: SecretBytes;
  #key: KerberosKey | undefined;

  /** Takes `keyBytes` over. */
  constructor(fields: KeytabFields) {
    this.realm = fields.realm;
    this.principal = fields.principal;
    this.timestamp = fields.timestamp;
    this.kvno = fields.kvno;
    this.etype = fields.etype;
    this.value = SecretBytes.own(fields.keyBytes);
  }

  /** The key to work with, always the same object; undefined for an encryption type that is not known, or a key of the wrong length. */
  get key(): KerberosKey | undefined {
    const type = encryptionType(this.etype);
    if (type?.keyLength !== this.value.length) return undefined;
    this.#key ??= this.value.use(bytes => type.key(bytes));
    return this.#key;
  }

  wipe(): void {
    this.value.wipe();
    this.#key?.wipe();
  }
}

export interface KeytabFields {
  readonly realm: string;
  readonly principal: PrincipalName;
  readonly timestamp: number;
  readonly kvno: number;
  readonly etype: number;
  readonly keyBytes: Uint8Array;
}
