import { type Cipher, createCipheriv, createDecipheriv, type Decipher } from 'node:crypto';
import { TruncatedError } from '../../../bytes/errors.js';
import { CryptoUnavailableError } from '../errors.js';

/** Bytes in a DES block, and in a key with its parity bits. */
const BLOCK = 8;

/**
 * The 8-byte DES key of 7 bytes: seven bits to a byte from the left, the lowest bit making the parity odd (FIPS 46-3; the "56 bits" of
 * RFC 2831 section 2.4 and [MS-NLMP] 3.3.1). OpenSSL ignores the parity; other implementations check it.
 */
export function expandDesKey(key: Uint8Array): Uint8Array {
  if (key.length !== BLOCK - 1) throw new RangeError(`a DES key to expand has 7 bytes, not ${key.length}`);
  const expanded = new Uint8Array(BLOCK);
  for (let i = 0; i < BLOCK; i++) {
    const left = (key[i - 1] ?? 0) << (8 - i);
    const right = (key[i] ?? 0) >> i;
    expanded[i] = withOddParity((left | right) & 0xfe);
  }
  return expanded;
}

/** DES in ECB mode on one block of 8 bytes, with an 8-byte key. DESL of [MS-NLMP] 6 is three of these. */
export function desEncryptBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  if (key.length !== BLOCK || block.length !== BLOCK) throw new RangeError('DES takes 8 bytes of key and 8 of data');
  const cipher = create(createCipheriv, 'des-ede3', key, null).setAutoPadding(false);
  const encrypted = plain(cipher.update(block));
  cipher.final();
  return encrypted;
}

/**
 * DES or triple DES in CBC mode without padding, one direction. A message goes on from the last ciphertext block of the one before,
 * as the layers of DIGEST-MD5 do (RFC 2831 section 2.4). Call {@link wipe} when done.
 *
 * All go through `des-ede3-cbc`: with equal keys it is single DES, which OpenSSL 3 offers otherwise only in its legacy provider.
 */
export class DesCbc {
  readonly #cipher: Cipher | Decipher;
  #wiped = false;

  private constructor(cipher: Cipher | Decipher) {
    this.#cipher = cipher.setAutoPadding(false);
  }

  /**
   * @param key 8 bytes (DES), 16 (triple DES with two keys: K1 K2 K1) or 24.
   * @param iv 8 bytes.
   * @throws CryptoUnavailableError where OpenSSL has no triple DES (FIPS mode).
   */
  static encryptor(key: Uint8Array, iv: Uint8Array): DesCbc {
    return new DesCbc(create(createCipheriv, 'des-ede3-cbc', key, checkIv(iv)));
  }

  /** The opposite of {@link encryptor}, with the same parameters. */
  static decryptor(key: Uint8Array, iv: Uint8Array): DesCbc {
    return new DesCbc(create(createDecipheriv, 'des-ede3-cbc', key, checkIv(iv)));
  }

  /** Transforms whole blocks. Any other length throws TruncatedError and leaves the chain as it was. */
  process(blocks: Uint8Array): Uint8Array {
    if (this.#wiped) throw new Error('DesCbc was used after it was wiped');
    if (blocks.length % BLOCK !== 0) throw new TruncatedError(`${blocks.length} bytes are not whole DES blocks`);
    return plain(this.#cipher.update(blocks));
  }

  /** Releases the cipher, and OpenSSL zeroes its key schedule. */
  wipe(): void {
    if (this.#wiped) return;
    this.#wiped = true;
    this.#cipher.final();
  }

  [Symbol.dispose](): void {
    this.wipe();
  }
}

/** Calls one of node:crypto's `create...` functions, whose refusal here can only mean that the algorithm is missing. */
function create<T>(
  start: (algorithm: string, key: Uint8Array, iv: Uint8Array | null) => T,
  algorithm: string,
  key: Uint8Array,
  iv: Uint8Array | null,
): T {
  const triple = tripleKey(key);
  try {
    return start(algorithm, triple, iv);
  } catch (cause) {
    throw new CryptoUnavailableError(algorithm, cause);
  } finally {
    triple.fill(0);
  }
}

function checkIv(iv: Uint8Array): Uint8Array {
  if (iv.length !== BLOCK) throw new RangeError(`a DES initialization vector has 8 bytes, not ${iv.length}`);
  return iv;
}

/** K1 K2 K3 of triple DES: one key three times, two as K1 K2 K1, or all three. */
function tripleKey(key: Uint8Array): Uint8Array {
  const triple = new Uint8Array(3 * BLOCK);
  switch (key.length) {
    case BLOCK:
      triple.set(key);
      triple.set(key, BLOCK);
      triple.set(key, 2 * BLOCK);
      return triple;
    case 2 * BLOCK:
      triple.set(key);
      triple.set(key.subarray(0, BLOCK), 2 * BLOCK);
      return triple;
    case 3 * BLOCK:
      triple.set(key);
      return triple;
    default:
      throw new RangeError(`a DES key has 8, 16 or 24 bytes, not ${key.length}`);
  }
}

function withOddParity(byte: number): number {
  let ones = byte ^ (byte >> 4);
  ones ^= ones >> 2;
  ones ^= ones >> 1;
  return byte | (~ones & 1);
}

function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
