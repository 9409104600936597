/**
 * The MD5 compression function (RFC 1321 section 3.4) over scratch memory of this module. JavaScript runs one call at a time and
 * nothing here calls back, so one scratch serves all. Arrays of more than 64 bytes that are never replaced become fixed addresses in
 * V8's compiled code, without bounds checks.
 */

/** Bytes of input that {@link message} takes: a protected message of 16 KiB whole, with room to spare. A multiple of 64. */
export const MESSAGE_CAPACITY: number = 32 * 1024;

/** Where callers put the blocks to be hashed; behind the capacity there is room for padding. Zero when nobody is using it. */
export const message: Uint8Array = new Uint8Array(MESSAGE_CAPACITY + 128);

/** The chaining value A, B, C, D in the first four elements. */
export const state: Int32Array = new Int32Array(64);

/** A, B, C, D before the first block (RFC 1321 section 3.3). */
export const INITIAL_STATE: Int32Array = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);

const words = new Int32Array(message.buffer);
const bigEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

export function loadState(from: Int32Array): void {
  state[0] = from[0]!;
  state[1] = from[1]!;
  state[2] = from[2]!;
  state[3] = from[3]!;
}

/** Hashes the bytes `from` to `to` of {@link message}, whole blocks of 64, into {@link state}. The bytes are used up. */
export function compressMessage(from: number, to: number): void {
  if (bigEndian) Buffer.from(message.buffer, from, to - from).swap32();
  for (let at = from >> 2; at < to >> 2; at += 16) compress(at);
}

/**
 * One block, at word `at` of the message. Written out, with the constants T of the RFC as signed numbers so that sums stay in 32 bits;
 * `a + x + t` stands apart from the round function, because only that has to wait for the step before.
 */
function compress(at: number): void {
  const x0 = words[at]!;
  const x1 = words[at + 1]!;
  const x2 = words[at + 2]!;
  const x3 = words[at + 3]!;
  const x4 = words[at + 4]!;
  const x5 = words[at + 5]!;
  const x6 = words[at + 6]!;
  const x7 = words[at + 7]!;
  const x8 = words[at + 8]!;
  const x9 = words[at + 9]!;
  const x10 = words[at + 10]!;
  const x11 = words[at + 11]!;
  const x12 = words[at + 12]!;
  const x13 = words[at + 13]!;
  const x14 = words[at + 14]!;
  const x15 = words[at + 15]!;
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  // Round 1: F(x, y, z) = (x & y) | (~x & z).
  a = (((a + x0 - 0x28955b88) | 0) + (d ^ (b & (c ^ d)))) | 0;
  a = (((a << 7) | (a >>> 25)) + b) | 0;
  d = (((d + x1 - 0x173848aa) | 0) + (c ^ (a & (b ^ c)))) | 0;
  d = (((d << 12) | (d >>> 20)) + a) | 0;
  c = (((c + x2 + 0x242070db) | 0) + (b ^ (d & (a ^ b)))) | 0;
  c = (((c << 17) | (c >>> 15)) + d) | 0;
  b = (((b + x3 - 0x3e423112) | 0) + (a ^ (c & (d ^ a)))) | 0;
  b = (((b << 22) | (b >>> 10)) + c) | 0;
  a = (((a + x4 - 0x0a83f051) | 0) + (d ^ (b & (c ^ d)))) | 0;
  a = (((a << 7) | (a >>> 25)) + b) | 0;
  d = (((d + x5 + 0x4787c62a) | 0) + (c ^ (a & (b ^ c)))) | 0;
  d = (((d << 12) | (d >>> 20)) + a) | 0;
  c = (((c + x6 - 0x57cfb9ed) | 0) + (b ^ (d & (a ^ b)))) | 0;
  c = (((c << 17) | (c >>> 15)) + d) | 0;
  b = (((b + x7 - 0x02b96aff) | 0) + (a ^ (c & (d ^ a)))) | 0;
  b = (((b << 22) | (b >>> 10)) + c) | 0;
  a = (((a + x8 + 0x698098d8) | 0) + (d ^ (b & (c ^ d)))) | 0;
  a = (((a << 7) | (a >>> 25)) + b) | 0;
  d = (((d + x9 - 0x74bb0851) | 0) + (c ^ (a & (b ^ c)))) | 0;
  d = (((d << 12) | (d >>> 20)) + a) | 0;
  c = (((c + x10 - 0x0000a44f) | 0) + (b ^ (d & (a ^ b)))) | 0;
  c = (((c << 17) | (c >>> 15)) + d) | 0;
  b = (((b + x11 - 0x76a32842) | 0) + (a ^ (c & (d ^ a)))) | 0;
  b = (((b << 22) | (b >>> 10)) + c) | 0;
  a = (((a + x12 + 0x6b901122) | 0) + (d ^ (b & (c ^ d)))) | 0;
  a = (((a << 7) | (a >>> 25)) + b) | 0;
  d = (((d + x13 - 0x02678e6d) | 0) + (c ^ (a & (b ^ c)))) | 0;
  d = (((d << 12) | (d >>> 20)) + a) | 0;
  c = (((c + x14 - 0x5986bc72) | 0) + (b ^ (d & (a ^ b)))) | 0;
  c = (((c << 17) | (c >>> 15)) + d) | 0;
  b = (((b + x15 + 0x49b40821) | 0) + (a ^ (c & (d ^ a)))) | 0;
  b = (((b << 22) | (b >>> 10)) + c) | 0;
  // Round 2: G(x, y, z) = (x & z) | (y & ~z).
  a = (((((a + x1 - 0x09e1da9e) | 0) + (c & ~d)) | 0) + (b & d)) | 0;
  a = (((a << 5) | (a >>> 27)) + b) | 0;
  d = (((((d + x6 - 0x3fbf4cc0) | 0) + (b & ~c)) | 0) + (a & c)) | 0;
  d = (((d << 9) | (d >>> 23)) + a) | 0;
  c = (((((c + x11 + 0x265e5a51) | 0) + (a & ~b)) | 0) + (d & b)) | 0;
  c = (((c << 14) | (c >>> 18)) + d) | 0;
  b = (((((b + x0 - 0x16493856) | 0) + (d & ~a)) | 0) + (c & a)) | 0;
  b = (((b << 20) | (b >>> 12)) + c) | 0;
  a = (((((a + x5 - 0x29d0efa3) | 0) + (c & ~d)) | 0) + (b & d)) | 0;
  a = (((a << 5) | (a >>> 27)) + b) | 0;
  d = (((((d + x10 + 0x02441453) | 0) + (b & ~c)) | 0) + (a & c)) | 0;
  d = (((d << 9) | (d >>> 23)) + a) | 0;
  c = (((((c + x15 - 0x275e197f) | 0) + (a & ~b)) | 0) + (d & b)) | 0;
  c = (((c << 14) | (c >>> 18)) + d) | 0;
  b = (((((b + x4 - 0x182c0438) | 0) + (d & ~a)) | 0) + (c & a)) | 0;
  b = (((b << 20) | (b >>> 12)) + c) | 0;
  a = (((((a + x9 + 0x21e1cde6) | 0) + (c & ~d)) | 0) + (b & d)) | 0;
  a = (((a << 5) | (a >>> 27)) + b) | 0;
  d = (((((d + x14 - 0x3cc8f82a) | 0) + (b & ~c)) | 0) + (a & c)) | 0;
  d = (((d << 9) | (d >>> 23)) + a) | 0;
  c = (((((c + x3 - 0x0b2af279) | 0) + (a & ~b)) | 0) + (d & b)) | 0;
  c = (((c << 14) | (c >>> 18)) + d) | 0;
  b = (((((b + x8 + 0x455a14ed) | 0) + (d & ~a)) | 0) + (c & a)) | 0;
  b = (((b << 20) | (b >>> 12)) + c) | 0;
  a = (((((a + x13 - 0x561c16fb) | 0) + (c & ~d)) | 0) + (b & d)) | 0;
  a = (((a << 5) | (a >>> 27)) + b) | 0;
  d = (((((d + x2 - 0x03105c08) | 0) + (b & ~c)) | 0) + (a & c)) | 0;
  d = (((d << 9) | (d >>> 23)) + a) | 0;
  c = (((((c + x7 + 0x676f02d9) | 0) + (a & ~b)) | 0) + (d & b)) | 0;
  c = (((c << 14) | (c >>> 18)) + d) | 0;
  b = (((((b + x12 - 0x72d5b376) | 0) + (d & ~a)) | 0) + (c & a)) | 0;
  b = (((b << 20) | (b >>> 12)) + c) | 0;
  // Round 3: H(x, y, z) = x ^ y ^ z.
  a = (((a + x5 - 0x0005c6be) | 0) + (b ^ (c ^ d))) | 0;
  a = (((a << 4) | (a >>> 28)) + b) | 0;
  d = (((d + x8 - 0x788e097f) | 0) + (a ^ (b ^ c))) | 0;
  d = (((d << 11) | (d >>> 21)) + a) | 0;
  c = (((c + x11 + 0x6d9d6122) | 0) + (d ^ (a ^ b))) | 0;
  c = (((c << 16) | (c >>> 16)) + d) | 0;
  b = (((b + x14 - 0x021ac7f4) | 0) + (c ^ (d ^ a))) | 0;
  b = (((b << 23) | (b >>> 9)) + c) | 0;
  a = (((a + x1 - 0x5b4115bc) | 0) + (b ^ (c ^ d))) | 0;
  a = (((a << 4) | (a >>> 28)) + b) | 0;
  d = (((d + x4 + 0x4bdecfa9) | 0) + (a ^ (b ^ c))) | 0;
  d = (((d << 11) | (d >>> 21)) + a) | 0;
  c = (((c + x7 - 0x0944b4a0) | 0) + (d ^ (a ^ b))) | 0;
  c = (((c << 16) | (c >>> 16)) + d) | 0;
  b = (((b + x10 - 0x41404390) | 0) + (c ^ (d ^ a))) | 0;
  b = (((b << 23) | (b >>> 9)) + c) | 0;
  a = (((a + x13 + 0x289b7ec6) | 0) + (b ^ (c ^ d))) | 0;
  a = (((a << 4) | (a >>> 28)) + b) | 0;
  d = (((d + x0 - 0x155ed806) | 0) + (a ^ (b ^ c))) | 0;
  d = (((d << 11) | (d >>> 21)) + a) | 0;
  c = (((c + x3 - 0x2b10cf7b) | 0) + (d ^ (a ^ b))) | 0;
  c = (((c << 16) | (c >>> 16)) + d) | 0;
  b = (((b + x6 + 0x04881d05) | 0) + (c ^ (d ^ a))) | 0;
  b = (((b << 23) | (b >>> 9)) + c) | 0;
  a = (((a + x9 - 0x262b2fc7) | 0) + (b ^ (c ^ d))) | 0;
  a = (((a << 4) | (a >>> 28)) + b) | 0;
  d = (((d + x12 - 0x1924661b) | 0) + (a ^ (b ^ c))) | 0;
  d = (((d << 11) | (d >>> 21)) + a) | 0;
  c = (((c + x15 + 0x1fa27cf8) | 0) + (d ^ (a ^ b))) | 0;
  c = (((c << 16) | (c >>> 16)) + d) | 0;
  b = (((b + x2 - 0x3b53a99b) | 0) + (c ^ (d ^ a))) | 0;
  b = (((b << 23) | (b >>> 9)) + c) | 0;
  // Round 4: I(x, y, z) = y ^ (x | ~z).
  a = (((a + x0 - 0x0bd6ddbc) | 0) + (c ^ (b | ~d))) | 0;
  a = (((a << 6) | (a >>> 26)) + b) | 0;
  d = (((d + x7 + 0x432aff97) | 0) + (b ^ (a | ~c))) | 0;
  d = (((d << 10) | (d >>> 22)) + a) | 0;
  c = (((c + x14 - 0x546bdc59) | 0) + (a ^ (d | ~b))) | 0;
  c = (((c << 15) | (c >>> 17)) + d) | 0;
  b = (((b + x5 - 0x036c5fc7) | 0) + (d ^ (c | ~a))) | 0;
  b = (((b << 21) | (b >>> 11)) + c) | 0;
  a = (((a + x12 + 0x655b59c3) | 0) + (c ^ (b | ~d))) | 0;
  a = (((a << 6) | (a >>> 26)) + b) | 0;
  d = (((d + x3 - 0x70f3336e) | 0) + (b ^ (a | ~c))) | 0;
  d = (((d << 10) | (d >>> 22)) + a) | 0;
  c = (((c + x10 - 0x00100b83) | 0) + (a ^ (d | ~b))) | 0;
  c = (((c << 15) | (c >>> 17)) + d) | 0;
  b = (((b + x1 - 0x7a7ba22f) | 0) + (d ^ (c | ~a))) | 0;
  b = (((b << 21) | (b >>> 11)) + c) | 0;
  a = (((a + x8 + 0x6fa87e4f) | 0) + (c ^ (b | ~d))) | 0;
  a = (((a << 6) | (a >>> 26)) + b) | 0;
  d = (((d + x15 - 0x01d31920) | 0) + (b ^ (a | ~c))) | 0;
  d = (((d << 10) | (d >>> 22)) + a) | 0;
  c = (((c + x6 - 0x5cfebcec) | 0) + (a ^ (d | ~b))) | 0;
  c = (((c << 15) | (c >>> 17)) + d) | 0;
  b = (((b + x13 + 0x4e0811a1) | 0) + (d ^ (c | ~a))) | 0;
  b = (((b << 21) | (b >>> 11)) + c) | 0;
  a = (((a + x4 - 0x08ac817e) | 0) + (c ^ (b | ~d))) | 0;
  a = (((a << 6) | (a >>> 26)) + b) | 0;
  d = (((d + x11 - 0x42c50dcb) | 0) + (b ^ (a | ~c))) | 0;
  d = (((d << 10) | (d >>> 22)) + a) | 0;
  c = (((c + x2 + 0x2ad7d2bb) | 0) + (a ^ (d | ~b))) | 0;
  c = (((c << 15) | (c >>> 17)) + d) | 0;
  b = (((b + x9 - 0x14792c6f) | 0) + (d ^ (c | ~a))) | 0;
  b = (((b << 21) | (b >>> 11)) + c) | 0;
  state[0] = state[0]! + a;
  state[1] = state[1]! + b;
  state[2] = state[2]! + c;
  state[3] = state[3]! + d;
}
