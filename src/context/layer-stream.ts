import process from 'node:process';
import { Duplex } from 'node:stream';

/** What stands between the two sides of a {@link LayerStream}. */
export interface StreamLayer {
  wrap(bytes: Uint8Array): Uint8Array;
  unwrap(chunk: Uint8Array): Uint8Array;
  /** The peer sends no more: throws where that is too early. */
  end(): void;
  /** The stream is closed. */
  close(): Promise<void>;
  /** Bytes of the peer that were read before the stream was made. */
  readonly head: Uint8Array | undefined;
}

type Callback = (error?: Error | null) => void;

/** The plain side of a connection whose other side is protected. It owns the connection: what ends one ends the other. */
export class LayerStream extends Duplex {
  readonly #wire: Duplex;
  readonly #layer: StreamLayer;
  #pending: Uint8Array | undefined;
  /** The write that waits for the wire. */
  #drained: Callback | undefined;

  constructor(wire: Duplex, layer: StreamLayer) {
    super({ allowHalfOpen: wire.allowHalfOpen });
    this.#wire = wire;
    this.#layer = layer;
    this.#pending = layer.head;
    wire.pause();
    wire.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    wire.on('end', () => this.#end());
    wire.on('drain', () => this.#resumeWriting());
    wire.on('error', error => this.destroy(error));
    wire.on('close', () => this.#closed());
    // The wire may have ended or gone before anybody listened.
    if (wire.readableEnded) process.nextTick(() => this.#end());
    if (wire.closed) process.nextTick(() => this.#closed());
  }

  override _read(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending) this.#receive(pending);
    if (!this.destroyed) this.#wire.resume();
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    this.#send(chunk, callback);
  }

  override _writev(chunks: { chunk: Uint8Array }[], callback: Callback): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), callback);
  }

  override _final(callback: Callback): void {
    if (this.#wire.writableEnded || this.#wire.destroyed) callback();
    else this.#wire.end(callback);
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#wire.destroy();
    this.#layer.close().then(
      () => callback(error),
      () => callback(error),
    );
  }

  #receive(chunk: Uint8Array): void {
    if (this.destroyed) return;
    try {
      const plaintext = this.#layer.unwrap(chunk);
      if (plaintext.length > 0 && !this.push(plaintext)) this.#wire.pause();
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  #end(): void {
    if (this.destroyed) return;
    try {
      this.#layer.end();
      this.push(null);
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  #send(chunk: Uint8Array, callback: Callback): void {
    if (this.#wire.writableEnded || this.#wire.destroyed) {
      callback(brokenOff());
      return;
    }
    try {
      const wrapped = this.#layer.wrap(chunk);
      if (wrapped.length === 0 || this.#wire.write(wrapped)) callback();
      else this.#drained = callback;
    } catch (error) {
      callback(error as Error);
    }
  }

  #resumeWriting(error?: Error): void {
    const callback = this.#drained;
    this.#drained = undefined;
    callback?.(error);
  }

  /** What came before a proper end may still be read; a wire that closes without one has cut the peer's bytes off. */
  #closed(): void {
    if (this.destroyed) return;
    if (this.#wire.readableEnded) this.#resumeWriting(brokenOff());
    else this.destroy(brokenOff());
  }
}

function brokenOff(): Error {
  return Object.assign(new Error('the connection under the security layer has closed'), {
    code: 'ERR_STREAM_PREMATURE_CLOSE',
  });
}
