import { type Cipher, createCipheriv, createDecipheriv, type Decipher } from 'node:crypto';
import { Scratch } from '../scratch.js';

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
   * The ciphertext of the first `length` bytes of `padded`, in bytes of its own, of which the first `length` count. `padded` ends with the
   * block that it ends in, filled up with zeros; it is overwritten.
   */
  encrypt(padded: Uint8Array, length: number): Uint8Array {
    this.#cipher ??= createCipheriv(this.#algorithm, this.#key, ZERO_IV).setAutoPadding(false);
    xorBlock(padded, this.#cipherAt);
    const blocks = this.#cipher.update(padded);
    const lastAt = blocks.length - AES_BLOCK;
    for (let i = 0; i < AES_BLOCK; i++) this.#cipherAt[i] = blocks[lastAt + i]!;
    swapLastBlocks(blocks, length);
    return blocks;
  }

  /** The text, in bytes of its own. `ciphertext` is one block at least. */
  decrypt(ciphertext: Uint8Array): Uint8Array {
    this.#decipher ??= createDecipheriv(this.#algorithm, this.#key, ZERO_IV).setAutoPadding(false);
    const { length } = ciphertext;
    const blocks = scratch.take(Math.ceil(length / AES_BLOCK) * AES_BLOCK);
    blocks.set(ciphertext);
    if (length < blocks.length) {
      // The stolen part of the block before the last is what the padding of zeros leaves in the decrypted last block.
      const lastAt = blocks.length - AES_BLOCK;
      const tail = this.#cbc(this.#decipher, blocks.slice(lastAt - AES_BLOCK, lastAt));
      for (let i = length; i < blocks.length; i++) blocks[i] = tail[i - lastAt]!;
    }
    swapLastBlocks(blocks, length);
    const text = this.#cbc(this.#decipher, blocks);
    return length === text.length ? text : text.subarray(0, length);
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
    const { buffer, byteOffset, length } = decipher.update(blocks);
    const text = new Uint8Array(buffer, byteOffset, length);
    xorBlock(text, this.#decipherAt);
    const lastAt = length - AES_BLOCK;
    for (let i = 0; i < AES_BLOCK; i++) this.#decipherAt[i] = blocks[lastAt + i]!;
    return text;
  }
}

function xorBlock(bytes: Uint8Array, block: Uint8Array): void {
  for (let i = 0; i < AES_BLOCK; i++) bytes[i]! ^= block[i]!;
}

/** The last two blocks of a text of `length` bytes. */
function swapLastBlocks(blocks: Uint8Array, length: number): void {
  const end = Math.ceil(length / AES_BLOCK) * AES_BLOCK;
  if (end === AES_BLOCK) return;
  for (let i = end - AES_BLOCK; i < end; i++) {
    const byte = blocks[i]!;
    blocks[i] = blocks[i - AES_BLOCK]!;
    blocks[i - AES_BLOCK] = byte;
  }
}

const scratch = new Scratch();
