import { createSecureContext, type SecureContext } from 'node:tls';
import { SECPKG_ATTR } from '../../../sspi/attributes.js';
import type { CertificateIdentity } from '../../../sspi/credentials.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { ContextLegInput, FirstLeg, PackageCredential } from '../../security-package.js';
import { ExternalContext } from '../external-context.js';
import { ServerContext } from '../server-context.js';
import type { SchannelServices } from '../services.js';
import { TlsAcceptor } from '../tls/tls-server.js';
import { readable, type UsableCertificate, usableCertificate } from './certificate-sources.js';
import { type CredentialSettings, credentialSettings } from './settings.js';

/** What a server's handshake depends on besides the credential. */
type ClientCertificate = 'asked-for' | 'not-asked-for';

/** A server's credential: its certificates, and one acceptor for each kind of handshake that is asked for. */
export class InboundCredential implements PackageCredential {
  readonly services: SchannelServices;
  readonly settings: CredentialSettings;
  readonly #certificates: readonly UsableCertificate[];
  readonly #contexts = new Map<UsableCertificate, SecureContext>();
  readonly #acceptors = new Map<ClientCertificate, TlsAcceptor>();
  readonly #ticketKeys: Buffer;

  constructor(services: SchannelServices, identity: CertificateIdentity) {
    this.services = services;
    this.settings = credentialSettings(identity, 'server');
    this.#certificates = (identity.certificates ?? []).map(usableCertificate);
    if (this.#certificates.length === 0) {
      throw new PackageError(SEC_E.NO_CREDENTIALS, 'a server of Schannel needs a certificate with its key', {
        hint: "Give the credential an identity { kind: 'certificate', certificates: [{ pem, key }] }.",
      });
    }
    this.#ticketKeys = Buffer.from(services.environment.randomBytes(48));
    // What cannot be used is found out now, and not in a handshake.
    for (const certificate of this.#certificates) this.#contextOf(certificate);
  }

  accept(leg: ContextLegInput): Promise<FirstLeg> {
    if (ExternalContext.isMeant(leg)) return ExternalContext.accept(this.services, leg);
    return ServerContext.begin(this, leg);
  }

  initialize(): never {
    throw new PackageError(SEC_E.NO_CREDENTIALS, 'the credential is inbound', {
      hint: "Acquire a credential for use 'outbound'.",
    });
  }

  queryAttribute(attribute: number): unknown {
    return attribute === SECPKG_ATTR.SUPPORTED_PROTOCOLS ? { protocols: this.settings.protocols } : undefined;
  }

  close(): void {
    this.#acceptors.clear();
    this.#contexts.clear();
    this.#ticketKeys.fill(0);
  }

  acceptor(clientCertificate: ClientCertificate): TlsAcceptor {
    let acceptor = this.#acceptors.get(clientCertificate);
    if (!acceptor) {
      acceptor = this.#makeAcceptor(clientCertificate);
      this.#acceptors.set(clientCertificate, acceptor);
    }
    return acceptor;
  }

  #makeAcceptor(clientCertificate: ClientCertificate): TlsAcceptor {
    const contextOptions = {
      ...this.settings.tls,
      ...this.#certificates[0]!.options,
      ticketKeys: this.#ticketKeys,
      sessionIdContext: clientCertificate === 'asked-for' ? 'secur32-client-certificate' : 'secur32',
      honorCipherOrder: true,
    };
    return new TlsAcceptor({
      secureContext: readable(() => createSecureContext(contextOptions)),
      contextOptions,
      requestCert: clientCertificate === 'asked-for',
      contextFor: this.#certificates.length > 1 ? name => this.#contextFor(name) : undefined,
    });
  }

  /** The first certificate that carries the name; undefined leaves it at the first of all. */
  #contextFor(name: string): SecureContext | undefined {
    const certificate = this.#certificates.find(({ x509 }) => x509?.checkHost(name) !== undefined);
    return certificate && this.#contextOf(certificate);
  }

  #contextOf(certificate: UsableCertificate): SecureContext {
    let context = this.#contexts.get(certificate);
    if (!context) {
      context = readable(() => createSecureContext({ ...this.settings.tls, ...certificate.options }));
      this.#contexts.set(certificate, context);
    }
    return context;
  }
}
