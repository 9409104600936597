import type { ClearPiece } from './encryption-type.js';
import { Scratch } from './scratch.js';

const scratch = new Scratch();

/** `confounder | plaintext`, up to the next multiple of `roundTo` with zeros. Good until the next call; the caller zeroes it. */
export function joinPlaintext(
  confounder: Uint8Array,
  plaintext: Uint8Array | readonly Uint8Array[],
  roundTo: number,
): { readonly joined: Uint8Array; readonly length: number } {
  const parts = plaintext instanceof Uint8Array ? [plaintext] : plaintext;
  let length = confounder.length;
  for (const part of parts) length += part.length;
  const joined = scratch.take(Math.ceil(length / roundTo) * roundTo);
  joined.set(confounder);
  let at = confounder.length;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  for (; at < joined.length; at++) joined[at] = 0;
  return { joined, length };
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
