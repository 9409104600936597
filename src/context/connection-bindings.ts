import type { TLSSocket } from 'node:tls';
import { ArgumentError } from '../sspi/arguments.js';
import { SECPKG_ATTR } from '../sspi/attributes.js';
import { endPointBindings, type TlsBindingType, tlsBindings } from '../sspi/tls-bindings.js';
import type { ContextRole } from './protection.js';
import { SchannelStream } from './schannel-stream.js';

export interface ConnectionBindingsOptions {
  /** `tls-server-end-point` by default, which is what Windows uses. */
  readonly type?: TlsBindingType;
  /** Which end a tls.TLSSocket is, which it does not say; a SchannelStream knows. */
  readonly role?: ContextRole;
}

/**
 * The channel bindings of a TLS connection, as the `channelBindings` of contexts: they tie a logon to the connection that it runs over
 * (RFC 5056). `tls-server-end-point` and `tls-unique` are of RFC 5929, the latter for TLS 1.2 only; `tls-exporter` is of RFC 9266.
 * Rejects with a TypeError for a connection that has no such bindings.
 *
 * @example
 * ```ts
 * import { ClientContext, type Credential, connectionBindings, type SchannelStream } from 'secur32';
 *
 * export async function logOn(credential: Credential, stream: SchannelStream): Promise<ClientContext> {
 *   const channelBindings = await connectionBindings(stream);
 *   return new ClientContext(credential, { targetName: 'HTTP/web.example.com', channelBindings });
 * }
 * ```
 */
export async function connectionBindings(
  connection: SchannelStream | TLSSocket,
  options: ConnectionBindingsOptions = {},
): Promise<Uint8Array> {
  const { type = 'tls-server-end-point' } = options;
  if (connection instanceof SchannelStream) return streamBindings(connection, type);
  const { role } = options;
  if (role !== 'client' && role !== 'server') throw new ArgumentError("role must be 'client' or 'server'");
  const bindings = socketBindings(connection, role, type);
  if (bindings) return bindings;
  throw new ArgumentError(`the connection has no ${type} bindings`);
}

async function streamBindings({ sspi, context }: SchannelStream, type: TlsBindingType): Promise<Uint8Array> {
  switch (type) {
    case 'tls-server-end-point':
      return (await sspi.queryContextAttributes(context, SECPKG_ATTR.ENDPOINT_BINDINGS)).bindings;
    case 'tls-unique':
      return (await sspi.queryContextAttributes(context, SECPKG_ATTR.UNIQUE_BINDINGS)).bindings;
    default: {
      await sspi.setContextAttributes(context, SECPKG_ATTR.KEYING_MATERIAL_INFO, {
        label: EXPORTER_LABEL,
        context: new Uint8Array(0),
        length: EXPORTED_BYTES,
      });
      const { keyingMaterial } = await sspi.queryContextAttributes(context, SECPKG_ATTR.KEYING_MATERIAL);
      return tlsBindings('tls-exporter', keyingMaterial);
    }
  }
}

function socketBindings(socket: TLSSocket, role: ContextRole, type: TlsBindingType): Uint8Array | undefined {
  switch (type) {
    case 'tls-server-end-point': {
      const certificate = role === 'server' ? socket.getX509Certificate()?.raw : socket.getPeerCertificate().raw;
      return certificate && endPointBindings(certificate);
    }
    case 'tls-unique': {
      if (socket.getProtocol() !== 'TLSv1.2') return undefined;
      const mine = (role === 'client') !== socket.isSessionReused();
      const finished = mine ? socket.getFinished() : socket.getPeerFinished();
      return finished && tlsBindings('tls-unique', finished);
    }
    default:
      return tlsBindings('tls-exporter', socket.exportKeyingMaterial(EXPORTED_BYTES, EXPORTER_LABEL, Buffer.alloc(0)));
  }
}

/** RFC 9266 2: 32 bytes, with an empty context. */
const EXPORTER_LABEL = 'EXPORTER-Channel-Binding';
const EXPORTED_BYTES = 32;
