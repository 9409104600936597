import { LineProcess } from '../run/line-process.js';
import { clientArguments, type GsaslClientOptions } from './gsasl-stdio.js';

export interface GsaslImapOptions extends GsaslClientOptions {
  /** Port of an IMAP server on 127.0.0.1. */
  readonly port: number;
}

/**
 * GNU SASL's command line tool, logged on to an IMAP server over TCP with CAPABILITY and AUTHENTICATE (no initial
 * response). What is sent afterwards goes through the agreed layer, and what comes back is taken out of it.
 *
 * @example
 * await using session = await GsaslImap.login({ port, qop: 'qop-int' });
 * session.send('a NOOP');
 * assert.match(await session.read(), /^a OK/);
 */
export class GsaslImap implements AsyncDisposable {
  readonly #lines: LineProcess;

  private constructor(lines: LineProcess) {
    this.#lines = lines;
  }

  /** Rejects, with all that the tool said, when it does not get in or does not believe the server. */
  static async login(options: GsaslImapOptions): Promise<GsaslImap> {
    const connect = ['--imap', '--no-starttls', '--connect', `127.0.0.1:${options.port}`];
    const lines = new LineProcess('gsasl', [...connect, ...clientArguments(options)]);
    const transcript: string[] = [];
    try {
      const note = (line: string): boolean => transcript.push(line) > 0;
      await lines.readUntil(line => note(line) && line.startsWith('. AUTHENTICATE'));
      await lines.readUntil(line => note(line) && /^\. (OK|NO|BAD)/.test(line));
      await lines.logs('Client authentication finished');
      return new GsaslImap(lines);
    } catch (cause) {
      await lines.close();
      throw new Error(`gsasl did not log on:\n${transcript.join('\n')}\n${lines.log}`, { cause });
    }
  }

  /** Sends a line, with CR LF behind it, through the layer. Read its answer before sending another. */
  send(line: string): void {
    this.#lines.write(line);
  }

  /** The next line that the server sent through the layer. */
  read(): Promise<string> {
    return this.#lines.read();
  }

  /**
   * Ends the session and answers the tool's exit code. The tool says `. LOGOUT` here, in the clear even when there is a
   * layer, so a server with a layer cuts the connection and the code is 1.
   */
  async logout(): Promise<number> {
    this.#lines.endInput();
    return this.#lines.exit;
  }

  async close(): Promise<void> {
    await this.#lines.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
