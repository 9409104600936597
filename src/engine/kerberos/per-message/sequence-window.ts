import { outOfSequence } from './token-errors.js';

/** What was agreed to be noticed: replayed messages, or also missing and reordered ones (RFC 2743 1.2.3). */
export type SequenceDetection = 'none' | 'replay' | 'sequence';

/** Messages that may come late where only replays are to be noticed. */
const WINDOW = 64;

/** The sequence numbers of one direction, as its receiver sees them. A number that is refused changes nothing. */
export class SequenceWindow {
  readonly #detection: SequenceDetection;
  readonly #end: number;
  /** The lowest number that has not been seen, nor any behind it. */
  #next: number;
  /** The numbers before it that have been seen: bit n is `next - 1 - n`, the higher half for n from 32 on. */
  #seenLow = 0;
  #seenHigh = 0;
  /** Numbers before the first message count as seen. */
  #known = 0;

  /** @param end where numbers begin anew. */
  constructor(start: number, detection: SequenceDetection, end: number) {
    this.#next = start;
    this.#detection = detection;
    this.#end = end;
  }

  /** Takes the number of a message that is the peer's beyond doubt. Throws SEC_E_OUT_OF_SEQUENCE. */
  accept(sequence: number): void {
    if (this.#detection === 'none') return;
    const ahead = this.#distance(sequence);
    if (ahead === 0) this.#advance(1);
    else if (this.#detection === 'sequence') throw outOfSequence();
    else if (ahead > 0) this.#advance(ahead + 1);
    else this.#acceptLate(-ahead - 1);
  }

  #advance(by: number): void {
    const next = this.#next + by;
    this.#next = next < this.#end ? next : next - this.#end;
    if (this.#detection !== 'replay') return;
    for (let shift = Math.min(by, WINDOW); shift > 0; shift--) {
      this.#seenHigh = (this.#seenHigh << 1) | (this.#seenLow >>> 31);
      this.#seenLow <<= 1;
    }
    this.#seenLow |= 1;
    this.#known = Math.min(WINDOW, this.#known + by);
  }

  #acceptLate(bit: number): void {
    const mask = 1 << (bit & 31);
    const seen = bit < 32 ? this.#seenLow : this.#seenHigh;
    if (bit >= this.#known || seen & mask) throw outOfSequence();
    if (bit < 32) this.#seenLow |= mask;
    else this.#seenHigh |= mask;
  }

  /** How far a number is ahead of the next one; negative: behind. */
  #distance(sequence: number): number {
    const difference = sequence - this.#next;
    if (difference >= this.#end / 2) return difference - this.#end;
    return difference < -this.#end / 2 ? difference + this.#end : difference;
  }
}
