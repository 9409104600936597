import { alice, REALM } from '../accounts.js';
import { LineProcess } from '../run/line-process.js';

export interface GsaslOptions {
  readonly mechanism?: string;
  /** The password that a client proves, or the one that a server takes from everybody; alice's when left out. */
  readonly password?: string;
  readonly realm?: string;
  /** `imap` when left out. */
  readonly service?: string;
  /** The server's host name; `localhost` when left out. */
  readonly host?: string;
  /** For Kerberos. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface GsaslClientOptions extends GsaslOptions {
  /** alice when left out. */
  readonly authid?: string;
  readonly authzid?: string;
  /** What DIGEST-MD5 asks for; `qop-auth` when left out. gsasl 2.2 cannot do `qop-conf`. */
  readonly qop?: 'qop-auth' | 'qop-int';
}

/**
 * GNU SASL's command line tool as one end of an exchange, over its stdin and stdout. Both ends write a line for each of
 * their turns, an empty one when they have nothing to say. As a server it offers only `qop="auth"`.
 */
export class GsaslStdio implements AsyncDisposable {
  readonly #lines: LineProcess;
  #concluded: boolean;

  private constructor(lines: LineProcess, role: 'client' | 'server') {
    this.#lines = lines;
    this.#concluded = role === 'server';
  }

  /** Answers what a server of GSSAPI asks at its end, whether the user may act as the one that is named, and lets its last turn pass. */
  consent(): void {
    this.#lines.write('y');
    this.#lines.write('');
  }

  static client(options: GsaslClientOptions = {}): Promise<GsaslStdio> {
    return GsaslStdio.#start('client', clientArguments(options), options.env);
  }

  static server(options: GsaslOptions = {}): Promise<GsaslStdio> {
    return GsaslStdio.#start('server', commonArguments(options), options.env);
  }

  static async #start(
    role: 'client' | 'server',
    args: readonly string[],
    env: GsaslOptions['env'],
  ): Promise<GsaslStdio> {
    const lines = new LineProcess('gsasl', [`--${role}`, ...args], { env });
    // The first line repeats the name of the mechanism.
    await lines.read();
    return new GsaslStdio(lines, role);
  }

  /** The tool's next token; rejects with what it said when it gave up instead. */
  async receive(): Promise<Uint8Array> {
    return new Uint8Array(Buffer.from(await this.#lines.read(), 'base64'));
  }

  send(token: Uint8Array): void {
    this.#lines.write(Buffer.from(token).toString('base64'));
  }

  /** A text protected by a client in the agreed layer, once its last token is out. */
  async protect(text: string): Promise<Uint8Array> {
    this.#conclude();
    // The tool polls its stdin, and misses a line that came along with the one before.
    await this.#lines.logs('Enter application data');
    this.#lines.write(text);
    return this.receive();
  }

  /** Ends the exchange and tells whether the tool is content with it. */
  async finish(): Promise<{ readonly authenticated: boolean; readonly log: string }> {
    this.#conclude();
    this.#lines.endInput();
    const code = await this.#lines.exit;
    const { log } = this.#lines;
    return { authenticated: code === 0 && log.includes('authentication finished'), log };
  }

  async close(): Promise<void> {
    await this.#lines.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** After its last token a client waits for a line in which the protocol would tell it of the server's verdict. */
  #conclude(): void {
    if (!this.#concluded) this.#lines.write('');
    this.#concluded = true;
  }
}

/** The tool's options for a client; every value that it would ask a person for is given. */
export function clientArguments(options: GsaslClientOptions): string[] {
  const { authid = alice.user, authzid, qop = 'qop-auth' } = options;
  const args = [...commonArguments(options), '--authentication-id', authid, '--quality-of-protection', qop];
  return authzid === undefined ? args : [...args, '--authorization-id', authzid];
}

function commonArguments(options: GsaslOptions): string[] {
  const { mechanism = 'DIGEST-MD5', password = alice.password, realm = REALM, service = 'imap' } = options;
  const host = options.host ?? 'localhost';
  return ['-m', mechanism, '-p', password, '-r', realm, '--service', service, '--hostname', host];
}
