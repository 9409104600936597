import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Credential, SaslServer, type SchannelStream, SspiError } from 'secur32';
import {
  encodeMessage,
  encodeResult,
  type Message,
  OPERATION,
  parseBindRequest,
  parseExtendedRequest,
  RESULT,
  type Result,
  START_TLS,
  takeMessage,
  WHO_AM_I,
} from './messages.js';

/** What a responder is made with. */
export interface ResponderOptions {
  /** SASL mechanisms and the inbound credential of each. */
  readonly credentials: ReadonlyMap<string, Credential>;
  /** The names that clients know this host by. */
  readonly hosts: readonly string[];
  /** Of the TLS connections that it is reached through, where it is: binds to another channel, or to none, are refused. */
  readonly channelBindings?: Uint8Array;
  /** Makes a connection secure when its client asks for that; `head` is what came behind the request. Without it none can ask. */
  readonly startTls?: (socket: Socket, head: Uint8Array) => Promise<SchannelStream>;
  /** Hears of every bind that succeeds. */
  readonly bound?: (sasl: SaslServer) => void;
}

/** An LDAP server that can do three things: StartTLS, a SASL bind with its security layer (RFC 4513 5.2), and "Who am I?" (RFC 4532). */
export function createLdapResponder(options: ResponderOptions): Server {
  return createServer(socket => {
    socket.setTimeout(60_000, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    // A client that breaks the rules or tampers with the layer loses its connection.
    new Connection(socket, options).serve().catch(() => socket.destroy());
  });
}

class Connection {
  readonly #socket: Socket;
  readonly #options: ResponderOptions;
  #secure: SchannelStream | undefined;
  #pending: Uint8Array = new Uint8Array(0);
  #sasl: SaslServer | undefined;
  /** The same once the bind has succeeded: from then on it protects both directions. */
  #layer: SaslServer | undefined;

  constructor(socket: Socket, options: ResponderOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  async serve(): Promise<void> {
    try {
      while ((await this.#serveUntilChange()) === 'start-tls') {
        // What came behind the request is TLS already, and no LDAP in the clear (RFC 4511 4.14.1).
        this.#secure = await this.#options.startTls!(this.#socket, this.#pending);
        this.#secure.on('error', () => this.#socket.destroy());
        this.#pending = new Uint8Array(0);
      }
    } finally {
      await this.#sasl?.close();
      this.#stream.end();
    }
  }

  get #stream(): Duplex {
    return this.#secure ?? this.#socket;
  }

  async #serveUntilChange(): Promise<'end' | 'start-tls'> {
    for await (const chunk of this.#stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      const plain = this.#layer ? this.#layer.unwrap(chunk) : chunk;
      this.#pending = new Uint8Array(Buffer.concat([this.#pending, plain]));
      const next = await this.#answerAll();
      if (next !== 'go-on') return next;
    }
    return 'end';
  }

  /** Answers the messages that are whole by now, one at a time: a bind or StartTLS changes how the next one is read. */
  async #answerAll(): Promise<'go-on' | 'end' | 'start-tls'> {
    for (let taken = takeMessage(this.#pending); taken; taken = takeMessage(this.#pending)) {
      this.#pending = taken.rest;
      if (taken.message.operation === OPERATION.UNBIND_REQUEST) return 'end';
      if ((await this.#answer(taken.message)) === 'start-tls') return 'start-tls';
    }
    return 'go-on';
  }

  async #answer({ id, operation, content }: Message): Promise<'go-on' | 'start-tls'> {
    if (operation !== OPERATION.BIND_REQUEST) {
      const name = operation === OPERATION.EXTENDED_REQUEST ? parseExtendedRequest(content) : undefined;
      const result =
        name === undefined ? refuse(RESULT.UNWILLING_TO_PERFORM, 'this server only binds') : this.#extended(name);
      this.#send(encodeMessage(id, encodeResult(OPERATION.EXTENDED_RESPONSE, result)));
      return name === START_TLS && result.code === RESULT.SUCCESS ? 'start-tls' : 'go-on';
    }
    const result = await this.#bind(content);
    this.#send(encodeMessage(id, encodeResult(OPERATION.BIND_RESPONSE, result)));
    if (result.code !== RESULT.SUCCESS) return 'go-on';
    // RFC 4513 5.2.1.4: the layer starts with the first octet after this response. What is there already must be protected, too.
    this.#layer = this.#sasl!;
    this.#options.bound?.(this.#layer);
    this.#pending = this.#layer.unwrap(this.#pending);
    return 'go-on';
  }

  async #bind(content: Uint8Array): Promise<Result> {
    const { mechanism = '', credentials } = parseBindRequest(content);
    const credential = this.#options.credentials.get(mechanism);
    if (!credential) return refuse(RESULT.AUTH_METHOD_NOT_SUPPORTED, 'there is no such mechanism here');
    if (this.#layer) return refuse(RESULT.UNWILLING_TO_PERFORM, 'one bind is enough');
    try {
      if (this.#sasl?.mechanism !== mechanism) await this.#begin(mechanism, credential);
      const { token, done } = await this.#sasl!.step(credentials);
      const code = done ? RESULT.SUCCESS : RESULT.SASL_BIND_IN_PROGRESS;
      return { code, diagnostic: '', ...(token && { data: token }) };
    } catch (error) {
      if (!(error instanceof SspiError)) throw error;
      this.#sasl = undefined;
      return { ...refuse(RESULT.INVALID_CREDENTIALS, error.code), ...(error.token && { data: error.token }) };
    }
  }

  async #begin(mechanism: string, credential: Credential): Promise<void> {
    const { channelBindings, hosts } = this.#options;
    await this.#sasl?.close();
    this.#sasl = await SaslServer.create({
      mechanism,
      credential,
      service: 'ldap',
      host: hosts,
      ...(channelBindings && { channelBindings }),
      ...(this.#secure && { connection: this.#secure }),
      // An authzId is `u:` and a user, or `dn:` and a distinguished name (RFC 4513 5.2.1.8); nobody may act as somebody else here.
      authorize: ({ authorizationId, names }) => names.some(name => authorizationId === `u:${name}`),
    });
  }

  #extended(name: string): Result {
    switch (name) {
      case WHO_AM_I: {
        const authzId = this.#layer ? `u:${this.#layer.identity.name}` : '';
        return { code: RESULT.SUCCESS, diagnostic: '', data: new TextEncoder().encode(authzId) };
      }
      case START_TLS:
        if (!this.#options.startTls) return refuse(RESULT.PROTOCOL_ERROR, 'there is no TLS here');
        // RFC 4511 4.14.1: not twice, and not in the middle of a bind; under a layer it would not be seen where it stands.
        if (this.#secure || this.#sasl) return refuse(RESULT.OPERATIONS_ERROR, 'it is too late for TLS');
        return { code: RESULT.SUCCESS, diagnostic: '' };
      default:
        return refuse(RESULT.PROTOCOL_ERROR, 'no such extension');
    }
  }

  #send(message: Uint8Array): void {
    this.#stream.write(this.#layer ? this.#layer.wrap(message) : message);
  }
}

function refuse(code: number, diagnostic: string): Result {
  return { code, diagnostic };
}
