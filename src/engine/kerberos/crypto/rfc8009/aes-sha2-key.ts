import { constantTimeEqual } from '../../../../bytes/equal.js';
import { encodeLatin1 } from '../../../../bytes/text.js';
import { AesKey } from '../aes-key.js';
import type { ClearPiece, EncryptedApart, EncryptionType } from '../encryption-type.js';
import { DecryptionError } from '../errors.js';
import { Hmac } from '../hmac.js';
import { joinPlaintext, withClear } from '../parts.js';
import { DERIVED, usageConstant } from '../rfc3961/usage-constant.js';
import { AES_BLOCK, AesCts } from '../rfc3962/aes-cts.js';
import { deriveSha2, type Sha2 } from './kdf.js';

/** The cipher state that the integrity check begins with (RFC 8009 5). */
const INITIAL_STATE = new Uint8Array(AES_BLOCK);

/** A key of aes128-cts-hmac-sha256-128 or aes256-cts-hmac-sha384-192 (RFC 8009 5 and 6): the ciphertext is what the MAC is of. */
export class AesSha2Key extends AesKey<Hmac> {
  readonly #digest: Sha2;

  constructor(type: EncryptionType, digest: Sha2, bytes: Uint8Array) {
    super(type, bytes);
    this.#digest = digest;
  }

  override encryptApart(
    usage: number,
    confounder: Uint8Array,
    plaintext: Uint8Array | readonly Uint8Array[],
    clear?: readonly ClearPiece[],
  ): EncryptedApart {
    const { cipher, hmac } = this.forEncryption(usage);
    const { joined, length } = joinPlaintext(confounder, plaintext, AES_BLOCK);
    const body = cipher.encrypt(joined, length);
    joined.fill(0);
    return { body, length, mac: hmac.mac(withState(body.subarray(0, length), clear)) };
  }

  override decrypt(usage: number, ciphertext: Uint8Array, clear?: readonly ClearPiece[]): Uint8Array {
    const length = ciphertext.length - this.type.macLength;
    if (length < AES_BLOCK) throw new DecryptionError();
    const { cipher, hmac } = this.forEncryption(usage);
    const body = ciphertext.subarray(0, length);
    const mac = hmac.mac(withState(body, clear));
    if (!constantTimeEqual(mac, ciphertext.subarray(length))) throw new DecryptionError();
    return cipher.decrypt(body).subarray(AES_BLOCK);
  }

  /** RFC 8009 5: KDF(key, "prf", input) of the length of the hash. */
  override prf(input: Uint8Array): Uint8Array {
    const length = this.#digest === 'sha256' ? 32 : 48;
    return this.value.use(bytes => deriveSha2(this.#digest, bytes, encodeLatin1('prf'), length, input));
  }

  protected override checksumHash(usage: number): Hmac {
    return this.#hmac(usage, DERIVED.CHECKSUM);
  }

  protected override deriveEncryption(usage: number): void {
    const encryption = this.#derive(usageConstant(usage, DERIVED.ENCRYPTION), this.type.keyLength);
    this.encryption.set(usage, { cipher: new AesCts(encryption), hmac: this.#hmac(usage, DERIVED.INTEGRITY) });
  }

  #hmac(usage: number, purpose: number): Hmac {
    const { macLength } = this.type;
    const key = this.#derive(usageConstant(usage, purpose), macLength);
    const hmac = new Hmac(this.#digest, key, macLength);
    key.fill(0);
    return hmac;
  }

  #derive(label: Uint8Array, length: number): Uint8Array {
    return this.value.use(bytes => deriveSha2(this.#digest, bytes, label, length));
  }
}

function withState(ciphertext: Uint8Array, clear: readonly ClearPiece[] | undefined): Uint8Array[] {
  return [INITIAL_STATE, ...withClear(ciphertext, AES_BLOCK, clear)];
}
