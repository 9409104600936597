import { Duplex } from 'node:stream';
import { concatBytes } from '../../../bytes/concat.js';

type Callback = (error?: Error | null) => void;

/** The wire under a TLS socket: bytes in memory, and nobody at the other end of it. */
export class MemoryStream extends Duplex {
  #output: Uint8Array[] = [];
  #writeCount = 0;

  readonly #onDestroy: () => void;

  /** `onDestroy` is called as soon as TLS gives the wire up. */
  constructor(onDestroy: () => void) {
    super({ allowHalfOpen: true });
    this.#onDestroy = onDestroy;
  }

  /** Writes so far: what changes while TLS is at work. */
  get writeCount(): number {
    return this.#writeCount;
  }

  /** Hands bytes of the peer to TLS, which takes them before this returns unless it is not reading yet. */
  feed(bytes: Uint8Array): void {
    this.push(bytes);
  }

  /** Whether TLS has taken all that it was fed. */
  get drained(): boolean {
    return this.readableLength === 0;
  }

  /** What TLS has written since the last call. */
  takeOutput(): Uint8Array {
    const output = this.#output;
    if (output.length === 0) return NOTHING;
    this.#output = [];
    return output.length === 1 ? output[0]! : concatBytes(...output);
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    this.#output.push(chunk);
    this.#writeCount += 1;
    callback();
  }

  override _writev(chunks: { chunk: Uint8Array }[], callback: Callback): void {
    for (const { chunk } of chunks) this.#output.push(chunk);
    this.#writeCount += 1;
    callback();
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#onDestroy();
    callback(error);
  }
}

const NOTHING = new Uint8Array(0);
