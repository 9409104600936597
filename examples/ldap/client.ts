import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SaslClient, SchannelStream } from 'secur32';
import {
  encodeBindRequest,
  encodeExtendedRequest,
  encodeMessage,
  type Message,
  parseResult,
  RESULT,
  type Result,
  START_TLS,
  takeMessage,
  WHO_AM_I,
} from './messages.js';

/** The directory said no. */
export class LdapError extends Error {
  readonly code: number;

  constructor({ code, diagnostic }: Result) {
    super(`LDAP result ${code} ${diagnostic}`);
    this.code = code;
  }
}

/** An LDAP client that can do a SASL bind and ask "Who am I?" through the layer. One request at a time. */
export class LdapClient {
  readonly #socket: Socket;
  #stream: Duplex;
  #chunks: AsyncIterator<Uint8Array>;
  #pending: Uint8Array = new Uint8Array(0);
  #layer: SaslClient | undefined;
  #lastId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#stream = socket;
    this.#chunks = socket.iterator({ destroyOnReturn: false });
  }

  static async connect(port: number, host: string): Promise<LdapClient> {
    const socket = connect(port, host);
    socket.setTimeout(30_000, () => socket.destroy(new Error('the directory does not answer')));
    await new Promise<void>((resolve, reject) => socket.once('error', reject).once('connect', resolve));
    return LdapClient.over(socket);
  }

  /** A client over a connection that stands: one with TLS, for example. */
  static over(socket: Socket): LdapClient {
    socket.on('error', () => {});
    return new LdapClient(socket);
  }

  /** Makes the connection secure (RFC 4511 4.14), before anything is said that matters. */
  async startTls(secure: (socket: Socket) => Promise<SchannelStream>): Promise<void> {
    const { code, diagnostic } = await this.#request(encodeExtendedRequest(START_TLS));
    if (code !== RESULT.SUCCESS) throw new LdapError({ code, diagnostic });
    // Somebody on the way could have put it there, to be taken for what came through TLS.
    if (this.#pending.length > 0) throw new Error('the directory goes on in the clear');
    const stream = await secure(this.#socket);
    stream.on('error', () => {});
    this.#stream = stream;
    this.#chunks = stream.iterator({ destroyOnReturn: false });
  }

  /** Binds. What comes with the response that ends the bind is the mechanism's last challenge (RFC 4513 5.2.1.3). */
  async bind(mechanism: string, sasl: SaslClient): Promise<void> {
    let { token, done } = await sasl.step();
    // A client that is done without a word has an empty response to send, which is not an absent one (RFC 4513 5.2.1.2).
    if (done) token ??= new Uint8Array(0);
    for (;;) {
      const { code, diagnostic, data } = await this.#request(
        encodeBindRequest({ mechanism, ...(token && { credentials: token }) }),
      );
      if (code !== RESULT.SUCCESS && code !== RESULT.SASL_BIND_IN_PROGRESS) throw new LdapError({ code, diagnostic });
      if (!done) ({ token = new Uint8Array(0), done } = await sasl.step(data ?? new Uint8Array(0)));
      if (code === RESULT.SUCCESS) break;
    }
    if (!done) throw new Error('the directory ended the bind before the mechanism was done');
    this.#layer = sasl;
  }

  /** The authorization identity, in the form of RFC 4513 5.2.1.8. */
  async whoAmI(): Promise<string> {
    const result = await this.#request(encodeExtendedRequest(WHO_AM_I));
    if (result.code !== RESULT.SUCCESS) throw new LdapError(result);
    return new TextDecoder().decode(result.data);
  }

  close(): void {
    this.#stream.destroy();
  }

  async #request(operation: Uint8Array): Promise<Result> {
    const id = ++this.#lastId;
    const request = encodeMessage(id, operation);
    this.#stream.write(this.#layer ? this.#layer.wrap(request) : request);
    const answer = await this.#receive();
    if (answer.id !== id) throw new Error(`an answer to request ${answer.id}, not to ${id}`);
    return parseResult(answer.content);
  }

  async #receive(): Promise<Message> {
    for (;;) {
      const taken = takeMessage(this.#pending);
      if (taken) {
        this.#pending = taken.rest;
        return taken.message;
      }
      const { value, done } = await this.#chunks.next();
      if (done) throw new Error('the directory ended the connection');
      const plain = this.#layer ? this.#layer.unwrap(value) : value;
      this.#pending = new Uint8Array(Buffer.concat([this.#pending, plain]));
    }
  }
}
