import { createHmac } from 'node:crypto';
import { constantTimeEqual } from '../../../../bytes/equal.js';
import { encodeLatin1 } from '../../../../bytes/text.js';
import { SecretBytes } from '../../../secret-bytes.js';
import type { ClearPiece, EncryptionType, KerberosKey } from '../encryption-type.js';
import { DecryptionError } from '../errors.js';
import { keyValue } from '../key-length.js';
import { joinPlaintext, uninitialized, withClear } from '../parts.js';
import { DERIVED, usageConstant } from '../rfc3961/usage-constant.js';
import { AES_BLOCK, AesCts } from '../rfc3962/aes-cts.js';
import { deriveSha2, type Sha2 } from './kdf.js';

/** The cipher state that the integrity check begins with (RFC 8009 5). */
const INITIAL_STATE = new Uint8Array(AES_BLOCK);

/** A key of aes128-cts-hmac-sha256-128 or aes256-cts-hmac-sha384-192 (RFC 8009 5 and 6): the ciphertext is what the MAC is of. */
export class AesSha2Key implements KerberosKey {
  readonly type: EncryptionType;
  readonly value: SecretBytes;
  readonly #digest: Sha2;
  readonly #encryption = new Map<number, { readonly cipher: AesCts; readonly integrity: SecretBytes }>();
  readonly #checksums = new Map<number, SecretBytes>();

  constructor(type: EncryptionType, digest: Sha2, bytes: Uint8Array) {
    this.type = type;
    this.value = keyValue(type, bytes);
    this.#digest = digest;
  }

  encrypt(
    usage: number,
    confounder: Uint8Array,
    plaintext: Uint8Array | readonly Uint8Array[],
    clear?: readonly ClearPiece[],
  ): Uint8Array {
    const { cipher, integrity } = this.#forEncryption(usage);
    const { joined, length } = joinPlaintext(confounder, plaintext, AES_BLOCK);
    const encrypted = uninitialized(length + this.type.macLength);
    cipher.encrypt(joined, length, encrypted);
    joined.fill(0);
    encrypted.set(this.#mac(integrity, withState(encrypted.subarray(0, length), clear)), length);
    return encrypted;
  }

  decrypt(usage: number, ciphertext: Uint8Array, clear?: readonly ClearPiece[]): Uint8Array {
    const length = ciphertext.length - this.type.macLength;
    if (length < AES_BLOCK) throw new DecryptionError();
    const { cipher, integrity } = this.#forEncryption(usage);
    const body = ciphertext.subarray(0, length);
    const mac = this.#mac(integrity, withState(body, clear));
    if (!constantTimeEqual(mac, ciphertext.subarray(length))) throw new DecryptionError();
    return cipher.decrypt(body).subarray(AES_BLOCK);
  }

  checksum(usage: number, ...parts: readonly Uint8Array[]): Uint8Array {
    let key = this.#checksums.get(usage);
    if (!key) {
      key = SecretBytes.own(this.#derive(usageConstant(usage, DERIVED.CHECKSUM), this.type.macLength));
      this.#checksums.set(usage, key);
    }
    return this.#mac(key, parts);
  }

  verifyChecksum(usage: number, checksum: Uint8Array, ...parts: readonly Uint8Array[]): boolean {
    return constantTimeEqual(this.checksum(usage, ...parts), checksum);
  }

  /** RFC 8009 5: KDF(key, "prf", input) of the length of the hash. */
  prf(input: Uint8Array): Uint8Array {
    const length = this.#digest === 'sha256' ? 32 : 48;
    return this.value.use(bytes => deriveSha2(this.#digest, bytes, encodeLatin1('prf'), length, input));
  }

  wipe(): void {
    for (const { cipher, integrity } of this.#encryption.values()) {
      cipher.wipe();
      integrity.wipe();
    }
    for (const key of this.#checksums.values()) key.wipe();
    this.#encryption.clear();
    this.#checksums.clear();
    this.value.wipe();
  }

  [Symbol.dispose](): void {
    this.wipe();
  }

  #mac(key: SecretBytes, parts: readonly Uint8Array[]): Uint8Array {
    const hmac = key.use(bytes => createHmac(this.#digest, bytes));
    for (const part of parts) hmac.update(part);
    return new Uint8Array(hmac.digest().subarray(0, this.type.macLength));
  }

  #forEncryption(usage: number): { readonly cipher: AesCts; readonly integrity: SecretBytes } {
    let keys = this.#encryption.get(usage);
    if (!keys) {
      const { keyLength, macLength } = this.type;
      keys = {
        cipher: new AesCts(this.#derive(usageConstant(usage, DERIVED.ENCRYPTION), keyLength)),
        integrity: SecretBytes.own(this.#derive(usageConstant(usage, DERIVED.INTEGRITY), macLength)),
      };
      this.#encryption.set(usage, keys);
    }
    return keys;
  }

  #derive(label: Uint8Array, length: number): Uint8Array {
    return this.value.use(bytes => deriveSha2(this.#digest, bytes, label, length));
  }
}

function withState(ciphertext: Uint8Array, clear: readonly ClearPiece[] | undefined): Uint8Array[] {
  return [INITIAL_STATE, ...withClear(ciphertext, AES_BLOCK, clear)];
}
