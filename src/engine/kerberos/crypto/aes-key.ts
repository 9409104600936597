import { constantTimeEqual } from '../../../bytes/equal.js';
import type { SecretBytes } from '../../secret-bytes.js';
import type { ClearPiece, EncryptedApart, EncryptionType, KerberosKey } from './encryption-type.js';
import { keyValue } from './key-length.js';
import { joinEncrypted } from './parts.js';
import type { AesCts } from './rfc3962/aes-cts.js';

/** A keyed hash that can be forgotten. */
export interface KeyedHash {
  mac(parts: readonly Uint8Array[]): Uint8Array;
  wipe(): void;
}

/** What encrypts for one usage of a key, and what protects that. */
export interface UsageKeys<H extends KeyedHash> {
  readonly cipher: AesCts;
  readonly hmac: H;
}

/** What keys of AES have in common, by RFC 3962 or RFC 8009: whatever is derived for a usage is kept as long as the key. */
export abstract class AesKey<H extends KeyedHash> implements KerberosKey {
  readonly type: EncryptionType;
  readonly value: SecretBytes;
  protected readonly encryption: Map<number, UsageKeys<H>> = new Map();
  readonly #checksums = new Map<number, H>();

  constructor(type: EncryptionType, bytes: Uint8Array) {
    this.type = type;
    this.value = keyValue(type, bytes);
  }

  abstract encryptApart(
    usage: number,
    confounder: Uint8Array,
    plaintext: Uint8Array | readonly Uint8Array[],
    clear?: readonly ClearPiece[],
  ): EncryptedApart;
  abstract decrypt(usage: number, ciphertext: Uint8Array, clear?: readonly ClearPiece[]): Uint8Array;
  abstract prf(input: Uint8Array): Uint8Array;
  /** The hash for checksums of this usage, made once. */
  protected abstract checksumHash(usage: number): H;
  /** Puts what this usage encrypts with into `encryption`. */
  protected abstract deriveEncryption(usage: number): void;

  encrypt(
    usage: number,
    confounder: Uint8Array,
    plaintext: Uint8Array | readonly Uint8Array[],
    clear?: readonly ClearPiece[],
  ): Uint8Array {
    return joinEncrypted(this.encryptApart(usage, confounder, plaintext, clear));
  }

  checksum(usage: number, ...parts: readonly Uint8Array[]): Uint8Array {
    let hash = this.#checksums.get(usage);
    if (!hash) {
      hash = this.checksumHash(usage);
      this.#checksums.set(usage, hash);
    }
    return hash.mac(parts);
  }

  verifyChecksum(usage: number, checksum: Uint8Array, ...parts: readonly Uint8Array[]): boolean {
    return constantTimeEqual(this.checksum(usage, ...parts), checksum);
  }

  wipe(): void {
    for (const { cipher, hmac } of this.encryption.values()) {
      cipher.wipe();
      hmac.wipe();
    }
    for (const hash of this.#checksums.values()) hash.wipe();
    this.encryption.clear();
    this.#checksums.clear();
    this.value.wipe();
  }

  [Symbol.dispose](): void {
    this.wipe();
  }

  protected forEncryption(usage: number): UsageKeys<H> {
    let keys = this.encryption.get(usage);
    if (!keys) {
      this.deriveEncryption(usage);
      keys = this.encryption.get(usage)!;
    }
    return keys;
  }
}
