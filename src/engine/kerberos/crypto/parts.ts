import type { ClearPiece, EncryptedApart } from './encryption-type.js';
import { Scratch } from './scratch.js';

const scratch = new Scratch();

/** `confounder | plaintext`, and zeros behind it. Good until the next call; the caller zeroes it. */
export interface JoinedPlaintext {
  readonly joined: Uint8Array;
  /** Bytes of confounder and plaintext. */
  readonly length: number;
}

/** @param roundTo what zeros fill it up to a multiple of. */
export function joinPlaintext(
  confounder: Uint8Array,
  plaintext: Uint8Array | readonly Uint8Array[],
  roundTo: number,
): JoinedPlaintext {
  const parts = plaintext instanceof Uint8Array ? [plaintext] : plaintext;
  let length = confounder.length;
  for (const part of parts) length += part.length;
  const joined = scratch.take(Math.ceil(length / roundTo) * roundTo);
  let at = 0;
  for (; at < confounder.length; at++) joined[at] = confounder[at]!;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  while (at < joined.length) joined[at++] = 0;
  return { joined, length };
}

/** `body | MAC`. */
export function joinEncrypted({ body, length, mac }: EncryptedApart): Uint8Array {
  const encrypted = uninitialized(length + mac.length);
  encrypted.set(body.length === length ? body : body.subarray(0, length));
  encrypted.set(mac, length);
  return encrypted;
}

/** Bytes that are written in full before anybody sees them: short ones from Node's pool, which is much cheaper. */
export function uninitialized(length: number): Uint8Array {
  const { buffer, byteOffset } = Buffer.allocUnsafe(length);
  return new Uint8Array(buffer, byteOffset, length);
}

/** `body` with the clear pieces in their places. `head` bytes of it stand before the text that the places count from. */
export function withClear(body: Uint8Array, head: number, clear: readonly ClearPiece[] | undefined): Uint8Array[] {
  if (!clear?.length) return [body];
  const parts: Uint8Array[] = [];
  let done = 0;
  for (const { at, bytes } of clear) {
    parts.push(body.subarray(done, head + at), bytes);
    done = head + at;
  }
  parts.push(body.subarray(done));
  return parts;
}
