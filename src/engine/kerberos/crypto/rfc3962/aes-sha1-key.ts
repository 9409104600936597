import { hash } from 'node:crypto';
import { constantTimeEqual } from '../../../../bytes/equal.js';
import { encodeLatin1 } from '../../../../bytes/text.js';
import { KEY_USAGE } from '../../constants/key-usage.js';
import { AesKey } from '../aes-key.js';
import type { ClearPiece, EncryptedApart } from '../encryption-type.js';
import { DecryptionError } from '../errors.js';
import { joinPlaintext, withClear } from '../parts.js';
import { nFold } from '../rfc3961/n-fold.js';
import { DERIVED } from '../rfc3961/usage-constant.js';
import { AES_BLOCK, AesCts } from './aes-cts.js';
import { deriveKeys, foldedUsage } from './derive-key.js';
import { HmacSha1 } from './hmac-sha1.js';

const MAC_LENGTH = 12;

/** A question and its answer, messages one way and the other: who needs the one key soon needs the other, and both cost little more than one. */
const OTHER_DIRECTION: Readonly<Record<number, number>> = {
  [KEY_USAGE.AP_REQ_AUTHENTICATOR]: KEY_USAGE.AP_REP,
  [KEY_USAGE.AP_REP]: KEY_USAGE.AP_REQ_AUTHENTICATOR,
  [KEY_USAGE.ACCEPTOR_SEAL]: KEY_USAGE.INITIATOR_SEAL,
  [KEY_USAGE.INITIATOR_SEAL]: KEY_USAGE.ACCEPTOR_SEAL,
};

/** A key of aes128- or aes256-cts-hmac-sha1-96: the simplified profile (RFC 3961 5.3) with AES (RFC 3962 6). */
export class AesSha1Key extends AesKey<HmacSha1> {
  override encryptApart(
    usage: number,
    confounder: Uint8Array,
    plaintext: Uint8Array | readonly Uint8Array[],
    clear?: readonly ClearPiece[],
  ): EncryptedApart {
    const { cipher, hmac } = this.forEncryption(usage);
    const { joined, length } = joinPlaintext(confounder, plaintext, AES_BLOCK);
    const mac = clear?.length
      ? hmac.mac(withClear(joined.subarray(0, length), AES_BLOCK, clear))
      : hmac.macOf(joined, length);
    const body = cipher.encrypt(joined, length);
    joined.fill(0);
    return { body, length, mac };
  }

  override decrypt(usage: number, ciphertext: Uint8Array, clear?: readonly ClearPiece[]): Uint8Array {
    const length = ciphertext.length - MAC_LENGTH;
    if (length < AES_BLOCK) throw new DecryptionError();
    const { cipher, hmac } = this.forEncryption(usage);
    const text = cipher.decrypt(ciphertext.subarray(0, length));
    const mac = hmac.mac(withClear(text, AES_BLOCK, clear));
    if (!constantTimeEqual(mac, ciphertext.subarray(length))) throw new DecryptionError();
    return text.subarray(AES_BLOCK);
  }

  /** RFC 3962 6: SHA-1 cut to one block, encrypted under DK(key, "prf"). */
  override prf(input: Uint8Array): Uint8Array {
    const [key] = this.#derive(nFold(encodeLatin1('prf'), AES_BLOCK));
    const cipher = new AesCts(key!);
    const text = new Uint8Array(hash('sha1', input, 'buffer').subarray(0, AES_BLOCK));
    const output = Uint8Array.from(cipher.encrypt(text, AES_BLOCK));
    cipher.wipe();
    return output;
  }

  protected override checksumHash(usage: number): HmacSha1 {
    const [key] = this.#derive(foldedUsage(usage, DERIVED.CHECKSUM));
    const hmac = new HmacSha1(key!);
    key!.fill(0);
    return hmac;
  }

  protected override deriveEncryption(usage: number): void {
    const wanted = [usage, OTHER_DIRECTION[usage]].filter(one => one !== undefined);
    const derived = this.#derive(
      ...wanted.map(usage => foldedUsage(usage, DERIVED.ENCRYPTION)),
      ...wanted.map(usage => foldedUsage(usage, DERIVED.INTEGRITY)),
    );
    wanted.forEach((usage, index) => {
      const integrity = derived[wanted.length + index]!;
      this.encryption.set(usage, { cipher: new AesCts(derived[index]!), hmac: new HmacSha1(integrity) });
      integrity.fill(0);
    });
  }

  #derive(...constants: readonly Uint8Array[]): Uint8Array[] {
    return this.value.use(bytes => deriveKeys(bytes, constants));
  }
}
