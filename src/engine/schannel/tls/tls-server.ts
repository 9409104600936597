import { EventEmitter } from 'node:events';
import { createServer, type SecureContext, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { serverSocketsTell } from './server-probe.js';
import { openServerSocket } from './server-socket.js';
import { TlsEnd } from './tls-end.js';

/** What the server's side of TLS is made with. */
export interface TlsServerOptions {
  readonly secureContext: SecureContext;
  /** What {@link secureContext} was made of. */
  readonly contextOptions: TlsOptions;
  readonly requestCert: boolean;
  /** Another certificate for the name that a client asks for; undefined leaves it at the first. */
  readonly contextFor: ((serverName: string) => SecureContext | undefined) | undefined;
}

/** The server's side of TLS with one configuration. It listens nowhere: its connections are streams in memory. */
export class TlsAcceptor {
  readonly #options: TlsServerOptions;
  /** Made where node:tls is gone about the documented way. */
  #server: Server | undefined;

  constructor(options: TlsServerOptions) {
    this.#options = options;
  }

  /** The server's end of a connection whose client says hello next. `protocols`: the server's, in the order of its preference. */
  open(protocols: readonly string[] | undefined): TlsEnd {
    const { secureContext, requestCert } = this.#options;
    socketsTell ??= serverSocketsTell();
    if (!socketsTell) return this.#openDocumented(protocols);
    const end = openServerSocket({
      secureContext,
      requestCert,
      ...this.#names(),
      ...(protocols && { ALPNProtocols: [...protocols] }),
    });
    if (!end) return this.#openDocumented(protocols);
    if (this.#options.contextFor) end.choosesCertificate();
    return end;
  }

  /**
   * A tls.Server makes a socket of its own for each connection, checks the client's certificate, and shows the socket when the handshake is
   * through. It tells so by events of its own, which do not say which connection they mean: each connection gets a server that
   * differs from the others in where its events go.
   */
  #openDocumented(protocols: readonly string[] | undefined): TlsEnd {
    this.#server ??= createServer({ ...this.#options.contextOptions, ...this.#names(), ...this.#requests() });
    const end = new TlsEnd('server');
    const emit = (event: string, subject: unknown): boolean => {
      if (event === 'tlsClientError') end.fail(subject as Error);
      else if (event === 'secureConnection') this.#secured(end, subject as TLSSocket);
      return true;
    };
    const server = Object.create(this.#server, {
      emit: { value: emit },
      ...(protocols && { ALPNProtocols: { value: [...protocols] } }),
    }) as Server;
    EventEmitter.prototype.emit.call(server, 'connection', end.wire);
    end.begin();
    return end;
  }

  #secured(end: TlsEnd, socket: TLSSocket): void {
    end.attach(socket);
    end.completed();
  }

  #names(): Pick<TlsOptions, 'SNICallback'> {
    const { contextFor } = this.#options;
    if (!contextFor) return {};
    return { SNICallback: (name, callback) => callback(null, contextFor(name)) };
  }

  #requests(): Pick<TlsOptions, 'requestCert' | 'rejectUnauthorized'> {
    return { requestCert: this.#options.requestCert, rejectUnauthorized: false };
  }
}

/** Found out once. */
let socketsTell: boolean | undefined;
