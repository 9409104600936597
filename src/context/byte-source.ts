import type { Duplex } from 'node:stream';

/** Reads a stream piece by piece, on demand: what nobody asks for stays in the stream. */
export class ByteSource {
  readonly #stream: Duplex;
  #head: Uint8Array | undefined;
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: Duplex, head: Uint8Array | undefined) {
    this.#stream = stream;
    this.#head = head?.length ? head : undefined;
    this.#ended = stream.readableEnded;
    stream.on('readable', () => this.#notify());
    stream.on('end', () => {
      this.#ended = true;
      this.#notify();
    });
    stream.on('error', error => {
      this.#failure ??= error;
      this.#notify();
    });
    stream.on('close', () => {
      this.#ended = true;
      this.#notify();
    });
  }

  /** The next bytes; undefined at the end of the stream. Rejects with the stream's error. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const head = this.#head;
      this.#head = undefined;
      if (head) return head;
      const chunk = this.#stream.read() as Uint8Array | null;
      if (chunk !== null) return chunk;
      if (this.#failure) throw this.#failure;
      if (this.#ended || this.#stream.destroyed) return undefined;
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }

  /** Makes a waiting {@link next} look again; it rejects with the error. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#notify();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
