import { TLSSocket, type TLSSocketOptions, type TlsOptions } from 'node:tls';
import { privateParts } from './private-parts.js';
import { TlsEnd } from './tls-end.js';

/** The types of Node.js do not know that a server's socket may have a shared key. */
export type ServerSocketOptions = TLSSocketOptions & Pick<TlsOptions, 'pskCallback'>;

/**
 * A server's end without a tls.Server around it: it tells of its handshake and of its failures by events that the documentation of Node.js
 * leaves to tls.Server. Undefined where this Node.js has no {@link privateParts}.
 */
export function openServerSocket(options: ServerSocketOptions): TlsEnd | undefined {
  const end = new TlsEnd('server');
  const socket = new TLSSocket(end.wire, { ...options, isServer: true, rejectUnauthorized: false });
  if (!privateParts(socket)) {
    socket.destroy();
    return undefined;
  }
  socket.once('secure', () => end.completed());
  // Errors after the handshake, where no tls.Server has taken the socket.
  socket.on('_tlsError', (error: Error) => end.fail(error));
  end.attach(socket);
  end.begin();
  return end;
}
