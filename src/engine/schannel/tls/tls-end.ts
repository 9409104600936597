import { TLSSocket } from 'node:tls';
import type { Awaitable } from '../../../sspi/awaitable.js';
import { MemoryStream } from './memory-stream.js';
import { type PrivateParts, privateParts } from './private-parts.js';

/**
 * One end of a TLS connection over a wire in memory: bytes of the peer in, bytes for the peer out. The TLS is that of node:tls.
 *
 * node:tls works on what it is fed, and on what is written to it, before the call returns, but for one thing: it goes on writing only
 * when it is told that its last write has ended. With {@link PrivateParts} it is told at once, and nothing is ever to be waited for.
 * Without them it hears of it in a later turn of the event loop, and {@link settle} waits until two turns have passed in which TLS did nothing.
 */
export class TlsEnd {
  readonly #wire = new MemoryStream(() => this.#onWritten());
  #parts: PrivateParts | undefined;
  #socket: TLSSocket | undefined;
  #failure: Error | undefined;
  #ended = false;
  #handshakes = 0;
  #events = 0;
  #plaintext: Uint8Array[] = [];
  #writing = false;
  #choosesCertificate = false;
  #whenWritten: (() => void) | undefined;

  readonly #role: 'client' | 'server';

  constructor(role: 'client' | 'server') {
    this.#role = role;
    // What happens to the wire happens to the socket, and is heard of there.
    this.#wire.on('error', () => {});
  }

  /** For the socket that stands on it. */
  get wire(): MemoryStream {
    return this.#wire;
  }

  /** The socket; undefined on a server that goes the documented way, until its handshake is through. */
  get socket(): TLSSocket | undefined {
    return this.#socket;
  }

  /** Whether TLS has done all of its work when a call returns. */
  get synchronous(): boolean {
    return this.#parts !== undefined;
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

  /** What is wrong with the peer's chain: a code of OpenSSL's. Good when a handshake is through in which it was asked for a certificate. */
  get chainError(): string | undefined {
    if (this.#parts) return this.#parts.chainError();
    const { authorizationError } = this.#socket!;
    return authorizationError ? String(authorizationError) : undefined;
  }

  /** Takes a socket over {@link wire}, which from now on belongs to this end. */
  attach(socket: TLSSocket): void {
    this.#socket = socket;
    // Plaintext, errors and close_notify are taken where TLS gives them, not when its streams get to telling them.
    socket.push = chunk => this.#received(chunk);
    socket.destroy = error => {
      if (error) this.fail(error);
      return TLSSocket.prototype.destroy.call(socket, error) as TLSSocket;
    };
    socket.on('error', error => this.fail(error));
    this.#parts = privateParts(socket);
  }

  /** Lets TLS begin: the first flight of a client is on the wire then. */
  begin(): void {
    if (!this.#parts) this.#wire.endWrites();
    this.#wire.begin();
    this.#finishWrites();
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

  /** Hands bytes of the peer to TLS. */
  feed(bytes: Uint8Array): void {
    this.#wire.feed(bytes);
    this.#finishWrites();
  }

  /** What TLS has to say to the peer. */
  takeOutput(): Uint8Array {
    return this.#wire.takeOutput();
  }

  /** Resolves when TLS has done all that comes of what it was fed; undefined where it has. */
  settle(): Promise<void> | undefined {
    return this.#parts ? undefined : this.#settled();
  }

  /** For a server that chooses its certificate by the name that the client asks for. */
  choosesCertificate(): void {
    this.#choosesCertificate = true;
  }

  /**
   * As {@link settle}, for what was fed of a handshake: since Node.js 26 a server hears in a later turn of the event loop which name the
   * client asks for, and says nothing before.
   */
  settleHandshake(): Promise<void> | undefined {
    const waits = this.#choosesCertificate && !this.#wire.hasOutput && !this.#failure;
    return waits ? this.#settled() : this.settle();
  }

  /** Plaintext that has come since the last call: undefined for none. A record holds one piece at most. */
  takePlaintext(): Uint8Array | undefined {
    return this.#plaintext.shift();
  }

  /** Protects bytes: the records that carry them, in pieces. */
  seal(plaintext: Uint8Array): Awaitable<readonly Uint8Array[]> {
    if (this.#writing) return this.#sealLater(plaintext);
    this.#writing = true;
    this.#socket!.write(plaintext, this.#onWritten);
    this.#finishWrites();
    const sealed = this.#wire.takeChunks();
    return sealed.length > 0 ? sealed : this.#sealed();
  }

  /** Begins a renegotiation (TLS 1.2). */
  renegotiate(): void {
    this.#socket!.renegotiate({ requestCert: false, rejectUnauthorized: false }, error => {
      if (error) this.fail(error);
      // A client's socket tells of every handshake, and not of the first one only.
      else if (this.#role === 'server') this.completed();
    });
    this.#finishWrites();
  }

  /** Says close_notify: what is to go to the peer. */
  shutDown(): Awaitable<Uint8Array> {
    if (this.#writing || !this.#parts) return this.#shutDownLater();
    this.#socket?.end();
    this.#finishWrites();
    return this.#wire.takeOutput();
  }

  destroy(): void {
    this.#plaintext = [];
    this.#socket?.destroy();
    this.#parts?.free();
    this.#wire.destroy();
  }

  #received(chunk: Uint8Array | null): boolean {
    this.#events += 1;
    if (chunk) this.#plaintext.push(chunk);
    else this.#ended = true;
    return true;
  }

  /** TLS may have more to write after each of its writes. */
  #finishWrites(): void {
    if (!this.#parts) return;
    while (this.#wire.takeOpenWrites()) this.#parts.finishWrite();
  }

  async #settled(): Promise<void> {
    let before: number;
    do {
      before = this.#activity;
      await nextTurn();
      await nextTurn();
      this.#finishWrites();
    } while (this.#activity !== before);
  }

  get #activity(): number {
    return this.#wire.writeCount + this.#events;
  }

  async #sealLater(plaintext: Uint8Array): Promise<readonly Uint8Array[]> {
    await this.#written();
    return this.seal(plaintext);
  }

  /** Where TLS has not written at once. */
  async #sealed(): Promise<readonly Uint8Array[]> {
    if (this.#writing) await this.#written();
    return this.#wire.takeChunks();
  }

  async #shutDownLater(): Promise<Uint8Array> {
    if (this.#writing) await this.#written();
    this.#socket?.end();
    await this.settle();
    return this.#wire.takeOutput();
  }

  /** Without private parts this comes a turn after TLS has written, and TLS takes nothing else until then. */
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
