import type { TLSSocket } from 'node:tls';
import { concatBytes } from '../../bytes/concat.js';
import { SECPKG_ATTR } from '../../sspi/attributes.js';
import type { Awaitable } from '../../sspi/awaitable.js';
import { type SecBuffer, tokenBuffer } from '../../sspi/buffers.js';
import { type MessageBuffers, type MessageCall, SECQOP } from '../../sspi/messages.js';
import { SEC_E, SEC_I } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { InitializeLeg, LegResult, PackageContext } from '../security-package.js';
import type { PeerCertificates } from './attributes/certificate-contexts.js';
import { TLS13_TRAILER } from './attributes/cipher-attributes.js';
import { ConnectionAttributes } from './attributes/connection-attributes.js';
import { readControlToken } from './control-token.js';
import { EarlyMessages } from './early-messages.js';
import { inputToken, withExtra, withMissing } from './leg-buffers.js';
import {
  incomplete,
  openBuffer,
  openedRecord,
  type SealBuffers,
  sealBuffers,
  spreadSealed,
  unopened,
} from './messages.js';
import { CONTENT, RECORD_HEADER, recordAt } from './records.js';
import type { TlsEnd } from './tls/tls-end.js';
import { refuseMalformed, tlsFailure } from './tls-failure.js';

/**
 * handshake: until TLS is through; open: messages; asked: messages, until the peer answers that this side wants a renegotiation (TLS
 * 1.2); renegotiating: messages of a later handshake, which go through the context
 * functions (TLS 1.2), or one that TLS has taken already (TLS 1.3); closed: this side has said close_notify, and may still listen.
 */
type Phase = 'handshake' | 'open' | 'asked' | 'renegotiating' | 'closed';

/** What contexts of clients and servers have in common. */
export abstract class SchannelContext implements PackageContext {
  readonly asynchronous?: string;
  protected readonly end: TlsEnd;
  #phase: Phase = 'handshake';
  /** ApplyControlToken has asked for an end: the next leg says it. */
  #shuttingDown = false;
  /** Bytes at the start of the next leg's token that TLS has taken already. */
  #taken = 0;
  /** An answer that waits for the caller to say how to go on. */
  #held: Uint8Array = NOTHING;
  #begun = false;
  /** Handshakes that were through before the one that runs. */
  #handshakesBefore = 0;
  #renegotiations = 0;
  #recordsWithoutData = 0;
  readonly #early = new EarlyMessages();
  #peer: PeerCertificates | undefined;
  #shown: { readonly handshakes: number; readonly by: PeerCertificates } | undefined;
  #attributes: ConnectionAttributes | undefined;

  protected constructor(end: TlsEnd) {
    this.end = end;
    if (!end.synchronous) this.asynchronous = NO_TWINS;
  }

  /** ISC_RET or ASC_RET bits. */
  protected abstract attributes(contextReq: number, complete: boolean): number;
  /** What TLS has answered is ready: whether it goes to the peer now, or waits for the caller to say how to go on. Throws to refuse the peer. */
  protected abstract release(leg: InitializeLeg): Awaitable<'go' | 'ask-for-certificate'>;
  /** Checks and fixes what a first handshake has come to. */
  protected abstract conclude(leg: InitializeLeg): Awaitable<void>;
  /** The certificates that the peer has shown in the last handshake, its own first; asked for once. */
  protected abstract shown(): PeerCertificates;
  /** Whether a later connection may resume the session of this one. */
  protected abstract reconnects(wish: 'enable-reconnects' | 'disable-reconnects'): void;

  protected abstract readonly role: 'client' | 'server';

  async step(leg: InitializeLeg): Promise<LegResult> {
    if (this.#shuttingDown) return this.#sayGoodbye(leg);
    switch (this.#phase) {
      case 'asked':
        this.#phase = 'renegotiating';
        return this.#handshake(leg);
      case 'handshake':
      case 'renegotiating':
        return this.#handshake(leg);
      case 'open':
        return this.#renegotiate(leg);
      default:
        throw new PackageError(SEC_E.CONTEXT_EXPIRED, 'the context has said close_notify');
    }
  }

  /** Source: Microsoft Learn, "ApplyControlToken (Schannel)". */
  applyControlToken(buffers: readonly SecBuffer[]): void {
    const token = readControlToken(buffers);
    if (token === 'shutdown') this.#shuttingDown = true;
    else if (token === 'renegotiate') this.#checkRenegotiates();
    else this.reconnects(token);
  }

  queryAttribute(attribute: number): unknown {
    if (attribute === SECPKG_ATTR.STREAM_SIZES && !this.#attributes) return undefined;
    return this.#attributes?.query(attribute);
  }

  setAttribute(attribute: number, value: unknown): boolean {
    return this.#attributes?.set(attribute, value) ?? false;
  }

  encryptMessage(message: MessageCall): Awaitable<MessageBuffers> {
    if (message.qop === SECQOP.WRAP_OOB_DATA) {
      throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, 'alerts other than close_notify cannot be sent here');
    }
    if (this.#phase !== 'open' && !(this.#phase === 'asked' && this.role === 'server')) throw this.#expired();
    const parts = sealBuffers(message);
    const { header, trailer, maximumMessage } = this.#connection.streamSizes;
    if (parts.header.data.length < header || parts.trailer.data.length < trailer) {
      throw new PackageError(
        SEC_E.BUFFER_TOO_SMALL,
        `a header of ${header} bytes and a trailer of ${trailer} are needed`,
      );
    }
    const { length } = parts.data.data;
    if (length < 1 || length > maximumMessage) {
      throw new PackageError(SEC_E.INVALID_PARAMETER, `a message has 1 to ${maximumMessage} bytes here, not ${length}`);
    }
    const sealed = this.end.seal(parts.data.data);
    return sealed instanceof Promise
      ? sealed.then(chunks => this.#sealed(message, parts, chunks))
      : this.#sealed(message, parts, sealed);
  }

  decryptMessage(message: MessageCall): Awaitable<MessageBuffers> {
    if (this.#phase === 'handshake' || this.#phase === 'renegotiating') throw this.#expired();
    const received = openBuffer(message);
    if (this.end.ended) return unopened(message, received, 0, SEC_I.CONTEXT_EXPIRED);
    const record = recordAt(received, 0);
    switch (record.kind) {
      case 'partial':
        return incomplete(message, record.missing);
      case 'malformed':
        return refuseMalformed(this.end, received);
      case 'whole':
        if (record.type === CONTENT.HANDSHAKE && !this.isTls13) return this.#askedToRenegotiate(message, received);
        return this.#open(message, received, record.length);
    }
  }

  close(): void {
    this.#early.clear();
    this.end.destroy();
  }

  /** The certificates that the peer has shown in the last handshake, its own first. */
  protected peerCertificates(): PeerCertificates {
    const { handshakes } = this.end;
    if (this.#shown?.handshakes !== handshakes) this.#shown = { handshakes, by: this.shown() };
    return this.#shown.by;
  }

  protected get socket(): TLSSocket {
    return this.end.socket!;
  }

  protected get isTls13(): boolean {
    return this.end.socket?.getProtocol() === 'TLSv1.3';
  }

  /** Throws an error that says close_notify to the peer, there being no better alert that this side could send. */
  protected refuse(status: number, detail: string, hint?: string): Awaitable<never> {
    const token = this.end.shutDown();
    return token instanceof Promise ? token.then(said => refused(said)) : refused(token);

    function refused(said: Uint8Array): never {
      throw new PackageError(status, detail, { token: said, ...(hint !== undefined && { hint }) });
    }
  }

  get #connection(): ConnectionAttributes {
    if (!this.#attributes) throw new PackageError(SEC_E.INVALID_HANDLE, 'the handshake is not through');
    return this.#attributes;
  }

  async #handshake(leg: InitializeLeg): Promise<LegResult> {
    const token = inputToken(leg.input);
    const complete = () => this.end.handshakes > this.#handshakesBefore;
    let used = this.#taken;
    this.#taken = 0;
    let missing = 0;
    while (!complete() && !this.end.failure) {
      const record = recordAt(token, used);
      if (record.kind === 'partial') {
        missing = record.missing;
        break;
      }
      if (record.kind === 'malformed') {
        await refuseMalformed(this.end, token.subarray(used));
        break;
      }
      const bytes = token.subarray(used, used + record.length);
      this.end.feed(bytes);
      used += record.length;
      if (this.#phase === 'renegotiating' && record.type === CONTENT.APPLICATION_DATA && !this.isTls13) {
        await this.#settled();
        this.#early.add(bytes, this.end.takePlaintext() ?? NOTHING);
      }
    }
    await this.end.settleHandshake();
    this.#refuseFailed();
    const expected = this.#phase === 'handshake' && (this.role === 'server' || this.#begun);
    this.#begun = true;
    if (used === 0 && missing > 0 && (token.length > 0 || expected)) {
      const input = withMissing(leg.input, missing);
      return {
        status: SEC_E.INCOMPLETE_MESSAGE,
        output: [],
        input,
        contextAttr: this.attributes(leg.contextReq, false),
      };
    }
    const output = concatBytes(this.#held, this.end.takeOutput());
    this.#held = NOTHING;
    if ((await this.release(leg)) === 'ask-for-certificate') {
      this.#held = output;
      this.#taken = used;
      const contextAttr = this.attributes(leg.contextReq, false);
      return { status: SEC_I.INCOMPLETE_CREDENTIALS, output: [], input: [...leg.input], contextAttr };
    }
    if (complete()) await this.#completed(leg);
    const status = complete() ? SEC_E.OK : SEC_I.CONTINUE_NEEDED;
    if (status === SEC_E.OK) this.#phase = 'open';
    return {
      status,
      output: output.length > 0 ? [tokenBuffer(output)] : [],
      input: withExtra(leg.input, used, status === SEC_E.OK ? this.#early.takeRecords() : NOTHING),
      contextAttr: this.attributes(leg.contextReq, status === SEC_E.OK),
    };
  }

  async #completed(leg: InitializeLeg): Promise<void> {
    if (this.#attributes) {
      await this.#checkSamePeer();
      return;
    }
    this.#peer = this.peerCertificates();
    await this.conclude(leg);
    this.#attributes = new ConnectionAttributes(this.socket, this.role, this.#peer);
  }

  /** Whoever is at the other end of a context stays it (RFC 5246 F.1.4 leaves that to applications, which have it here). */
  async #checkSamePeer(): Promise<void> {
    // A resumed session is one with the peer that it was begun with.
    if (this.socket.isSessionReused()) return;
    const before = this.#peer?.leaf?.raw;
    const now = this.peerCertificates().leaf?.raw;
    const same = before && now ? before.equals(now) : before === now;
    if (!same) await this.refuse(SEC_E.CERT_UNKNOWN, 'the peer changed its certificate in a renegotiation');
  }

  /** Waits for TLS; throws what it has failed with, and its alert. */
  #settled(): Awaitable<void> {
    const settling = this.end.settle();
    return settling ? settling.then(() => this.#refuseFailed()) : this.#refuseFailed();
  }

  #refuseFailed(): void {
    const { failure } = this.end;
    if (failure) throw tlsFailure(failure, this.end.takeOutput());
    if (this.end.ended && this.#phase === 'handshake') {
      throw new PackageError(SEC_E.ILLEGAL_MESSAGE, 'the peer said close_notify in the middle of the handshake');
    }
  }

  /** A leg of a context that stands: this side wants a renegotiation. */
  async #renegotiate(leg: InitializeLeg): Promise<LegResult> {
    this.#checkRenegotiates();
    this.#beginRenegotiation();
    this.end.renegotiate();
    const result = await this.#handshake(leg);
    if (result.status === SEC_I.CONTINUE_NEEDED) this.#phase = 'asked';
    return result;
  }

  /** The leg that follows begins it, whether ApplyControlToken has said so or not. */
  #checkRenegotiates(): void {
    if (this.#phase !== 'open')
      throw new PackageError(SEC_E.OUT_OF_SEQUENCE, 'a handshake runs, or the connection ends');
    if (this.isTls13) throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION, 'TLS 1.3 has no renegotiation');
  }

  #beginRenegotiation(): void {
    this.#renegotiations += 1;
    if (this.#renegotiations > MOST_RENEGOTIATIONS) {
      throw new PackageError(SEC_E.ILLEGAL_MESSAGE, `a context renegotiates ${MOST_RENEGOTIATIONS} times at most`);
    }
    this.#handshakesBefore = this.end.handshakes;
    this.#phase = 'renegotiating';
  }

  /** TLS 1.2: messages of a handshake belong to the context functions. A client may not begin one with a server (CVE-2011-1473). */
  #askedToRenegotiate(message: MessageCall, received: Uint8Array): Awaitable<MessageBuffers> {
    if (this.#phase === 'asked') {
      this.#phase = 'renegotiating';
      return unopened(message, received, 0, SEC_I.RENEGOTIATE);
    }
    if (this.role === 'server') {
      return this.refuse(SEC_E.ILLEGAL_MESSAGE, 'the client wants to renegotiate, which this server does not do');
    }
    this.#beginRenegotiation();
    return unopened(message, received, 0, SEC_I.RENEGOTIATE);
  }

  async #sayGoodbye(leg: InitializeLeg): Promise<LegResult> {
    this.#shuttingDown = false;
    this.#phase = 'closed';
    const output = await this.end.shutDown();
    const contextAttr = this.attributes(leg.contextReq, true);
    return { status: SEC_E.OK, output: [tokenBuffer(output)], contextAttr };
  }

  #sealed(message: MessageCall, parts: SealBuffers, chunks: readonly Uint8Array[]): MessageBuffers {
    const { failure } = this.end;
    if (failure) throw tlsFailure(failure, NOTHING);
    return spreadSealed(message, parts, this.#connection.streamSizes.header, chunks);
  }

  #open(message: MessageCall, received: Uint8Array, length: number): Awaitable<MessageBuffers> {
    const early = this.#early.take(length);
    if (!early) this.end.feed(length === received.length ? received : received.subarray(0, length));
    const plaintext = early ?? this.end.takePlaintext();
    if (plaintext === undefined) return this.#openLater(message, received, length);
    this.#recordsWithoutData = 0;
    return this.#opened(message, received, length, plaintext);
  }

  #opened(message: MessageCall, received: Uint8Array, length: number, plaintext: Uint8Array): MessageBuffers {
    return openedRecord(message, received, length, this.#connection.streamSizes.header, plaintext);
  }

  /** A record that has not given plaintext at once. `length`: of it, or of all that was received where that is no record. */
  #openLater(message: MessageCall, received: Uint8Array, length: number): Awaitable<MessageBuffers> {
    const settling = this.#settled();
    return settling instanceof Promise
      ? settling.then(() => this.#openedLater(message, received, length))
      : this.#openedLater(message, received, length);
  }

  #openedLater(message: MessageCall, received: Uint8Array, length: number): Awaitable<MessageBuffers> {
    const plaintext = this.end.takePlaintext();
    if (plaintext) return this.#opened(message, received, length, plaintext);
    if (this.end.ended) return unopened(message, received, length, SEC_I.CONTEXT_EXPIRED);
    this.#recordsWithoutData += 1;
    if (this.#recordsWithoutData > MOST_RECORDS_WITHOUT_DATA) {
      return this.refuse(SEC_E.ILLEGAL_MESSAGE, 'the peer sends one record without data after the other');
    }
    if (!this.isTls13 || length === RECORD_HEADER + TLS13_TRAILER) {
      return this.#opened(message, received, length, NOTHING);
    }
    // A message after the handshake (RFC 8446 4.6): TLS has taken it, and what it says to it comes out of the next leg.
    this.#taken = length;
    this.#phase = 'renegotiating';
    this.#handshakesBefore = this.end.handshakes - 1;
    return unopened(message, received, 0, SEC_I.RENEGOTIATE);
  }

  #expired(): PackageError {
    if (this.#phase === 'closed') return new PackageError(SEC_E.CONTEXT_EXPIRED, 'the context has said close_notify');
    return new PackageError(
      SEC_E.CONTEXT_EXPIRED,
      'a message of a handshake is still to be given to the context function',
      {
        hint: 'After SEC_I_RENEGOTIATE call the function that made the context, with what DecryptMessage left as its token.',
      },
    );
  }
}

const NOTHING = new Uint8Array(0);

const NO_TWINS =
  'node:tls ends its work in a later turn of the event loop: use the promise form, encryptMessage or decryptMessage';

const MOST_RENEGOTIATIONS = 3;
/** In a row: enough for every ticket and KeyUpdate that makes sense. */
const MOST_RECORDS_WITHOUT_DATA = 32;
