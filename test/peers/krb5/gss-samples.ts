import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { BoundedProcess } from '../run/bounded-process.js';
import { TemporaryFolder } from '../run/folder.js';
import { type RunResult, runCommand } from '../run/run-command.js';

/** What stands before a token of MIT's sample programs, after which its length and itself (gss-misc.h of src/appl/gss-sample). */
export const SAMPLE = {
  NOOP: 0x01,
  CONTEXT: 0x02,
  DATA: 0x04,
  MIC: 0x08,
  CONTEXT_NEXT: 0x10,
  WRAPPED: 0x20,
  ENCRYPTED: 0x40,
  SEND_MIC: 0x80,
} as const;
Object.freeze(SAMPLE);

export interface SampleToken {
  readonly flags: number;
  readonly data: Uint8Array;
}

/** One end of a connection in the framing of the sample programs: `flags u8, length u32, token`. */
export class SampleConnection implements Disposable {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setTimeout(20_000, () => socket.destroy(new Error('the sample program says nothing')));
    socket.on('error', () => {});
    socket.on('data', chunk => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
  }

  send(flags: number, data: Uint8Array = new Uint8Array(0)): void {
    const head = Buffer.alloc(HEAD);
    head.writeUInt8(flags);
    head.writeUInt32BE(data.length, 1);
    this.#socket.write(Buffer.concat([head, data]));
  }

  /** Rejects when the connection ends before the token does. */
  async receive(): Promise<SampleToken> {
    for (;;) {
      const received = this.#received;
      const end = received.length < HEAD ? HEAD : HEAD + received.readUInt32BE(1);
      if (received.length >= end && received.length >= HEAD) {
        this.#received = received.subarray(end);
        return { flags: received.readUInt8(), data: Uint8Array.from(received.subarray(HEAD, end)) };
      }
      if (this.#socket.readableEnded || this.#socket.destroyed) throw new Error('the sample program hung up');
      const [heard, ended] = [once(this.#socket, 'data'), once(this.#socket, 'close')];
      ended.catch(() => {});
      await Promise.race([heard, ended]);
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

const HEAD = 5;

export interface SampleOptions {
  /** Of a `MitKdc`. */
  readonly env: Readonly<Record<string, string>>;
  /** `host@localhost` when left out. */
  readonly service?: string;
}

/**
 * gss-server for one connection. By itself it would listen on all addresses; so it gets a connection to a port of 127.0.0.1 in place of one
 * that inetd has taken.
 */
export class GssServer implements AsyncDisposable {
  readonly connection: SampleConnection;
  readonly #process: BoundedProcess;
  readonly #folder: TemporaryFolder;

  private constructor(connection: SampleConnection, running: BoundedProcess, folder: TemporaryFolder) {
    this.connection = connection;
    this.#process = running;
    this.#folder = folder;
  }

  static async start({ env, service = 'host@localhost' }: SampleOptions): Promise<GssServer> {
    const folder = new TemporaryFolder('gss-server');
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const script = 'exec 0<>"/dev/tcp/127.0.0.1/$1"; exec gss-server -inetd -verbose -logfile "$2" "$3"';
    const args = ['-c', script, 'bash', String(port), `${folder.path}/log`, service];
    const running = new BoundedProcess('bash', args, { env });
    const [socket] = await once(listener, 'connection', { signal: AbortSignal.timeout(20_000) });
    listener.close();
    return new GssServer(new SampleConnection(socket), running, folder);
  }

  /** Resolves when it has ended, with what it said of its client. */
  async log(): Promise<string> {
    await this.#process.exit;
    return readFileSync(`${this.#folder.path}/log`, 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.connection[Symbol.dispose]();
    await this.#process.stop();
    this.#folder.remove();
  }
}

/** gss-client: logs on, sends a message and wants a signature of it. */
export function runGssClient(
  port: number,
  message: string,
  { env, service = 'host@localhost', args = [] }: SampleOptions & { readonly args?: readonly string[] },
): Promise<RunResult> {
  return runCommand('gss-client', ['-port', String(port), ...args, 'localhost', service, message], { env });
}
