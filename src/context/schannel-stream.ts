import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { concatBytes } from '../bytes/concat.js';
import type { StreamSizes } from '../sspi/attribute-values.js';
import type { Awaitable } from '../sspi/awaitable.js';
import { findBuffer, SECBUFFER } from '../sspi/buffers.js';
import type { SecurityFunctionTable } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import type { MessageBuffers } from '../sspi/messages.js';
import { SEC_E, SEC_I } from '../sspi/status.js';
import { Turns } from '../sspi/turns.js';
import type { ByteSource } from './byte-source.js';
import { closeSoon } from './close-soon.js';
import { Watch } from './forgotten.js';
import type { PeerIdentity } from './identity.js';
import type { ContextRole } from './protection.js';
import type { SchannelHandshake } from './schannel-handshake.js';
import { SchannelMessages } from './schannel-messages.js';

type Callback = (error?: Error | null) => void;

/** What has become of the bytes that were received. */
type Outcome = 'more' | 'full' | 'ended' | 'incomplete';

/** What a handshake has come to. */
export interface SchannelFacts {
  readonly role: ContextRole;
  /** Whether the peer's certificate was checked and found good. A server that asked for none has no peer to check. */
  readonly authorized: boolean;
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly protocol: string;
  /** IANA's name of the cipher suite. */
  readonly cipherSuite: string;
  /** ALPN; undefined where none was agreed. */
  readonly applicationProtocol: string | undefined;
  /** The peer's certificate, DER; undefined where it has shown none. */
  readonly peerCertificate: Uint8Array | undefined;
  /** The account that the client's certificate belongs to; undefined where it belongs to none, and on clients. */
  readonly identity: PeerIdentity | undefined;
}

/** What a connection may be besides a stream. */
type SocketLike = Partial<Pick<Socket, 'setTimeout' | 'setNoDelay' | 'setKeepAlive' | 'ref' | 'unref'>>;

/** What a stream is made of. */
export interface SchannelStreamParts {
  readonly wire: Duplex;
  readonly source: ByteSource;
  readonly handshake: SchannelHandshake;
  readonly sspi: SecurityFunctionTable;
  readonly context: CtxtHandle;
  readonly sizes: StreamSizes;
  readonly facts: SchannelFacts;
  /** Bytes behind the handshake. */
  readonly rest: Uint8Array;
  /** Called when the context is gone. */
  release(): Promise<void>;
}

/**
 * The plain side of a TLS connection, made by {@link schannelConnect} or {@link schannelAccept}. It owns the connection: what ends one
 * ends the other. A peer that closes the connection without close_notify destroys it with SEC_E_INCOMPLETE_MESSAGE, for nobody knows
 * then whether what it sent was all.
 */
export class SchannelStream extends Duplex {
  /** As tls.TLSSocket says it. */
  readonly encrypted: true = true as const;
  readonly facts: SchannelFacts;
  readonly sspi: SecurityFunctionTable;
  readonly #parts: SchannelStreamParts;
  readonly #messages: SchannelMessages;
  readonly #watch: Watch;
  /** Held while a message is opened, with the legs that it asks for, or sealed. */
  readonly #turns = new Turns();
  #pending: Uint8Array;
  #reading = false;
  #wanted = false;
  #ended = false;
  #drained: Callback | undefined;

  constructor(parts: SchannelStreamParts) {
    super({ allowHalfOpen: parts.wire.allowHalfOpen });
    this.#parts = parts;
    this.facts = parts.facts;
    this.sspi = parts.sspi;
    this.#pending = parts.rest.slice();
    const { wire, sspi, context, sizes } = parts;
    this.#messages = new SchannelMessages(sspi, context, sizes);
    this.#watch = new Watch(this, 'SchannelStream', () => sspi.deleteSecurityContext(context));
    wire.on('drain', () => this.#resumeWriting());
    wire.on('timeout', () => this.emit('timeout'));
    wire.on('error', error => this.destroy(error));
    wire.on('close', () => this.#resumeWriting(brokenOff()));
  }

  /** See {@link SchannelFacts}. */
  get authorized(): boolean {
    return this.facts.authorized;
  }

  /** The raw handle, for the functions of `secur32/raw`. */
  get context(): CtxtHandle {
    return this.#parts.context;
  }

  /** Of the connection underneath, where it has such a thing; so are the others that http.Agent and its like call. */
  setTimeout(milliseconds: number, listener?: () => void): this {
    if (listener && milliseconds > 0) this.once('timeout', listener);
    else if (listener) this.off('timeout', listener);
    this.#socket.setTimeout?.(milliseconds);
    return this;
  }

  setNoDelay(noDelay?: boolean): this {
    this.#socket.setNoDelay?.(noDelay);
    return this;
  }

  setKeepAlive(enable?: boolean, initialDelay?: number): this {
    this.#socket.setKeepAlive?.(enable, initialDelay);
    return this;
  }

  ref(): this {
    this.#socket.ref?.();
    return this;
  }

  unref(): this {
    this.#socket.unref?.();
    return this;
  }

  get #socket(): SocketLike {
    return this.#parts.wire as Duplex & SocketLike;
  }

  override _read(): void {
    this.#wanted = true;
    if (this.#reading) return;
    this.#reading = true;
    this.#readWhileWanted().catch((error: Error) => this.destroy(error));
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    let sending: Promise<void> | undefined;
    try {
      sending = this.#send(chunk);
    } catch (error) {
      callback(error as Error);
      return;
    }
    if (sending) sending.then(() => this.#whenDrained(callback), callback);
    else this.#whenDrained(callback);
  }

  override _writev(chunks: { chunk: Uint8Array }[], callback: Callback): void {
    const all = chunks.length === 1 ? chunks[0]!.chunk : concatBytes(...chunks.map(({ chunk }) => chunk));
    this._write(all, 'buffer', callback);
  }

  override _final(callback: Callback): void {
    this.#sayGoodbye().then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: Callback): void {
    const { wire, sspi, context, source, release } = this.#parts;
    this.#watch.end();
    // An alert that the failure has left is on its way, and the connection ends behind it.
    if (error) closeSoon(wire);
    else wire.destroy();
    source.fail(error ?? brokenOff());
    const gone = sspi.deleteSecurityContext(context).then(release, release);
    gone.then(
      () => callback(error),
      () => callback(error),
    );
  }

  /** The reader may want more before a pump has come to its end. */
  async #readWhileWanted(): Promise<void> {
    while (this.#wanted) {
      this.#wanted = false;
      await this.#pump();
    }
    this.#reading = false;
  }

  /** Opens records until the reader has enough. */
  async #pump(): Promise<void> {
    for (;;) {
      if (this.destroyed || this.#ended) return;
      if (this.#pending.length === 0) {
        if (!(await this.#receive())) return;
        continue;
      }
      const opening = this.#openNext();
      const outcome = opening instanceof Promise ? await opening : opening;
      if (outcome === 'full' || outcome === 'ended') return;
      if (outcome === 'incomplete' && !(await this.#receive())) return;
    }
  }

  /** False at the end of the connection, which must not be here. */
  async #receive(): Promise<boolean> {
    const { source, handshake } = this.#parts;
    const bytes = await source.next();
    if (bytes) {
      // Messages are opened in place, and these bytes can be somebody else's.
      this.#pending = concatBytes(this.#pending, bytes);
      return true;
    }
    if (!this.destroyed) {
      this.destroy(
        handshake.refusal(SEC_E.INCOMPLETE_MESSAGE, 'the peer closed the connection without close_notify', {
          hint: 'What was received may not be all that was sent: do not trust the end of it.',
        }),
      );
    }
    return false;
  }

  #openNext(): Awaitable<Outcome> {
    const turn = this.#turns.enter();
    return turn ? turn.then(() => this.#openInTurn()) : this.#openInTurn();
  }

  #openInTurn(): Awaitable<Outcome> {
    if (this.destroyed) {
      this.#turns.leave();
      return 'ended';
    }
    let opened: Awaitable<MessageBuffers>;
    try {
      opened = this.#messages.open(this.#pending);
    } catch (error) {
      this.#turns.leave();
      throw this.#told(error);
    }
    if (opened instanceof Promise || opened.status === SEC_I.RENEGOTIATE) return this.#openLater(opened);
    this.#turns.leave();
    return this.#taken(opened);
  }

  async #openLater(opening: Awaitable<MessageBuffers>): Promise<Outcome> {
    let opened: MessageBuffers;
    try {
      opened = await opening;
      if (opened.status === SEC_I.RENEGOTIATE) {
        const left = findBuffer(opened, SECBUFFER.EXTRA) ?? findBuffer(opened, SECBUFFER.DATA)!;
        const { rest } = await this.#parts.handshake.run(left.data.slice());
        this.#pending = rest.slice();
        return 'more';
      }
    } catch (error) {
      throw this.#told(error);
    } finally {
      this.#turns.leave();
    }
    return this.#taken(opened);
  }

  /** The turn is over: whoever gets the plaintext may write at once. */
  #taken(opened: MessageBuffers): Outcome {
    if (opened.status === SEC_E.INCOMPLETE_MESSAGE) return 'incomplete';
    if (opened.status === SEC_I.CONTEXT_EXPIRED) {
      this.#pending = NOTHING;
      this.#ended = true;
      this.push(null);
      return 'ended';
    }
    this.#pending = findBuffer(opened, SECBUFFER.EXTRA)?.data ?? NOTHING;
    const plaintext = findBuffer(opened, SECBUFFER.DATA)?.data;
    return plaintext?.length && !this.push(plaintext) ? 'full' : 'more';
  }

  /** The error, of which the peer has its alert. */
  #told(error: unknown): unknown {
    const { wire } = this.#parts;
    const { token } = error as { token?: Uint8Array };
    if (token?.length && !wire.destroyed && !wire.writableEnded) wire.write(token);
    return error;
  }

  /** Undefined where all of it is on the wire already. */
  #send(bytes: Uint8Array): Promise<void> | undefined {
    const { maximum } = this.#messages;
    for (let at = 0; at < bytes.length; at += maximum) {
      const sending = this.#sendMessage(bytes.subarray(at, at + maximum));
      if (sending) return sending.then(() => this.#send(bytes.subarray(at + maximum)));
    }
    return undefined;
  }

  #sendMessage(plaintext: Uint8Array): Promise<void> | undefined {
    const turn = this.#turns.enter();
    return turn ? turn.then(() => this.#sendInTurn(plaintext)) : this.#sendInTurn(plaintext);
  }

  #sendInTurn(plaintext: Uint8Array): Promise<void> | undefined {
    const { wire } = this.#parts;
    let later: Promise<void> | undefined;
    try {
      if (wire.destroyed || wire.writableEnded) throw brokenOff();
      const sealed = this.#messages.seal(plaintext);
      if (sealed instanceof Promise) later = sealed.then(record => void wire.write(record));
      else wire.write(sealed);
    } finally {
      if (!later) this.#turns.leave();
    }
    return later?.finally(() => this.#turns.leave());
  }

  #whenDrained(callback: Callback): void {
    if (this.#parts.wire.writableNeedDrain && !this.#parts.wire.destroyed) this.#drained = callback;
    else callback();
  }

  #resumeWriting(error?: Error): void {
    const callback = this.#drained;
    this.#drained = undefined;
    callback?.(error);
  }

  async #sayGoodbye(): Promise<void> {
    const { wire, handshake, context } = this.#parts;
    const turn = this.#turns.enter();
    if (turn) await turn;
    try {
      if (wire.destroyed || wire.writableEnded) return;
      const token = await handshake.sayGoodbye(context);
      await new Promise<void>(resolve => wire.end(token, () => resolve()));
    } finally {
      this.#turns.leave();
    }
  }
}

const NOTHING = new Uint8Array(0);

function brokenOff(): Error {
  return Object.assign(new Error('the connection under TLS has closed'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}
