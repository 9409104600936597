import type { TLSSocket } from 'node:tls';
import type { Awaitable } from '../../../sspi/awaitable.js';
import { MemoryStream } from './memory-stream.js';

/**
 * One end of a TLS connection over a wire in memory: bytes of the peer in, bytes for the peer out. The TLS is that of node:tls.
 *
 * node:tls works on what it is fed, and on what is written to it, before the call returns; only its notices (`error`, `end`, the end of a
 * write) come later, all of them within two turns of the event loop after its last work. {@link settle} waits for those two turns, and
 * for two more whenever it has worked again.
 */
export class TlsEnd {
  readonly wire: MemoryStream = new MemoryStream(() => this.#wireGone());
  /** Called once where TLS gives a connection up of itself. */
  onGivenUp: (() => void) | undefined;
  #socket: TLSSocket | undefined;
  #failure: Error | undefined;
  #ended = false;
  #handshakes = 0;
  #events = 0;
  #plaintext: Uint8Array[] = [];
  #destroyed = false;
  #writing = false;
  #whenWritten: (() => void) | undefined;

  constructor() {
    // What happens to the wire happens to the socket, and is heard of there.
    this.wire.on('error', () => {});
  }

  /** The socket; undefined on a server until its handshake is through. */
  get socket(): TLSSocket | undefined {
    return this.#socket;
  }

  /** Handshakes that are through: more than one after renegotiations (TLS 1.2). */
  get handshakes(): number {
    return this.#handshakes;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Whether the peer has said with close_notify that it sends no more. */
  get ended(): boolean {
    return this.#ended;
  }

  attach(socket: TLSSocket): void {
    this.#socket = socket;
    socket.on('data', (bytes: Uint8Array) => this.#plaintext.push(bytes));
    socket.on('end', () => {
      this.#events += 1;
      this.#ended = true;
    });
    socket.on('error', error => this.fail(error));
  }

  /** For a handshake that is through. */
  completed(): void {
    this.#events += 1;
    this.#handshakes += 1;
  }

  fail(error: Error): void {
    this.#events += 1;
    this.#failure ??= error;
  }

  /** Resolves when TLS has done, and has told, all that comes of what it was fed. */
  async settle(): Promise<void> {
    let before: number;
    do {
      before = this.#activity;
      await nextTurn();
      await nextTurn();
    } while (this.#activity !== before || !this.#quiet);
  }

  /** Plaintext that has come since the last call: undefined for none. A record holds one piece at most. */
  takePlaintext(): Uint8Array | undefined {
    return this.#plaintext.shift();
  }

  get hasPlaintext(): boolean {
    return this.#plaintext.length > 0;
  }

  /** Protects bytes: the records that carry them. */
  seal(plaintext: Uint8Array): Awaitable<Uint8Array> {
    if (this.#writing) return this.#sealLater(plaintext);
    this.#write(plaintext);
    const sealed = this.wire.takeOutput();
    return sealed.length > plaintext.length ? sealed : this.#sealed();
  }

  /** Says close_notify: what is to go to the peer. */
  async shutDown(): Promise<Uint8Array> {
    if (this.#writing) await this.#written();
    this.#socket?.end();
    await this.settle();
    return this.wire.takeOutput();
  }

  destroy(): void {
    this.#destroyed = true;
    this.#plaintext = [];
    this.#socket?.destroy();
    this.wire.destroy();
  }

  #wireGone(): void {
    this.#events += 1;
    if (!this.#destroyed) this.onGivenUp?.();
    this.#onWritten();
  }

  get #activity(): number {
    return this.wire.writeCount + this.#events;
  }

  get #quiet(): boolean {
    return this.wire.drained || this.wire.destroyed;
  }

  async #sealLater(plaintext: Uint8Array): Promise<Uint8Array> {
    await this.#written();
    return this.seal(plaintext);
  }

  /** Where TLS has not written at once. */
  async #sealed(): Promise<Uint8Array> {
    if (this.#writing) await this.#written();
    return this.wire.takeOutput();
  }

  #write(plaintext: Uint8Array): void {
    this.#writing = true;
    this.#socket!.write(plaintext, this.#onWritten);
  }

  /** Node.js ends a write a turn after TLS has done it, and takes no other one until then. */
  readonly #onWritten = (): void => {
    this.#writing = false;
    const resume = this.#whenWritten;
    this.#whenWritten = undefined;
    resume?.();
  };

  #written(): Promise<void> {
    return new Promise(resolve => {
      this.#whenWritten = resolve;
    });
  }
}

function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
