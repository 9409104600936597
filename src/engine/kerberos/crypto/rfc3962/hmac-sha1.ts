import { Hmac } from '../hmac.js';
import { compress, INITIAL_STATE, message, state } from './sha1-block.js';

const BLOCK = 64;
const DIGEST = 20;
const MAC_LENGTH = 12;

/** Bytes of message from which OpenSSL is faster; they and the padding fit in the memory of the hash. */
const NATIVE_FROM = 1024;

/** HMAC-SHA1 (RFC 2104) under one key of at most 64 bytes, cut to 12 bytes as RFC 3962 6 has it. */
export class HmacSha1 {
  readonly #key: Uint8Array;
  /** Chaining values after the key block of the inner and of the outer hash. */
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;
  #native: Hmac | undefined;

  /** Copies the key. */
  constructor(key: Uint8Array) {
    this.#key = Uint8Array.from(key);
    this.#inner = stateAfter(key, 0x36);
    this.#outer = stateAfter(key, 0x5c);
  }

  /** The MAC of the parts one after another. */
  mac(parts: readonly Uint8Array[]): Uint8Array {
    let length = 0;
    for (const part of parts) length += part.length;
    if (length >= NATIVE_FROM) return this.#long(parts);
    let at = 0;
    for (const part of parts) {
      message.set(part, at);
      at += part.length;
    }
    return this.#short(length);
  }

  /** The MAC of the first `length` bytes of `padded`, which ends with zeros behind them. */
  macOf(padded: Uint8Array, length: number): Uint8Array {
    if (padded.length >= NATIVE_FROM) return this.#long([padded.subarray(0, length)]);
    message.set(padded);
    return this.#short(length);
  }

  wipe(): void {
    this.#key.fill(0);
    this.#inner.fill(0);
    this.#outer.fill(0);
    this.#native?.wipe();
  }

  #long(parts: readonly Uint8Array[]): Uint8Array {
    this.#native ??= new Hmac('sha1', this.#key, MAC_LENGTH);
    return this.#native.mac(parts);
  }

  /** The MAC of what stands in the memory of the hash, with zeros behind it. */
  #short(length: number): Uint8Array {
    hashFrom(this.#inner, length);
    message.fill(0, 0, length);
    putState(message, DIGEST);
    hashFrom(this.#outer, DIGEST);
    message.fill(0, 0, DIGEST);
    const mac = new Uint8Array(MAC_LENGTH);
    putState(mac, MAC_LENGTH);
    return mac;
  }
}

/** Ends a hash that stands behind one block with the first `length` bytes of the message; what is behind them is zero, and is so after it. */
function hashFrom(chainingValue: Int32Array, length: number): void {
  const end = length + 8 - ((length + 8) % BLOCK) + BLOCK;
  const bits = (BLOCK + length) * 8;
  for (let i = 0; i < 5; i++) state[i] = chainingValue[i]!;
  message[length] = 0x80;
  message[end - 2] = bits >>> 8;
  message[end - 1] = bits;
  for (let at = 0; at < end; at += BLOCK) compress(at);
  message[length] = 0;
  message[end - 2] = 0;
  message[end - 1] = 0;
}

function putState(out: Uint8Array, length: number): void {
  for (let at = 0, i = 0; at < length; at += 4, i++) {
    const word = state[i]!;
    out[at] = word >>> 24;
    out[at + 1] = word >>> 16;
    out[at + 2] = word >>> 8;
    out[at + 3] = word;
  }
}

function stateAfter(key: Uint8Array, pad: number): Int32Array {
  for (let i = 0; i < BLOCK; i++) message[i] = (key[i] ?? 0) ^ pad;
  state.set(INITIAL_STATE);
  compress(0);
  message.fill(0, 0, BLOCK);
  return Int32Array.from(state);
}
