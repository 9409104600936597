/** The most that is kept from call to call. */
const MOST = 0x2_0000;

/**
 * Memory for the length of one call: an array of more than 64 bytes costs V8 more than it costs OpenSSL to encrypt or to hash them. Who has
 * put secrets into it zeroes them.
 */
export class Scratch {
  #bytes = new Uint8Array(1024);

  /** Bytes of any content, good until the next call. */
  take(length: number): Uint8Array {
    if (length > this.#bytes.length) {
      if (length > MOST) return new Uint8Array(length);
      this.#bytes = new Uint8Array(Math.min(MOST, 2 * length));
    }
    return this.#bytes.subarray(0, length);
  }
}
