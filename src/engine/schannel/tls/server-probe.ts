import { connect, createSecureContext, type SecureContextOptions } from 'node:tls';
import { openServerSocket } from './server-socket.js';
import { TlsEnd } from './tls-end.js';

/**
 * Tries out whether a server's socket tells, before a call returns, of a handshake that is through and of one that fails: with a shared key
 * (RFC 4279), which takes no certificate and no public-key operation. A Node.js that did not tell would leave handshakes hanging.
 * Undefined where it has no private parts to try out.
 */
export function serverSocketsTell(): boolean | undefined {
  const [one, another] = [openProbe(), openProbe()];
  try {
    return one && another && tellsOfSuccess(one) && tellsOfFailure(one) && tellsOfFailure(another);
  } catch {
    return false;
  } finally {
    one?.destroy();
    another?.destroy();
  }
}

function tellsOfSuccess(server: TlsEnd): boolean {
  const client = new TlsEnd('client');
  client.attach(
    connect({
      ...SHARED_KEY,
      socket: client.wire,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      pskCallback: () => ({ psk: KEY, identity: 'probe' }),
    }),
  );
  client.begin();
  try {
    for (let flight = 0; flight < FLIGHTS; flight++) {
      server.feed(client.takeOutput());
      client.feed(server.takeOutput());
    }
    return server.handshakes === 1 && server.failure === undefined;
  } finally {
    client.destroy();
  }
}

/** In the first message, and behind the last one. */
function tellsOfFailure(server: TlsEnd): boolean {
  server.feed(NO_RECORD);
  return server.failure !== undefined;
}

function openProbe(): TlsEnd | undefined {
  return openServerSocket({ secureContext: createSecureContext(SHARED_KEY), pskCallback: () => KEY });
}

const KEY = Buffer.alloc(16, 1);
const SHARED_KEY: SecureContextOptions = {
  ciphers: 'PSK-AES128-GCM-SHA256',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
};
/** Of each side, in a handshake of TLS 1.2. */
const FLIGHTS = 2;
const NO_RECORD = new Uint8Array(16);
