import { connect, type Socket } from 'node:net';
import { encodeBase64 } from '../../bytes/base64.js';
import type { SaslClient } from '../../context/sasl-client.js';
import { IMAP_LIMITS } from './limits.js';
import { LineChannel } from './line-channel.js';
import { decodeToken, ProtocolError } from './sasl-text.js';
import { type ImapResponse, parseCapabilities, parseResponse } from './syntax.js';

/** The server said NO or BAD. */
export class ImapRefusal extends Error {
  override readonly name: string = 'ImapRefusal';
  readonly response: ImapResponse;

  constructor(response: ImapResponse) {
    super(`${response.status} ${response.text}`);
    this.response = response;
  }
}

export interface ImapClientOptions {
  readonly port: number;
  /** Hears every line that the client sends. */
  readonly sent?: (line: string) => void;
}

/** The client side: connects, logs on with SASL, sends commands. */
export class ImapClient {
  readonly #socket: Socket;
  readonly #channel: LineChannel;
  readonly #sent: (line: string) => void;
  #capabilities: readonly string[] = [];
  #commandCount = 0;

  private constructor(socket: Socket, options: ImapClientOptions) {
    this.#socket = socket;
    this.#channel = new LineChannel(socket, IMAP_LIMITS.lineLength);
    this.#sent = options.sent ?? (() => {});
  }

  /** Connects on loopback and reads the greeting. */
  static async connect(options: ImapClientOptions): Promise<ImapClient> {
    const socket = connect(options.port, '127.0.0.1');
    socket.setTimeout(IMAP_LIMITS.logonTime, () => socket.destroy(new Error('the server does not answer')));
    await new Promise<void>((resolve, reject) => socket.once('error', reject).once('connect', resolve));
    // From here on a broken connection shows in the reads and writes.
    socket.on('error', () => {});
    const client = new ImapClient(socket, options);
    const greeting = await client.#read();
    client.#capabilities = parseCapabilities(greeting);
    return client;
  }

  /** Logs on. Throws what the SASL client throws, after cancelling the exchange, and `ImapRefusal` where the server refuses. */
  async authenticate(mechanism: string, sasl: SaslClient): Promise<void> {
    const first = await sasl.step();
    const early = first.token && this.#capabilities.includes('SASL-IR');
    const tag = this.#nextTag();
    await this.#send(
      early
        ? `${tag} AUTHENTICATE ${mechanism} ${encodeBase64(first.token ?? new Uint8Array(0)) || '='}`
        : `${tag} AUTHENTICATE ${mechanism}`,
    );
    await this.#respond(tag, sasl, { done: first.done, late: early ? undefined : first.token });
    if (sasl.layer !== 'none') this.#channel.secure(sasl);
  }

  /** Sends a command and waits for its tagged answer. Throws `ImapRefusal` unless that is OK. */
  async command(text: string): Promise<ImapResponse> {
    const tag = this.#nextTag();
    await this.#send(`${tag} ${text}`);
    return this.#finish(tag, await this.#read());
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Answers challenges; `late` is a first response that could not go with the command. */
  async #respond(tag: string, sasl: SaslClient, state: { done: boolean; late: Uint8Array | undefined }): Promise<void> {
    let { done, late } = state;
    for (;;) {
      const line = await this.#read();
      if (!line.startsWith('+')) {
        await this.#finish(tag, line);
        if (!done) throw new ProtocolError('the server ended the logon before the mechanism was done');
        return;
      }
      let token = late;
      if (token === undefined) ({ token, done } = await this.#step(tag, sasl, line));
      late = undefined;
      await this.#send(encodeBase64(token ?? new Uint8Array(0)));
    }
  }

  async #step(tag: string, sasl: SaslClient, line: string): Promise<{ token: Uint8Array | undefined; done: boolean }> {
    try {
      const { token, done } = await sasl.step(decodeToken(line.slice(2)));
      return { token, done };
    } catch (error) {
      await this.#send('*');
      await this.#finish(tag, await this.#read()).catch(() => {});
      throw error;
    }
  }

  /** Reads up to the tagged answer, past untagged ones. */
  async #finish(tag: string, first: string): Promise<ImapResponse> {
    let response = parseResponse(first);
    while (response.tag === '*') response = parseResponse(await this.#read());
    if (response.tag !== tag) throw new ProtocolError(`an answer to ${response.tag}, not to ${tag}`);
    if (response.status !== 'OK') throw new ImapRefusal(response);
    return response;
  }

  async #read(): Promise<string> {
    const line = await this.#channel.readLine();
    if (line === undefined) throw new ProtocolError('the server ended the connection');
    return line;
  }

  async #send(line: string): Promise<void> {
    this.#sent(line);
    await this.#channel.writeLines(line);
  }

  #nextTag(): string {
    return `a${++this.#commandCount}`;
  }
}
