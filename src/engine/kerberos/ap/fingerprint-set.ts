import { hash } from 'node:crypto';

const WORDS = 4;
const FEWEST_SLOTS = 256;

/** 128 bits of the SHA-256 of a text, which no two texts have in common. */
export type Fingerprint = Uint32Array;

export function fingerprintOf(text: string): Fingerprint {
  const digest = hash('sha256', text, 'binary');
  const fingerprint = new Uint32Array(WORDS);
  for (let i = 0, at = 0; i < WORDS; i++, at += 4) {
    const high = (digest.charCodeAt(at) << 24) | (digest.charCodeAt(at + 1) << 16);
    fingerprint[i] = high | (digest.charCodeAt(at + 2) << 8) | digest.charCodeAt(at + 3);
  }
  // Zero is the sign of a free slot.
  fingerprint[0]! |= 1;
  return fingerprint;
}

/**
 * Fingerprints in one array with room for twice as many (open addressing, linear probing): 64 bytes for each at most, and nothing for the
 * garbage collector to look at. None is ever taken out.
 */
export class FingerprintSet {
  #slots = new Uint32Array(FEWEST_SLOTS * WORDS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(fingerprint: Fingerprint): boolean {
    return this.#slots[slotOf(this.#slots, fingerprint)] !== 0;
  }

  add(fingerprint: Fingerprint): void {
    const at = slotOf(this.#slots, fingerprint);
    if (this.#slots[at] !== 0) return;
    this.#slots.set(fingerprint, at);
    this.#size += 1;
    if (this.#size * WORDS * 2 > this.#slots.length) this.#grow();
  }

  #grow(): void {
    const old = this.#slots;
    const grown = new Uint32Array(2 * old.length);
    const fingerprint = new Uint32Array(WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at] === 0) continue;
      for (let i = 0; i < WORDS; i++) fingerprint[i] = old[at + i]!;
      grown.set(fingerprint, slotOf(grown, fingerprint));
    }
    this.#slots = grown;
  }
}

/** Where the fingerprint is, or the free slot that it would come into: half of all are free. */
function slotOf(slots: Uint32Array, fingerprint: Fingerprint): number {
  let at = (fingerprint[1]! % (slots.length / WORDS)) * WORDS;
  while (slots[at] !== 0 && !isAt(slots, at, fingerprint)) at = at + WORDS === slots.length ? 0 : at + WORDS;
  return at;
}

function isAt(slots: Uint32Array, at: number, fingerprint: Fingerprint): boolean {
  for (let i = 0; i < WORDS; i++) if (slots[at + i] !== fingerprint[i]) return false;
  return true;
}
