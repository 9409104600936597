/** n-fold (RFC 3961 5.1): stretches or shrinks `input` to `length` bytes. */
export function nFold(input: Uint8Array, length: number): Uint8Array {
  const folded = new Uint8Array(length);
  const total = leastCommonMultiple(input.length, length);
  let carry = 0;
  for (let at = total - 1; at >= 0; at--) {
    carry += folded[at % length]! + rotatedByte(input, at);
    folded[at % length] = carry;
    carry >>>= 8;
  }
  for (let at = length - 1; carry !== 0; at = (at + length - 1) % length) {
    carry += folded[at]!;
    folded[at] = carry;
    carry >>>= 8;
  }
  return folded;
}

/** Byte `at` of the copies of `input` one after another, each rotated right by 13 bits more than the one before it. */
function rotatedByte(input: Uint8Array, at: number): number {
  const bits = input.length * 8;
  const copy = Math.floor(at / input.length);
  const bit = ((((at % input.length) * 8 - 13 * copy) % bits) + bits) % bits;
  const byte = bit >>> 3;
  const pair = (input[byte]! << 8) | input[(byte + 1) % input.length]!;
  return (pair >>> (8 - (bit & 7))) & 0xff;
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
