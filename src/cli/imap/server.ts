import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { SaslServer } from '../../context/sasl-server.js';
import { IMAP_LIMITS, type ImapLimits } from './limits.js';
import { type ImapObserver, ImapSession } from './session.js';

/** What an IMAP server is made with. */
export interface ImapServerOptions {
  /** SASL mechanisms on offer, the preferred one first. */
  readonly mechanisms: readonly string[];
  /** Begins the server side of one logon. */
  readonly createSasl: (mechanism: string) => Promise<SaslServer>;
  /** 0, the default, lets the system choose. */
  readonly port?: number;
  readonly limits?: Partial<ImapLimits>;
  /** Hears of one connection: called once for each. */
  readonly observe?: (remote: string) => ImapObserver;
}

/** An IMAP4rev2 server on loopback, with nothing behind it but the logon (RFC 9051 6.2.2, RFC 4959). */
export class ImapServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #options: ImapServerOptions;
  readonly #limits: ImapLimits;

  private constructor(options: ImapServerOptions) {
    this.#options = options;
    this.#limits = { ...IMAP_LIMITS, ...options.limits };
    this.#server = createServer(socket => void this.#serve(socket));
  }

  static async listen(options: ImapServerOptions): Promise<ImapServer> {
    const server = new ImapServer(options);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Stops listening and ends every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #serve(socket: Socket): Promise<void> {
    // Whatever happens to the connection ends the session through its reads and writes.
    socket.on('error', () => {});
    if (this.#sockets.size >= this.#limits.connections) {
      socket.end('* BYE [LIMIT] too many connections\r\n');
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const observer = this.#options.observe?.(`${socket.remoteAddress}:${socket.remotePort}`) ?? {};
    await new ImapSession(socket, this.#options, this.#limits, observer).run();
  }
}
