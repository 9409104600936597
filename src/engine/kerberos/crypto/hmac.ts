import { createHmac, hash } from 'node:crypto';
import { uninitialized } from './parts.js';
import { Scratch } from './scratch.js';

export type HmacDigest = 'sha1' | 'sha256' | 'sha384';

/** Bytes of text from which one copy more costs more than the objects of createHmac. */
const STREAM_FROM = 0x1_0000;

/**
 * HMAC (RFC 2104) under one key that is no longer than a block of the hash. Two calls of `hash` take a third of the time of one createHmac;
 * of all forms that `hash` returns a digest in, text of one character per byte is the cheapest.
 */
export class Hmac {
  readonly #digest: HmacDigest;
  readonly #macLength: number;
  /** The key blocks of the inner and of the outer hash. */
  readonly #inner: Uint8Array;
  readonly #outer: Uint8Array;

  /**
   * Copies the key.
   *
   * @param macLength bytes that MACs are cut to.
   */
  constructor(digest: HmacDigest, key: Uint8Array, macLength: number) {
    this.#digest = digest;
    this.#macLength = macLength;
    this.#inner = keyBlock(key, digest, 0x36);
    this.#outer = keyBlock(key, digest, 0x5c);
  }

  /** The MAC of the parts one after another. */
  mac(parts: readonly Uint8Array[]): Uint8Array {
    let length = this.#inner.length;
    for (const part of parts) length += part.length;
    return length < STREAM_FROM ? this.#short(parts, length) : this.#long(parts);
  }

  wipe(): void {
    this.#inner.fill(0);
    this.#outer.fill(0);
  }

  #short(parts: readonly Uint8Array[], length: number): Uint8Array {
    const text = innerText.take(length);
    text.set(this.#inner);
    let at = this.#inner.length;
    for (const part of parts) {
      text.set(part, at);
      at += part.length;
    }
    const inner = hash(this.#digest, text, 'binary');
    text.fill(0);
    const outerText = OUTER_TEXTS[this.#digest];
    outerText.set(this.#outer);
    putBinary(inner, outerText, this.#outer.length, inner.length);
    const mac = new Uint8Array(this.#macLength);
    putBinary(hash(this.#digest, outerText, 'binary'), mac, 0, mac.length);
    outerText.fill(0);
    return mac;
  }

  #long(parts: readonly Uint8Array[]): Uint8Array {
    const { length } = this.#inner;
    const key = uninitialized(length);
    for (let i = 0; i < length; i++) key[i] = this.#inner[i]! ^ 0x36;
    // The zeros that fill the key up to a block are part of no key, and change none.
    const hmac = createHmac(this.#digest, key);
    key.fill(0);
    for (const part of parts) hmac.update(part);
    return new Uint8Array(hmac.digest().subarray(0, this.#macLength));
  }
}

function keyBlock(key: Uint8Array, digest: HmacDigest, pad: number): Uint8Array {
  const block = uninitialized(BLOCK_LENGTHS[digest]);
  block.fill(pad);
  for (let i = 0; i < key.length; i++) block[i]! ^= key[i]!;
  return block;
}

function putBinary(text: string, out: Uint8Array, at: number, length: number): void {
  for (let i = 0; i < length; i++) out[at + i] = text.charCodeAt(i);
}

const innerText = new Scratch();
const BLOCK_LENGTHS = { sha1: 64, sha256: 64, sha384: 128 } as const;
/** A key block and the digest behind it. */
const OUTER_TEXTS = { sha1: new Uint8Array(84), sha256: new Uint8Array(96), sha384: new Uint8Array(176) } as const;
