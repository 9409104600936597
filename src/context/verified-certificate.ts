import type { TLSSocket } from 'node:tls';
import { SchannelStream } from './schannel-stream.js';

/** The certificate (DER) of a client that a TLS connection has verified; undefined where it has verified none. */
export function verifiedCertificate(connection: SchannelStream | TLSSocket | undefined): Uint8Array | undefined {
  if (connection?.authorized !== true) return undefined;
  if (connection instanceof SchannelStream) return connection.facts.peerCertificate;
  const { raw } = connection.getPeerCertificate() as { raw?: Uint8Array };
  return raw && new Uint8Array(raw);
}
