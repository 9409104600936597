/**
 * MD4 (RFC 1320) of `parts` one after another: 16 bytes. Written for passwords, not for bulk. OpenSSL 3 has it only in its legacy
 * provider, which Node does not load.
 */
export function md4(...parts: readonly Uint8Array[]): Uint8Array {
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
  // Arrays of up to 64 bytes live in the JavaScript heap, where making one is cheap.
  const words = new Int32Array(16);
  let length = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) {
      words[(length >> 2) & 15]! |= part[i]! << (8 * (length & 3));
      if (++length % 64 === 0) compress(state, words);
    }
  }
  finish(state, words, length);
  const digest = new Uint8Array(16);
  for (let i = 0; i < 16; i++) digest[i] = state[i >> 2]! >>> (8 * (i & 3));
  return digest;
}

/** Sections 3.1 and 3.2: a one bit, zeros, and the length in bits as 64 bits, least significant byte first. */
function finish(state: Int32Array, words: Int32Array, length: number): void {
  words[(length >> 2) & 15]! |= 0x80 << (8 * (length & 3));
  if (length % 64 >= 56) compress(state, words);
  words[14] = length << 3;
  words[15] = length / 0x2000_0000;
  compress(state, words);
}

/** Section 3.4, one block, which is zeroed after use. Each turn of a loop takes the four steps that bring A, B, C and D back to their places. */
function compress(state: Int32Array, words: Int32Array): void {
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  for (let i = 0; i < 16; i += 4) {
    a = rotate(a + ((b & c) | (~b & d)) + words[i]!, 3);
    d = rotate(d + ((a & b) | (~a & c)) + words[i + 1]!, 7);
    c = rotate(c + ((d & a) | (~d & b)) + words[i + 2]!, 11);
    b = rotate(b + ((c & d) | (~c & a)) + words[i + 3]!, 19);
  }
  for (let i = 0; i < 4; i++) {
    a = rotate(a + ((b & c) | (b & d) | (c & d)) + words[i]! + 0x5a827999, 3);
    d = rotate(d + ((a & b) | (a & c) | (b & c)) + words[i + 4]! + 0x5a827999, 5);
    c = rotate(c + ((d & a) | (d & b) | (a & b)) + words[i + 8]! + 0x5a827999, 9);
    b = rotate(b + ((c & d) | (c & a) | (d & a)) + words[i + 12]! + 0x5a827999, 13);
  }
  for (let n = 0; n < 4; n++) {
    const i = ROUND_3_ORDER[n]!;
    a = rotate(a + (b ^ c ^ d) + words[i]! + 0x6ed9eba1, 3);
    d = rotate(d + (a ^ b ^ c) + words[i + 8]! + 0x6ed9eba1, 9);
    c = rotate(c + (d ^ a ^ b) + words[i + 4]! + 0x6ed9eba1, 11);
    b = rotate(b + (c ^ d ^ a) + words[i + 12]! + 0x6ed9eba1, 15);
  }
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
  words.fill(0);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

const ROUND_3_ORDER: readonly number[] = [0, 2, 1, 3];
