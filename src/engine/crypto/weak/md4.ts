/**
 * MD4 (RFC 1320) of `parts` one after another: 16 bytes. Written for passwords, not for bulk. OpenSSL 3 has it only in its legacy
 * provider, which Node does not load.
 */
export function md4(...parts: readonly Uint8Array[]): Uint8Array {
  const words = padToWords(parts);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  for (let at = 0; at < words.length; at += 16) compress(state, words, at);
  words.fill(0);
  const digest = new Uint8Array(16);
  const view = new DataView(digest.buffer);
  for (let i = 0; i < 4; i++) view.setInt32(4 * i, state[i]!, true);
  return digest;
}

/** Sections 3.1 and 3.2: a one bit, zeros, and the length in bits as 64 bits, least significant byte first. */
function padToWords(parts: readonly Uint8Array[]): Int32Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const padded = new Uint8Array(((length + 8 + 64) >>> 6) << 6);
  let at = 0;
  for (const part of parts) {
    padded.set(part, at);
    at += part.length;
  }
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(length) * 8n, true);
  const words = new Int32Array(padded.length / 4);
  for (let i = 0; i < words.length; i++) words[i] = view.getInt32(4 * i, true);
  padded.fill(0);
  return words;
}

/** Section 3.4, one block; every turn of a loop takes the four steps that bring A, B, C and D back to their places. */
function compress(state: Int32Array, words: Int32Array, at: number): void {
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  for (let i = 0; i < 16; i += 4) {
    a = rotate(a + ((b & c) | (~b & d)) + words[at + i]!, 3);
    d = rotate(d + ((a & b) | (~a & c)) + words[at + i + 1]!, 7);
    c = rotate(c + ((d & a) | (~d & b)) + words[at + i + 2]!, 11);
    b = rotate(b + ((c & d) | (~c & a)) + words[at + i + 3]!, 19);
  }
  for (let i = 0; i < 4; i++) {
    a = rotate(a + ((b & c) | (b & d) | (c & d)) + words[at + i]! + 0x5a827999, 3);
    d = rotate(d + ((a & b) | (a & c) | (b & c)) + words[at + i + 4]! + 0x5a827999, 5);
    c = rotate(c + ((d & a) | (d & b) | (a & b)) + words[at + i + 8]! + 0x5a827999, 9);
    b = rotate(b + ((c & d) | (c & a) | (d & a)) + words[at + i + 12]! + 0x5a827999, 13);
  }
  for (const i of ROUND_3_ORDER) {
    a = rotate(a + (b ^ c ^ d) + words[at + i]! + 0x6ed9eba1, 3);
    d = rotate(d + (a ^ b ^ c) + words[at + i + 8]! + 0x6ed9eba1, 9);
    c = rotate(c + (d ^ a ^ b) + words[at + i + 4]! + 0x6ed9eba1, 11);
    b = rotate(b + (c ^ d ^ a) + words[at + i + 12]! + 0x6ed9eba1, 15);
  }
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

const ROUND_3_ORDER: readonly number[] = [0, 2, 1, 3];
