import { type Cipher, createCipheriv, createDecipheriv, type Decipher } from 'node:crypto';

export const AES_BLOCK = 16;

const ZERO_IV = new Uint8Array(AES_BLOCK);

/**
 * AES in CBC mode with ciphertext stealing and an initial vector of zeros (RFC 3962 5): the last two blocks are swapped always, and the
 * ciphertext is as long as the text.
 *
 * One cipher object of OpenSSL serves many messages, as making one costs more than a short message: it goes on with the last
 * ciphertext block as its vector, which is taken out again by XOR.
 */
export class AesCts {
  readonly #key: Uint8Array;
  readonly #algorithm: string;
  #cipher: Cipher | undefined;
  #decipher: Decipher | undefined;
  /** The vectors that the two stand at. */
  readonly #cipherAt = new Uint8Array(AES_BLOCK);
  readonly #decipherAt = new Uint8Array(AES_BLOCK);

  /** Takes the key over. */
  constructor(key: Uint8Array) {
    this.#key = key;
    this.#algorithm = `aes-${key.length * 8}-cbc`;
  }

  /**
   * Writes the ciphertext of the first `length` bytes of `padded` to `out`. `padded` ends at the next whole block, with zeros, and is
   * overwritten.
   */
  encrypt(padded: Uint8Array, length: number, out: Uint8Array): void {
    this.#cipher ??= createCipheriv(this.#algorithm, this.#key, ZERO_IV).setAutoPadding(false);
    xorBlock(padded, this.#cipherAt);
    const blocks = this.#cipher.update(padded);
    const lastAt = padded.length - AES_BLOCK;
    const last = blocks.subarray(lastAt);
    this.#cipherAt.set(last);
    if (lastAt === 0) {
      out.set(blocks);
      return;
    }
    const stolenAt = lastAt - AES_BLOCK;
    out.set(blocks.subarray(0, stolenAt));
    out.set(last, stolenAt);
    out.set(blocks.subarray(stolenAt, stolenAt + length - lastAt), lastAt);
  }

  /** The text, in bytes of its own. `ciphertext` is one block at least. */
  decrypt(ciphertext: Uint8Array): Uint8Array {
    this.#decipher ??= createDecipheriv(this.#algorithm, this.#key, ZERO_IV).setAutoPadding(false);
    const { length } = ciphertext;
    if (length === AES_BLOCK) return this.#cbc(this.#decipher, Uint8Array.from(ciphertext));
    const lastAt = Math.ceil(length / AES_BLOCK) * AES_BLOCK - AES_BLOCK;
    const stolenAt = lastAt - AES_BLOCK;
    const blocks = new Uint8Array(lastAt + AES_BLOCK);
    blocks.set(ciphertext.subarray(0, stolenAt));
    const last = ciphertext.subarray(stolenAt, lastAt);
    if (length - lastAt < AES_BLOCK) {
      // The stolen part of the block before the last is what the padding of zeros leaves in the decrypted last block.
      blocks.set(this.#cbc(this.#decipher, Uint8Array.from(last)), stolenAt);
    }
    blocks.set(ciphertext.subarray(lastAt), stolenAt);
    blocks.set(last, lastAt);
    return this.#cbc(this.#decipher, blocks).subarray(0, length);
  }

  wipe(): void {
    this.#key.fill(0);
    this.#cipher = undefined;
    this.#decipher = undefined;
    this.#cipherAt.fill(0);
    this.#decipherAt.fill(0);
  }

  /** Plain CBC with a vector of zeros. */
  #cbc(decipher: Decipher, blocks: Uint8Array): Uint8Array {
    const text = decipher.update(blocks);
    xorBlock(text, this.#decipherAt);
    this.#decipherAt.set(blocks.subarray(blocks.length - AES_BLOCK));
    return new Uint8Array(text.buffer, text.byteOffset, text.length);
  }
}

function xorBlock(bytes: Uint8Array, block: Uint8Array): void {
  for (let i = 0; i < AES_BLOCK; i++) bytes[i]! ^= block[i]!;
}
