/**
 * A map of bounded size, by keys of octets, that forgets what was not used for long. It keeps two halves and forgets the older one as
 * a whole: taking single entries off the front of a `Map` would walk over all those that were taken before.
 */
export class Generations<V> {
  readonly #half: number;
  readonly #forget: (forgotten: Iterable<V>) => void;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** Keeps `maximum` entries at most, and at least half of them. `forget` sees what goes by itself. */
  constructor(maximum: number, forget: (forgotten: Iterable<V>) => void = () => {}) {
    this.#half = Math.ceil(maximum / 2);
    this.#forget = forget;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: string): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#old.delete(key);
    this.#add(key, old);
    return old;
  }

  set(key: string, value: V): void {
    if (this.#old.size > 0) this.#old.delete(key);
    this.#add(key, value);
  }

  delete(key: string): void {
    if (!this.#young.delete(key)) this.#old.delete(key);
  }

  #add(key: string, value: V): void {
    if (this.#young.size >= this.#half) {
      this.#forget(this.#old.values());
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(ownCopy(key), value);
  }
}

/** A part of a text keeps the whole of it in memory, and the keys are parts of header fields of many kilobytes, if a client likes. */
function ownCopy(octets: string): string {
  return Buffer.from(octets, 'latin1').toString('latin1');
}
