import { createHmac } from 'node:crypto';
import { compress, INITIAL_STATE, state, words } from './sha1-block.js';

const BLOCK = 64;

/** Bytes of message from which OpenSSL is faster. */
const NATIVE_FROM = 512;

/** HMAC-SHA1 (RFC 2104) under one key of at most 64 bytes, cut to 12 bytes as RFC 3962 6 has it. */
export class HmacSha1 {
  readonly #key: Uint8Array;
  /** Chaining values after the key block of the inner and of the outer hash. */
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;

  /** Copies the key. */
  constructor(key: Uint8Array) {
    this.#key = Uint8Array.from(key);
    this.#inner = stateAfter(key, 0x36);
    this.#outer = stateAfter(key, 0x5c);
  }

  mac96(parts: readonly Uint8Array[]): Uint8Array {
    let length = 0;
    for (const part of parts) length += part.length;
    return length < NATIVE_FROM ? this.#short(parts, length) : this.#native(parts);
  }

  wipe(): void {
    this.#key.fill(0);
    this.#inner.fill(0);
    this.#outer.fill(0);
  }

  #short(parts: readonly Uint8Array[], length: number): Uint8Array {
    state.set(this.#inner);
    hashTail(parts, length);
    for (let i = 0; i < 5; i++) words[i] = state[i]!;
    words[5] = 0x8000_0000 | 0;
    words.fill(0, 6, 15);
    words[15] = (BLOCK + 20) * 8;
    state.set(this.#outer);
    compress();
    const mac = new Uint8Array(12);
    for (let i = 0; i < 12; i++) mac[i] = state[i >> 2]! >>> (24 - 8 * (i & 3));
    words.fill(0, 0, 16);
    return mac;
  }

  #native(parts: readonly Uint8Array[]): Uint8Array {
    const hmac = createHmac('sha1', this.#key);
    for (const part of parts) hmac.update(part);
    return new Uint8Array(hmac.digest().subarray(0, 12));
  }
}

/** Hashes the parts onto the state, which stands behind one block already, and ends the hash. */
function hashTail(parts: readonly Uint8Array[], length: number): void {
  let fill = 0;
  let word = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) {
      word = (word << 8) | part[i]!;
      if ((++fill & 3) !== 0) continue;
      words[(fill >> 2) - 1] = word;
      if (fill === BLOCK) {
        compress();
        fill = 0;
      }
    }
  }
  const bytes = fill & 3;
  const last = fill >> 2;
  words[last] = ((word << 8) | 0x80) << (8 * (3 - bytes));
  if (last > 13) {
    words.fill(0, last + 1, 16);
    compress();
    words.fill(0, 0, 15);
  } else {
    words.fill(0, last + 1, 15);
  }
  words[15] = (BLOCK + length) * 8;
  compress();
}

function stateAfter(key: Uint8Array, pad: number): Int32Array {
  for (let i = 0; i < 16; i++) {
    let word = 0;
    for (let j = 0; j < 4; j++) word = (word << 8) | ((key[4 * i + j] ?? 0) ^ pad);
    words[i] = word;
  }
  state.set(INITIAL_STATE);
  compress();
  words.fill(0);
  return Int32Array.from(state);
}
