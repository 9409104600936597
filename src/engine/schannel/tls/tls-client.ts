import { connect, type DetailedPeerCertificate, type SecureContext } from 'node:tls';
import { sessionSetter } from './private-parts.js';
import { TlsEnd } from './tls-end.js';

export interface TlsClientOptions {
  readonly secureContext: SecureContext;
  /** For the server name indication; none for an address (RFC 6066 3). */
  readonly serverName: string | undefined;
  /** In the form of the extension (RFC 7301 3.1), without its length. */
  readonly protocols: Uint8Array | undefined;
  readonly session: Uint8Array | undefined;
  /** A session that a later handshake can resume. */
  keepSession(session: Uint8Array): void;
}

/** Begins a handshake: its first flight is on the wire then. Nothing is validated here. */
export function openClient(options: TlsClientOptions): TlsEnd {
  const { secureContext, serverName, protocols, session } = options;
  const setSession = sessionSetter();
  const end = new TlsEnd('client');
  const socket = connect({
    socket: end.wire,
    secureContext,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ...(serverName && !isAddress(serverName) && { servername: serverName }),
    ...(protocols && { ALPNProtocols: protocols }),
    ...(session && !setSession && { session: Buffer.from(session) }),
  });
  if (session) setSession?.call(socket, session);
  // For that check, which does nothing, node:tls would take the chain to pieces: a seventh of the time of a handshake.
  socket.getPeerCertificate = () => NOT_ASKED_FOR;
  socket.on('secureConnect', () => end.completed());
  socket.on('session', options.keepSession);
  end.attach(socket);
  end.begin();
  return end;
}

/** Names of hosts have no colon, and none has a label of digits at its end (RFC 3696 2). */
function isAddress(name: string): boolean {
  const lastLabel = name.slice(name.lastIndexOf('.') + 1);
  return name.includes(':') || /^\d+$/.test(lastLabel);
}

const NOT_ASKED_FOR = {} as DetailedPeerCertificate;
