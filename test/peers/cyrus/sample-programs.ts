import { alice } from '../accounts.js';
import { findCommand } from '../presence.js';
import { LineProcess } from '../run/line-process.js';
import type { CyrusDatabase } from './cyrus-database.js';
import { desParityEnvironment } from './programs.js';

export interface SampleOptions {
  /** SASL service name; `imap` when left out. */
  readonly service?: string;
  /** The server's host name; `localhost` when left out. */
  readonly fqdn?: string;
  readonly realm?: string;
  readonly minSsf?: number;
  readonly maxSsf?: number;
  /** Makes the 3des cipher work where OpenSSL 3 refuses its keys. */
  readonly desParityShim?: boolean;
}

export interface SampleClientOptions extends SampleOptions {
  /** alice when left out. */
  readonly authid?: string;
  readonly authzid?: string;
  readonly password?: string;
}

export interface SampleServerOptions extends SampleOptions {
  readonly database: CyrusDatabase;
  /** The one mechanism to offer; all when left out. */
  readonly mechanism?: string;
}

export interface SampleStep {
  readonly token?: Uint8Array;
  /** Present once the program has said "Negotiation complete". */
  readonly outcome?: SampleOutcome;
}

export interface SampleOutcome {
  readonly user: string;
  readonly ssf: number;
}

/**
 * One of libsasl2's own sample programs, as the distribution ships it. They print `C: BASE64` and `S: BASE64` lines
 * among other talk. After a negotiation with a layer the server sends one protected message and the client answers with
 * another. A program that gives up makes the call in progress reject with what it said.
 */
class SampleProgram implements AsyncDisposable {
  protected readonly lines: LineProcess;
  readonly #mine: string;
  readonly #yours: string;

  protected constructor(lines: LineProcess, mine: 'C: ' | 'S: ') {
    this.lines = lines;
    this.#mine = mine;
    this.#yours = mine === 'C: ' ? 'S: ' : 'C: ';
  }

  /** Gives the program the other end's token and answers what it makes of it. */
  async step(token: Uint8Array = new Uint8Array()): Promise<SampleStep> {
    this.lines.write(this.#yours + Buffer.from(token).toString('base64'));
    return this.readStep();
  }

  /** The protected message that the program sends next. */
  async receive(): Promise<Uint8Array> {
    return this.#decode(await this.lines.readUntil(line => line.startsWith(this.#mine)));
  }

  /** Gives the program a protected message and answers the text that it found inside. */
  async deliver(frame: Uint8Array): Promise<string> {
    this.lines.write(this.#yours + Buffer.from(frame).toString('base64'));
    const said = await this.lines.readUntil(line => line.includes('decoded message'));
    return said.slice(said.indexOf("'") + 1, said.lastIndexOf("'"));
  }

  async close(): Promise<void> {
    await this.lines.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  protected async readStep(): Promise<SampleStep> {
    let token: Uint8Array | undefined;
    for (;;) {
      const line = await this.lines.read();
      if (line.startsWith(this.#mine)) token = this.#decode(line);
      if (line === 'Negotiation complete') return { ...(token && { token }), outcome: await this.#readOutcome() };
      if (/^Waiting for (client|server) reply/.test(line)) return token ? { token } : {};
    }
  }

  async #readOutcome(): Promise<SampleOutcome> {
    const user = await this.lines.readUntil(line => line.startsWith('Username: '));
    const ssf = await this.lines.readUntil(line => line.startsWith('SSF: '));
    return { user: user.slice('Username: '.length), ssf: Number(ssf.slice('SSF: '.length)) };
  }

  #decode(line: string): Uint8Array {
    return new Uint8Array(Buffer.from(line.slice(this.#mine.length), 'base64'));
  }
}

/** `sasl-sample-client`. */
export class SampleClient extends SampleProgram {
  static async start(options: SampleClientOptions = {}): Promise<SampleClient> {
    const authid = options.authid ?? alice.user;
    const args = ['-n', options.fqdn ?? 'localhost', '-a', authid, '-u', options.authzid ?? authid];
    if (options.realm !== undefined) args.push('-r', options.realm);
    const prompts = { 'Password: ': options.password ?? alice.password };
    return new SampleClient(
      await launch('sasl-sample-client', [...args, ...commonArgs(options)], options, { prompts }),
      'C: ',
    );
  }

  /** Gives the client the mechanisms to choose from; answers its choice and its initial response, if it has one. */
  async start(mechanisms: readonly string[]): Promise<SampleStep & { readonly mechanism: string }> {
    const { token, ...rest } = await this.step(new TextEncoder().encode(mechanisms.join(' ')));
    const [mechanism, response] = splitAtNul(token ?? new Uint8Array());
    return { mechanism, ...rest, ...(response && { token: response }) };
  }
}

/** `sasl-sample-server`. */
export class SampleServer extends SampleProgram {
  /** What the server offers. */
  readonly mechanisms: readonly string[];

  private constructor(lines: LineProcess, mechanisms: readonly string[]) {
    super(lines, 'S: ');
    this.mechanisms = mechanisms;
  }

  static async start(options: SampleServerOptions): Promise<SampleServer> {
    const args = ['-d', options.fqdn ?? 'localhost', '-u', options.realm ?? options.database.realm];
    if (options.mechanism !== undefined) args.push('-m', options.mechanism);
    const { env } = options.database;
    const lines = await launch('sasl-sample-server', [...args, ...commonArgs(options)], options, { env });
    const offer = await lines.readUntil(line => line.startsWith('S: '));
    return new SampleServer(lines, Buffer.from(offer.slice(3), 'base64').toString().split(' '));
  }

  /** Chooses a mechanism, with the client's initial response if it has one. */
  async start(mechanism: string, token?: Uint8Array): Promise<SampleStep> {
    const name = Buffer.from(mechanism);
    return this.step(token === undefined ? name : Buffer.concat([name, Buffer.of(0), token]));
  }
}

function commonArgs({ service = 'imap', minSsf = 0, maxSsf = 256 }: SampleOptions): string[] {
  return ['-s', service, '-b', `min=${minSsf},max=${maxSsf}`];
}

async function launch(
  program: string,
  args: readonly string[],
  { desParityShim }: SampleOptions,
  { env, prompts }: { env?: Readonly<Record<string, string>>; prompts?: Readonly<Record<string, string>> },
): Promise<LineProcess> {
  const shim = desParityShim === true ? await desParityEnvironment() : {};
  // Into a pipe the programs would keep what they print until they end.
  return new LineProcess('stdbuf', ['-o0', findCommand(program), ...args], {
    env: { ...env, ...shim },
    prompts: prompts ?? {},
  });
}

function splitAtNul(bytes: Uint8Array): [string, Uint8Array | undefined] {
  const nul = bytes.indexOf(0);
  const text = new TextDecoder();
  return nul < 0 ? [text.decode(bytes), undefined] : [text.decode(bytes.subarray(0, nul)), bytes.slice(nul + 1)];
}
