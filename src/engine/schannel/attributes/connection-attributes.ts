import type { TLSSocket } from 'node:tls';
import { MalformedBytesError } from '../../../bytes/errors.js';
import { encodeLatin1 } from '../../../bytes/text.js';
import type { ApplicationProtocol, KeyingMaterialInfo, StreamSizes } from '../../../sspi/attribute-values.js';
import { SECPKG_ATTR } from '../../../sspi/attributes.js';
import { SEC_E } from '../../../sspi/status.js';
import { endPointBindings, tlsBindings } from '../../../sspi/tls-bindings.js';
import { PackageError } from '../../package-error.js';
import { localCertificate, type PeerCertificates, remoteCertificate } from './certificate-contexts.js';
import { cipherInfo, connectionInfo, currentSuite, streamSizes } from './cipher-attributes.js';
import { sessionInfo } from './session-info.js';

type Role = 'client' | 'server';

/** What a connection of TLS is asked about itself (Microsoft Learn, "QueryContextAttributes (Schannel)"). */
export class ConnectionAttributes {
  readonly streamSizes: StreamSizes;
  readonly #socket: TLSSocket;
  readonly #role: Role;
  readonly #peer: PeerCertificates;
  #keyingMaterial: KeyingMaterialInfo | undefined;

  constructor(socket: TLSSocket, role: Role, peer: PeerCertificates) {
    this.#socket = socket;
    this.#peer = peer;
    this.#role = role;
    this.streamSizes = streamSizes(currentSuite(socket), socket.getProtocol());
  }

  /** Undefined for an attribute that is not here, or that this connection does not have. */
  query(attribute: number): unknown {
    const socket = this.#socket;
    switch (attribute) {
      case SECPKG_ATTR.STREAM_SIZES:
        return this.streamSizes;
      case SECPKG_ATTR.CONNECTION_INFO:
        return connectionInfo(socket, this.#role);
      case SECPKG_ATTR.CIPHER_INFO:
        return cipherInfo(socket);
      case SECPKG_ATTR.REMOTE_CERT_CONTEXT:
        return remoteCertificate(this.#peer);
      case SECPKG_ATTR.LOCAL_CERT_CONTEXT:
        return localCertificate(socket);
      case SECPKG_ATTR.APPLICATION_PROTOCOL:
        return this.#applicationProtocol();
      case SECPKG_ATTR.ENDPOINT_BINDINGS:
        return this.#endPointBindings();
      case SECPKG_ATTR.UNIQUE_BINDINGS:
        return this.#uniqueBindings();
      case SECPKG_ATTR.SESSION_INFO:
        return sessionInfo(socket);
      case SECPKG_ATTR.KEYING_MATERIAL:
        return this.#exported();
      default:
        return undefined;
    }
  }

  set(attribute: number, value: unknown): boolean {
    if (attribute !== SECPKG_ATTR.KEYING_MATERIAL_INFO) return false;
    this.#keyingMaterial = checkKeyingMaterial(value);
    return true;
  }

  #applicationProtocol(): ApplicationProtocol {
    const protocol = this.#socket.alpnProtocol;
    return protocol
      ? { status: 'success', protocolId: encodeLatin1(protocol) }
      : { status: 'none', protocolId: new Uint8Array(0) };
  }

  #endPointBindings(): { bindings: Uint8Array } | undefined {
    const certificate = this.#role === 'server' ? this.#socket.getX509Certificate()?.raw : this.#peer.leaf?.raw;
    if (!certificate) return undefined;
    try {
      const bindings = endPointBindings(certificate);
      return bindings && { bindings };
    } catch (error) {
      if (error instanceof MalformedBytesError) return undefined;
      throw error;
    }
  }

  /**
   * The first Finished message of the last handshake (RFC 5929 3.1): the client's, or in a resumed session the server's. TLS 1.3 has
   * no such binding (RFC 8446 C.5).
   */
  #uniqueBindings(): { bindings: Uint8Array } | undefined {
    const socket = this.#socket;
    if (socket.getProtocol() !== 'TLSv1.2') return undefined;
    const mine = (this.#role === 'client') !== socket.isSessionReused();
    const finished = mine ? socket.getFinished() : socket.getPeerFinished();
    return finished && { bindings: tlsBindings('tls-unique', finished) };
  }

  /** RFC 5705, RFC 8446 7.5. */
  #exported(): { keyingMaterial: Uint8Array } {
    const info = this.#keyingMaterial;
    if (!info) {
      throw new PackageError(SEC_E.OUT_OF_SEQUENCE, 'nobody has said which keying material is wanted', {
        hint: 'Set SECPKG_ATTR.KEYING_MATERIAL_INFO first.',
      });
    }
    // Without a context and with an empty one are two different things in TLS 1.2; the types of Node.js know only the latter.
    const context = info.context as Buffer;
    try {
      const material = this.#socket.exportKeyingMaterial(info.length, info.label, context);
      return { keyingMaterial: new Uint8Array(material) };
    } catch (cause) {
      throw new PackageError(SEC_E.INVALID_PARAMETER, 'the connection has no such keying material', {
        cause,
        hint: 'The label may be too long for TLS 1.3 (RFC 8446 7.1), or more bytes wanted than there are (RFC 5869 2.3).',
      });
    }
  }
}

function checkKeyingMaterial(value: unknown): KeyingMaterialInfo {
  const { label, context, length } = value as Partial<KeyingMaterialInfo>;
  const isLength = Number.isInteger(length) && length! > 0 && length! <= 0xffff;
  if (
    typeof label === 'string' &&
    label !== '' &&
    isLength &&
    (context === undefined || context instanceof Uint8Array)
  ) {
    return context ? { label, length: length!, context: Buffer.from(context) } : { label, length: length! };
  }
  throw new PackageError(SEC_E.INVALID_PARAMETER, 'keying material has a label, and 1 to 65535 bytes');
}
