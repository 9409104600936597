import { ByteReader } from '../../../bytes/reader.js';
import type { EngineEnvironment } from '../../environment.js';
import type { Krb5Config } from '../config/krb5-config.js';
import type { EncryptionType, KerberosKey } from '../crypto/encryption-type.js';
import { encryptionType } from '../crypto/encryption-types.js';
import { KerberosClock } from './kerberos-clock.js';

export interface KdcParts {
  readonly environment: EngineEnvironment;
  readonly config: Krb5Config;
  /** RC4 is used although krb5.conf does not allow it. */
  readonly allowRc4?: boolean;
}

/** What all exchanges with KDCs share. */
export class KdcServices {
  readonly environment: EngineEnvironment;
  readonly config: Krb5Config;
  readonly clock: KerberosClock;
  readonly #allowRc4: boolean;

  constructor({ environment, config, allowRc4 }: KdcParts) {
    this.environment = environment;
    this.config = config;
    this.clock = new KerberosClock(environment);
    this.#allowRc4 = allowRc4 ?? config.allowRc4;
  }

  /** Etype numbers that may be used, most wanted first. */
  encryptionTypes(use: 'permitted' | 'tkt' | 'tgs'): number[] {
    return this.config.encryptionTypes(use).filter(number => this.permits(encryptionType(number)));
  }

  /** Whether keys of a type may be used at all. */
  permits(type: EncryptionType | undefined): boolean {
    return type !== undefined && (!type.weak || this.#allowRc4);
  }

  /** A fresh key of a type. */
  newKey(type: EncryptionType): KerberosKey {
    const bytes = this.environment.randomBytes(type.keyLength);
    const key = type.key(bytes);
    bytes.fill(0);
    return key;
  }

  encrypt(key: KerberosKey, usage: number, plaintext: Uint8Array): Uint8Array {
    return key.encrypt(usage, this.environment.randomBytes(key.type.confounderLength), plaintext);
  }

  /** Below 2^31, as some peers read it with a sign. */
  nonce(): number {
    return new ByteReader(this.environment.randomBytes(4)).u32be() & 0x7fff_ffff;
  }
}
