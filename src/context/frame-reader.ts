import { ByteReader } from '../bytes/reader.js';

/** The bytes of a frame's length, u32be (RFC 4422 3.7). */
export const LENGTH_SIZE = 4;

/** Refuses a frame by its length alone, by throwing. */
export type LengthCheck = (length: number) => void;

/** What a chunk completed. */
export interface CompletedFrames {
  /** The frame that earlier chunks had begun, without its length; the reader's own bytes. */
  readonly begun?: Uint8Array;
  /** Frames that are whole in the chunk, with their lengths: a view into the chunk. */
  readonly whole: Uint8Array;
}

/**
 * Cuts a byte stream into the frames of a SASL security layer (RFC 4422 3.7): `u32be length || protected bytes`. A length is checked
 * as soon as it is known; after that, what is kept grows with the bytes that come, never with the length that was announced.
 */
export class FrameReader {
  readonly #check: LengthCheck;
  /** The frame that has begun, its length first; `#filled` bytes of it are there. */
  #frame: Uint8Array = new Uint8Array(0);
  #filled = 0;
  /** Bytes of that frame in all; undefined until its length is whole. */
  #wanted: number | undefined;

  constructor(check: LengthCheck) {
    this.#check = check;
  }

  /** Whether the stream has stopped inside a frame. */
  get inFrame(): boolean {
    return this.#filled > 0;
  }

  /** Takes the next bytes of the stream, in any split. */
  read(chunk: Uint8Array): CompletedFrames {
    const begun = this.#filled > 0 ? this.#continueFrame(chunk) : { used: 0 };
    const rest = chunk.subarray(begun.used);
    const length = this.#wholeLength(rest);
    if (length < rest.length) this.#take(rest, length, rest.length);
    const whole = rest.subarray(0, length);
    return begun.frame ? { begun: begun.frame, whole } : { whole };
  }

  /** Moves bytes of `chunk` into the frame that has begun. */
  #continueFrame(chunk: Uint8Array): { used: number; frame?: Uint8Array } {
    let used = 0;
    if (this.#filled < LENGTH_SIZE) {
      used = Math.min(LENGTH_SIZE - this.#filled, chunk.length);
      this.#take(chunk, 0, used);
    }
    if (this.#wanted === undefined) return { used };
    const end = Math.min(used + this.#wanted - this.#filled, chunk.length);
    this.#take(chunk, used, end);
    if (this.#filled < this.#wanted) return { used: end };
    const frame = this.#frame.subarray(LENGTH_SIZE, this.#wanted);
    this.#frame = new Uint8Array(0);
    this.#filled = 0;
    this.#wanted = undefined;
    return { used: end, frame };
  }

  #take(chunk: Uint8Array, start: number, end: number): void {
    const filled = this.#filled + end - start;
    if (filled > this.#frame.length) {
      const grown = new Uint8Array(Math.min(Math.max(filled, 2 * this.#frame.length), this.#wanted ?? filled));
      grown.set(this.#frame.subarray(0, this.#filled));
      this.#frame = grown;
    }
    this.#frame.set(chunk.subarray(start, end), this.#filled);
    this.#filled = filled;
    if (this.#wanted === undefined && filled >= LENGTH_SIZE) {
      const length = new ByteReader(this.#frame).u32be();
      this.#check(length);
      this.#wanted = LENGTH_SIZE + length;
    }
  }

  /** How many bytes at the start of `bytes` are whole frames. */
  #wholeLength(bytes: Uint8Array): number {
    const reader = new ByteReader(bytes);
    let whole = 0;
    while (reader.remaining >= LENGTH_SIZE) {
      const length = reader.u32be();
      this.#check(length);
      if (reader.remaining < length) break;
      reader.skip(length);
      whole = reader.position;
    }
    return whole;
  }
}
