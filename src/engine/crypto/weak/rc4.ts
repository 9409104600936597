/**
 * RC4, the stream cipher of DIGEST-MD5 (RFC 2831 section 2.4), NTLM ([MS-NLMP] 3.4) and Kerberos (RFC 4757).
 * The key stream goes on from call to call. Call {@link wipe} when done.
 */
export class Rc4 {
  readonly #permutation = new Uint8Array(256);
  #i = 0;
  #j = 0;
  #wiped = false;

  /** @param key 1 to 256 bytes. */
  constructor(key: Uint8Array) {
    if (key.length < 1 || key.length > 256) throw new RangeError(`an RC4 key has 1 to 256 bytes, not ${key.length}`);
    schedule(this.#permutation, key);
  }

  /**
   * Encrypts or decrypts (the same thing) `input` into `output`, which may be `input` itself, and returns `output`.
   * Overlapping in any other way is an error of the caller.
   */
  process(input: Uint8Array, output: Uint8Array = new Uint8Array(input.length)): Uint8Array {
    if (this.#wiped) throw new Error('Rc4 was used after it was wiped');
    if (output.length < input.length) throw new RangeError('the output is shorter than the input');
    S.set(this.#permutation);
    i = this.#i;
    j = this.#j;
    if (input.length < LONG_FROM) processShort(input, output);
    else processLong(input, output);
    this.#permutation.set(S);
    this.#i = i;
    this.#j = j;
    return output;
  }

  /** A cipher of its own at the same place in the key stream. */
  clone(): Rc4 {
    const copy = new Rc4(PLACEHOLDER_KEY);
    copy.restore(this);
    return copy;
  }

  /** Goes to where `saved` stands, and leaves that there: NTLM signs SPNEGO's mechanism list and then goes back ([MS-SPNG] 3.2.5.1). */
  restore(saved: Rc4): void {
    if (this.#wiped || saved.#wiped) throw new Error('Rc4 was used after it was wiped');
    this.#permutation.set(saved.#permutation);
    this.#i = saved.#i;
    this.#j = saved.#j;
  }

  /** Zeroes the state; {@link process} throws after that. */
  wipe(): void {
    this.#permutation.fill(0);
    S.fill(0);
    this.#i = 0;
    this.#j = 0;
    this.#wiped = true;
  }

  [Symbol.dispose](): void {
    this.wipe();
  }
}

/**
 * The state of the cipher at work. In an array that never changes place V8 uses fixed addresses and leaves out the bounds checks,
 * which is worth far more than moving 256 bytes in and out; so is taking many steps on each turn of a loop.
 */
const S = new Uint8Array(256);
let i = 0;
let j = 0;

/** Long input passes through memory in a fixed place, for the same reason. */
const piece = new Uint8Array(4096);
const LONG_FROM = 384;

const PLACEHOLDER_KEY = new Uint8Array(1);

function schedule(permutation: Uint8Array, key: Uint8Array): void {
  for (let n = 0; n < 256; n++) permutation[n] = n;
  for (let n = 0, m = 0; n < 256; n++) {
    const value = permutation[n]!;
    m = (m + value + key[n % key.length]!) & 255;
    permutation[n] = permutation[m]!;
    permutation[m] = value;
  }
}

function processLong(input: Uint8Array, output: Uint8Array): void {
  for (let at = 0; at < input.length; at += piece.length) {
    const part = input.subarray(at, at + piece.length);
    piece.set(part);
    processPiece(part.length);
    output.set(part.length === piece.length ? piece : piece.subarray(0, part.length), at);
  }
  piece.fill(0);
}

function processPiece(length: number): void {
  let x = i;
  let y = j;
  let a = 0;
  let b = 0;
  let k = 0;
  const whole = length - (length % 16);
  // biome-ignore format: one step of the cipher on a line
  for (; k < whole; k += 16) {
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 1]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 2]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 3]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 4]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 5]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 6]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 7]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 8]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 9]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 10]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 11]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 12]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 13]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 14]! ^= S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k + 15]! ^= S[(a + b) & 255]!;
  }
  // biome-ignore format: as above
  for (; k < length; k++) {
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; piece[k]! ^= S[(a + b) & 255]!;
  }
  i = x;
  j = y;
}

function processShort(input: Uint8Array, output: Uint8Array): void {
  let x = i;
  let y = j;
  let a = 0;
  let b = 0;
  let k = 0;
  const length = input.length;
  const whole = length - (length % 4);
  // biome-ignore format: one step of the cipher on a line
  for (; k < whole; k += 4) {
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; output[k] = input[k]! ^ S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; output[k + 1] = input[k + 1]! ^ S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; output[k + 2] = input[k + 2]! ^ S[(a + b) & 255]!;
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; output[k + 3] = input[k + 3]! ^ S[(a + b) & 255]!;
  }
  // biome-ignore format: as above
  for (; k < length; k++) {
    x = (x + 1) & 255; a = S[x]!; y = (y + a) & 255; b = S[y]!; S[x] = b; S[y] = a; output[k] = input[k]! ^ S[(a + b) & 255]!;
  }
  i = x;
  j = y;
}
