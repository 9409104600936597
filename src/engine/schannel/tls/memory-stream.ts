import { Socket } from 'node:net';
import { concatBytes } from '../../../bytes/concat.js';

type Callback = (error?: Error | null) => void;

/**
 * The wire under a TLS socket: bytes in memory, and nobody at the other end of it. It is a net.Socket that is not connected yet, and
 * never will be: TLS waits for {@link begin} before it says anything, as tls.connect documents it.
 *
 * What a stream does between its two ends (buffers, high water marks, ticks) is left out: bytes go through in the call that brings
 * them. A write is taken at once and ended by {@link endWrites} or {@link takeOpenWrites}, so that whoever drives TLS decides how.
 */
export class MemoryStream extends Socket {
  #output: Uint8Array[] = [];
  #writeCount = 0;
  #open: Callback[] = [];
  #endsWrites = false;
  readonly #onDestroy: () => void;

  /** `onDestroy` is called as soon as TLS gives the wire up. */
  constructor(onDestroy: () => void) {
    super({ allowHalfOpen: true });
    this.#onDestroy = onDestroy;
  }

  /** Lets TLS begin. */
  begin(): void {
    this.emit('connect');
  }

  /** Writes so far: what changes while TLS is at work. */
  get writeCount(): number {
    return this.#writeCount;
  }

  /** Whether TLS has written since {@link takeChunks} was called. */
  get hasOutput(): boolean {
    return this.#output.length > 0;
  }

  /** Hands bytes of the peer to TLS, which takes them before this returns. */
  feed(bytes: Uint8Array): void {
    this.emit('data', bytes);
  }

  /** What TLS has written since the last call. */
  takeChunks(): readonly Uint8Array[] {
    const output = this.#output;
    if (output.length === 0) return NONE;
    this.#output = [];
    return output;
  }

  /** The same in one piece. */
  takeOutput(): Uint8Array {
    const chunks = this.takeChunks();
    return chunks.length === 1 ? chunks[0]! : concatBytes(...chunks);
  }

  /** The writes that nobody has ended yet, given up to the caller. */
  takeOpenWrites(): boolean {
    if (this.#open.length === 0) return false;
    this.#open = [];
    return true;
  }

  /** Ends the writes that are open, and from now on each as it comes. */
  endWrites(): void {
    this.#endsWrites = true;
    const open = this.#open;
    this.#open = [];
    for (const callback of open) callback();
  }

  override write(chunk: Uint8Array, encoding?: BufferEncoding | Callback, callback?: Callback): boolean {
    this.#output.push(chunk);
    this.#writeCount += 1;
    const done = typeof encoding === 'function' ? encoding : callback;
    if (!done) return true;
    if (this.#endsWrites) done();
    else this.#open.push(done);
    return true;
  }

  override cork(): void {}

  override uncork(): void {}

  override pause(): this {
    return this;
  }

  override resume(): this {
    return this;
  }

  override _read(): void {}

  override _destroy(error: Error | null, callback: Callback): void {
    this.#onDestroy();
    super._destroy(error, callback);
  }
}

const NONE: readonly Uint8Array[] = [];
