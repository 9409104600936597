import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { TlsEnd } from './tls-end.js';

/** What a server takes of a client's protocols; undefined where it has none of them. */
export type ChooseProtocol = (offered: readonly string[]) => string | undefined;

/**
 * The server's side of TLS with one configuration. It listens nowhere: connections are put into a tls.Server, which gives back a socket
 * when the handshake is through, or an error.
 *
 * It does not say which connection it means. All that is done for a connection is done while it is fed, so the one that is being fed
 * is the one whose handshake is through; a socket that comes at another time is not used. Errors are told later, in the order in
 * which the connections failed.
 */
export class TlsAcceptor {
  readonly #server: Server;
  /** The end that is being fed. */
  #fed: { readonly end: TlsEnd; readonly choose: ChooseProtocol | undefined } | undefined;
  readonly #failing: TlsEnd[] = [];

  constructor(options: TlsOptions, negotiatesProtocols: 'with-alpn' | 'without-alpn') {
    this.#server = createServer({
      ...options,
      ...(negotiatesProtocols === 'with-alpn' && {
        ALPNCallback: ({ protocols }: { protocols: string[] }) => this.#fed?.choose?.(protocols),
      }),
    });
    this.#server.on('secureConnection', socket => this.#secured(socket));
    this.#server.on('tlsClientError', error => this.#failed(error));
  }

  /** The server's end of a connection whose client says hello next. */
  open(): TlsEnd {
    const end = new TlsEnd();
    end.onGivenUp = () => {
      if (end.handshakes === 0) this.#failing.push(end);
    };
    this.#server.emit('connection', end.wire);
    return end;
  }

  /** Feeds an end that {@link open} has made, until its handshake is through. */
  feed(end: TlsEnd, bytes: Uint8Array, choose: ChooseProtocol | undefined): void {
    this.#fed = { end, choose };
    try {
      end.wire.feed(bytes);
    } finally {
      this.#fed = undefined;
    }
  }

  #secured(socket: TLSSocket): void {
    const end = this.#fed?.end;
    if (!end || end.socket) {
      socket.destroy();
      return;
    }
    end.attach(socket);
    end.completed();
  }

  #failed(error: Error & { code?: string }): void {
    // That is how connections are reported that were given up here.
    if (error.code !== 'ECONNRESET') this.#failing.shift()?.fail(error);
  }
}
