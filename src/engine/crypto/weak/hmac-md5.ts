import { md5 } from './md5.js';
import { compressMessage, INITIAL_STATE, loadState, message, state } from './md5-block.js';
import { clear, gather, hashLong, hashTail, putState } from './md5-message.js';
import { nativeMd5, nativeMd5OfParts, putDigest } from './md5-native.js';

const BLOCK = 64;
const DIGEST = 16;

/** Bytes of message from which OpenSSL is faster for the inner hash. */
const NATIVE_FROM = 2048;

/**
 * HMAC-MD5 (RFC 2104) under one key. The key is hashed once, so that a short message costs its own blocks and one more.
 * Call {@link wipe} when the key is done with.
 */
export class HmacMd5 {
  /** The key block of the inner hash: key XOR 0x36. */
  readonly #innerBlock = new Uint8Array(BLOCK);
  /** Chaining values after the key block of the inner and of the outer hash. */
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;
  #wiped = false;

  /** Copies what it needs of `key`, which may have any length (over 64 bytes it is hashed first, RFC 2104 section 2). */
  constructor(key: Uint8Array) {
    const shortKey = key.length > BLOCK ? md5(key) : key;
    this.#innerBlock.set(shortKey);
    xorAll(this.#innerBlock, 0x5c);
    this.#outer = stateAfter(this.#innerBlock);
    xorAll(this.#innerBlock, 0x5c ^ 0x36);
    this.#inner = stateAfter(this.#innerBlock);
    if (shortKey !== key) shortKey.fill(0);
  }

  /** The MAC of `parts` one after another, 16 bytes. */
  mac(...parts: readonly Uint8Array[]): Uint8Array {
    const out = new Uint8Array(DIGEST);
    this.#compute(parts, out, 0);
    return out;
  }

  /** Writes the 16 bytes of {@link mac} to `out` from `at` on, for callers that build a frame in place. `out` may be one of the parts. */
  macInto(out: Uint8Array, at: number, ...parts: readonly Uint8Array[]): void {
    if (!(at >= 0 && at + DIGEST <= out.length)) {
      throw new RangeError(`no room for ${DIGEST} bytes at offset ${at} of ${out.length}`);
    }
    this.#compute(parts, out, at);
  }

  /** Zeroes all that the key was turned into; any MAC after that throws. */
  wipe(): void {
    this.#innerBlock.fill(0);
    this.#inner.fill(0);
    this.#outer.fill(0);
    this.#wiped = true;
  }

  [Symbol.dispose](): void {
    this.wipe();
  }

  #compute(parts: readonly Uint8Array[], out: Uint8Array, at: number): void {
    if (this.#wiped) throw new Error('HmacMd5 was used after it was wiped');
    this.#putInnerDigest(parts);
    loadState(this.#outer);
    hashTail(0, DIGEST, BLOCK);
    putState(out, at);
  }

  /** Leaves H(innerBlock, parts) at the start of the message. The first block stays free for the key, which OpenSSL takes with the rest. */
  #putInnerDigest(parts: readonly Uint8Array[]): void {
    const end = gather(parts, BLOCK);
    if (end < 0 || end >= NATIVE_FROM) {
      const digest = end < 0 ? nativeMd5OfParts([this.#innerBlock, ...parts]) : this.#nativeInnerDigest(end);
      if (digest !== undefined) {
        putDigest(digest, message, 0);
        return;
      }
    }
    loadState(this.#inner);
    if (end < 0) hashLong(parts, BLOCK);
    else hashTail(BLOCK, end, BLOCK);
    putState(message, 0);
  }

  #nativeInnerDigest(end: number): string | undefined {
    message.set(this.#innerBlock);
    const digest = nativeMd5(message.subarray(0, end));
    if (digest !== undefined) clear(end);
    return digest;
  }
}

/** {@link HmacMd5} for a key that is used once. */
export function hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const keyed = new HmacMd5(key);
  try {
    return keyed.mac(...parts);
  } finally {
    keyed.wipe();
  }
}

function xorAll(bytes: Uint8Array, value: number): void {
  for (let i = 0; i < bytes.length; i++) bytes[i]! ^= value;
}

/** The chaining value after one block from the start. */
function stateAfter(block: Uint8Array): Int32Array {
  loadState(INITIAL_STATE);
  message.set(block);
  compressMessage(0, BLOCK);
  clear(BLOCK);
  return Int32Array.of(state[0]!, state[1]!, state[2]!, state[3]!);
}
