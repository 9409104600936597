import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';

/** A certificate and what was sent or found above it, all of it DER. */
export interface CertificateContext {
  readonly certificate: Uint8Array;
  /** From the certificate upwards, itself included. */
  readonly chain: readonly Uint8Array[];
}

/** The certificates that a peer has shown. What nobody asks for is not taken out of OpenSSL. */
export class PeerCertificates {
  /** The peer's own. */
  readonly leaf: X509Certificate | undefined;
  #chain: readonly Uint8Array[] | undefined;

  constructor(leaf: X509Certificate | undefined) {
    this.leaf = leaf;
  }

  /**
   * What the peer has shown in this handshake; nothing in a resumed one of a client. To be asked once for each handshake:
   * getPeerX509Certificate takes a server's certificate out of the chain that OpenSSL keeps for its client (Node.js 20). getPeerCertificate
   * does not, and costs as much as a third of a handshake.
   */
  static shownTo(socket: TLSSocket): PeerCertificates {
    return new PeerCertificates(socket.getPeerX509Certificate());
  }

  /** DER, from the peer's own upwards. */
  get chain(): readonly Uint8Array[] {
    this.#chain ??= chainOf(this.leaf);
    return this.#chain;
  }
}

function chainOf(leaf: X509Certificate | undefined): Uint8Array[] {
  const chain: Uint8Array[] = [];
  for (let each = leaf; each && chain.length < LONGEST_CHAIN; each = each.issuerCertificate) {
    chain.push(new Uint8Array(each.raw));
  }
  return chain;
}

/** Throws SEC_E_NO_CREDENTIALS for a peer that has shown no certificate. */
export function remoteCertificate({ chain }: PeerCertificates): CertificateContext {
  const [certificate] = chain;
  if (!certificate) throw new PackageError(SEC_E.NO_CREDENTIALS, 'the peer has shown no certificate');
  return { certificate: certificate.slice(), chain: chain.map(each => each.slice()) };
}

/** Undefined for a client without one. */
export function localCertificate(socket: TLSSocket): CertificateContext | undefined {
  const certificate = socket.getX509Certificate()?.raw;
  if (!certificate) return undefined;
  return { certificate: new Uint8Array(certificate), chain: [new Uint8Array(certificate)] };
}

const LONGEST_CHAIN = 32;
