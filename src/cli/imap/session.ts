import type { Socket } from 'node:net';
import { encodeBase64 } from '../../bytes/base64.js';
import type { SaslServer } from '../../context/sasl-server.js';
import { SspiError } from '../../sspi/error.js';
import { packageVersion } from '../package-version.js';
import type { ImapLimits } from './limits.js';
import { LineChannel, LineError } from './line-channel.js';
import { decodeToken, ProtocolError } from './sasl-text.js';
import { type ImapCommand, parseCommand } from './syntax.js';

/** Hears what happens on one connection, in order. */
export interface ImapObserver {
  /** The server sends a line. */
  sent?(line: string): void;
  loggedOn?(sasl: SaslServer, mechanism: string): void;
  refused?(error: unknown, mechanism: string): void;
  /** The connection ends because of a fault: the security layer's, or the peer's grammar. */
  failed?(error: unknown): void;
  closed?(): void;
}

/** The part of the server's options that a session needs. */
export interface SessionOptions {
  readonly mechanisms: readonly string[];
  readonly createSasl: (mechanism: string) => Promise<SaslServer>;
}

/** Milliseconds. */
const LAST_WORDS_TIME = 1000;

/** One connection of an IMAP server. */
export class ImapSession {
  readonly #socket: Socket;
  readonly #channel: LineChannel;
  readonly #options: SessionOptions;
  readonly #limits: ImapLimits;
  readonly #observer: ImapObserver;
  #sasl: SaslServer | undefined;
  #failedLogons = 0;

  constructor(socket: Socket, options: SessionOptions, limits: ImapLimits, observer: ImapObserver) {
    this.#socket = socket;
    this.#channel = new LineChannel(socket, limits.lineLength);
    this.#options = options;
    this.#limits = limits;
    this.#observer = observer;
  }

  /** Serves the connection until it ends; never rejects. */
  async run(): Promise<void> {
    const deadline = setTimeout(() => this.#socket.destroy(), this.#limits.logonTime);
    this.#socket.once('close', () => clearTimeout(deadline));
    this.#socket.setTimeout(this.#limits.idleTime, () => this.#socket.destroy());
    try {
      await this.#send(`* OK [CAPABILITY ${this.#capabilities()}] secur32 ${packageVersion()} is ready`);
      await this.#converse(() => clearTimeout(deadline));
      await this.#end();
    } catch (error) {
      await this.#giveUp(error);
    } finally {
      clearTimeout(deadline);
      await this.#sasl?.close();
      this.#socket.destroy();
      this.#observer.closed?.();
    }
  }

  async #converse(loggedOn: () => void): Promise<void> {
    for (;;) {
      const line = await this.#channel.readLine();
      if (line === undefined) return;
      const command = parseCommand(line);
      if (!command) {
        await this.#send('* BAD this is no command');
        continue;
      }
      if (command.name === 'LOGOUT') {
        return this.#send('* BYE until next time', `${command.tag} OK LOGOUT completed`);
      }
      await this.#answer(command);
      if (this.#sasl) loggedOn();
      if (this.#failedLogons >= this.#limits.failedLogons) {
        await this.#send('* BYE too many failed logons');
        return;
      }
    }
  }

  async #answer({ tag, name, rest }: ImapCommand): Promise<void> {
    switch (name) {
      case 'CAPABILITY':
        await this.#send(`* CAPABILITY ${this.#capabilities()}`);
        return this.#send(`${tag} OK CAPABILITY completed`);
      case 'NOOP':
        return this.#send(`${tag} OK NOOP completed`);
      case 'AUTHENTICATE':
        if (this.#sasl) return this.#send(`${tag} BAD already logged on`);
        return this.#authenticate(tag, rest);
      case 'LOGIN':
        return this.#send(`${tag} NO [PRIVACYREQUIRED] LOGIN is disabled, use AUTHENTICATE`);
      case 'SELECT':
      case 'EXAMINE':
      case 'STATUS':
        return this.#send(
          this.#sasl ? `${tag} NO [NONEXISTENT] there are no mailboxes here` : `${tag} BAD log on first`,
        );
      default:
        return this.#send(`${tag} BAD unknown command`);
    }
  }

  #capabilities(): string {
    if (this.#sasl) return 'IMAP4rev2';
    return ['IMAP4rev2', 'SASL-IR', 'LOGINDISABLED', ...this.#options.mechanisms.map(name => `AUTH=${name}`)].join(' ');
  }

  async #authenticate(tag: string, rest: string): Promise<void> {
    const [name = '', initialResponse] = rest.split(' ', 2);
    const mechanism = this.#options.mechanisms.find(each => each === name.toUpperCase());
    if (!mechanism) return this.#send(`${tag} NO there is no such mechanism`);
    const sasl = await this.#options.createSasl(mechanism);
    try {
      await this.#exchange(sasl, initialResponse);
    } catch (error) {
      await sasl.close();
      return this.#refuse(tag, mechanism, error);
    }
    this.#sasl = sasl;
    this.#observer.loggedOn?.(sasl, mechanism);
    await this.#send(`${tag} OK logged on`);
    // RFC 9051 6.2.2: the layer starts after the CRLF of the tagged OK.
    if (sasl.layer !== 'none') this.#channel.secure(sasl);
  }

  /** Challenges and responses until the mechanism is done. RFC 4959 3: `=` stands for an initial response that is empty. */
  async #exchange(sasl: SaslServer, initialResponse: string | undefined): Promise<void> {
    let input = initialResponse === undefined ? undefined : decodeToken(initialResponse === '=' ? '' : initialResponse);
    for (;;) {
      const { token, done } = await this.#step(sasl, input);
      if (done && !token?.length) return;
      input = await this.#challenge(token);
      // IMAP's OK carries no data: what comes with success travels as one more challenge (RFC 4422 3).
      if (done && input.length > 0) throw new ProtocolError('the last response must be empty');
      if (done) return;
    }
  }

  /** One step; a token that a failure leaves still reaches the client. */
  async #step(sasl: SaslServer, input: Uint8Array | undefined): Promise<{ token?: Uint8Array; done: boolean }> {
    try {
      return await sasl.step(input);
    } catch (error) {
      if (error instanceof SspiError && error.token?.length) await this.#challenge(error.token);
      throw error;
    }
  }

  async #challenge(token: Uint8Array = new Uint8Array(0)): Promise<Uint8Array> {
    await this.#send(`+ ${encodeBase64(token)}`);
    const line = await this.#channel.readLine();
    if (line === undefined) throw new ProtocolError('the client left in the middle of the logon');
    if (line === '*') throw new ProtocolError('the client cancelled the logon');
    return decodeToken(line);
  }

  /** RFC 9051 6.2.2: NO refuses credentials, BAD a broken or cancelled exchange. */
  async #refuse(tag: string, mechanism: string, error: unknown): Promise<void> {
    this.#failedLogons++;
    this.#observer.refused?.(error, mechanism);
    if (error instanceof SspiError) return this.#send(`${tag} NO [AUTHENTICATIONFAILED] ${error.code}`);
    if (error instanceof ProtocolError) return this.#send(`${tag} BAD ${error.message}`);
    throw error;
  }

  async #giveUp(error: unknown): Promise<void> {
    this.#observer.failed?.(error);
    // RFC 4422 3.7: a buffer that does not unwrap ends the connection, without a word.
    if (error instanceof LineError) await this.#send(`* BYE ${error.message}`).catch(() => {});
    await this.#end();
  }

  /** A client that does not end its side is given a moment to read the last words, no more. */
  async #end(): Promise<void> {
    const impatience = setTimeout(() => this.#socket.destroy(), LAST_WORDS_TIME);
    await this.#channel.end().catch(() => {});
    clearTimeout(impatience);
  }

  async #send(...lines: string[]): Promise<void> {
    for (const line of lines) this.#observer.sent?.(line);
    await this.#channel.writeLines(...lines);
  }
}
