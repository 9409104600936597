import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { concatBytes } from '../bytes/concat.js';
import type { StreamSizes } from '../sspi/attribute-values.js';
import { findBuffer, SECBUFFER } from '../sspi/buffers.js';
import type { SecurityFunctionTable } from '../sspi/function-table.js';
import type { CtxtHandle } from '../sspi/handles.js';
import { SEC_E, SEC_I } from '../sspi/status.js';
import { Turns } from '../sspi/turns.js';
import type { ByteSource } from './byte-source.js';
import { closeSoon } from './close-soon.js';
import { Watch } from './forgotten.js';
import type { PeerIdentity } from './identity.js';
import type { ContextRole } from './protection.js';
import type { SchannelHandshake } from './schannel-handshake.js';

type Callback = (error?: Error | null) => void;

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
    const { wire, sspi, context } = parts;
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
    this.#send(chunk).then(() => this.#whenDrained(callback), callback);
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
      const outcome = await this.#openNext();
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

  async #openNext(): Promise<'more' | 'full' | 'ended' | 'incomplete'> {
    const { sspi, context, handshake, wire } = this.#parts;
    const turn = this.#turns.enter();
    if (turn) await turn;
    try {
      if (this.destroyed) return 'ended';
      const data = { type: SECBUFFER.DATA, data: this.#pending };
      const opened = await sspi.decryptMessage(context, { buffers: [data, EMPTY, EMPTY, EMPTY] });
      const extra = findBuffer(opened, SECBUFFER.EXTRA)?.data;
      switch (opened.status) {
        case SEC_E.INCOMPLETE_MESSAGE:
          return 'incomplete';
        case SEC_I.CONTEXT_EXPIRED:
          this.#pending = NOTHING;
          this.#ended = true;
          this.push(null);
          return 'ended';
        case SEC_I.RENEGOTIATE: {
          const { rest } = await handshake.run((extra ?? findBuffer(opened, SECBUFFER.DATA)!.data).slice());
          this.#pending = rest.slice();
          return 'more';
        }
      }
      this.#pending = extra ?? NOTHING;
      const plaintext = findBuffer(opened, SECBUFFER.DATA)?.data;
      return plaintext?.length && !this.push(plaintext) ? 'full' : 'more';
    } catch (error) {
      const { token } = error as { token?: Uint8Array };
      if (token?.length && !wire.destroyed && !wire.writableEnded) wire.write(token);
      throw error;
    } finally {
      this.#turns.leave();
    }
  }

  async #send(bytes: Uint8Array): Promise<void> {
    const { maximumMessage } = this.#parts.sizes;
    for (let at = 0; at < bytes.length; at += maximumMessage) {
      await this.#sendMessage(bytes.subarray(at, at + maximumMessage));
    }
  }

  async #sendMessage(plaintext: Uint8Array): Promise<void> {
    const { sspi, context, wire, sizes } = this.#parts;
    const { header, trailer } = sizes;
    const end = header + plaintext.length;
    const room = Buffer.allocUnsafeSlow(end + trailer);
    room.set(plaintext, header);
    const turn = this.#turns.enter();
    if (turn) await turn;
    try {
      if (wire.destroyed || wire.writableEnded) throw brokenOff();
      const sealed = await sspi.encryptMessage(context, {
        buffers: [
          { type: SECBUFFER.STREAM_HEADER, data: room.subarray(0, header) },
          { type: SECBUFFER.DATA, data: room.subarray(header, end) },
          { type: SECBUFFER.STREAM_TRAILER, data: room.subarray(end) },
          EMPTY,
        ],
      });
      const length = sealed.reduce((sum, { data }) => sum + data.length, 0);
      wire.write(room.subarray(0, length));
    } finally {
      this.#turns.leave();
    }
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
const EMPTY = { type: SECBUFFER.EMPTY, data: NOTHING };

function brokenOff(): Error {
  return Object.assign(new Error('the connection under TLS has closed'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}
