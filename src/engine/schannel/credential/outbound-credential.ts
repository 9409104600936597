import { createSecureContext, type SecureContext } from 'node:tls';
import { SECPKG_ATTR } from '../../../sspi/attributes.js';
import type { Awaitable } from '../../../sspi/awaitable.js';
import type { CertificateIdentity } from '../../../sspi/credentials.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { FirstLeg, InitializeLeg, PackageCredential } from '../../security-package.js';
import { ClientContext } from '../client-context.js';
import { ExternalContext } from '../external-context.js';
import type { SchannelServices } from '../services.js';
import { readable, usableCertificate } from './certificate-sources.js';
import { type ClientSession, type NewSession, SessionCache, type SessionOrigin } from './session-cache.js';
import { type CredentialSettings, credentialSettings } from './settings.js';

/** A client's credential: a certificate or none, and the sessions that can be resumed. */
export class OutboundCredential implements PackageCredential {
  readonly services: SchannelServices;
  readonly settings: CredentialSettings;
  readonly secureContext: SecureContext;
  readonly hasCertificate: boolean;
  readonly #sessions = new SessionCache();

  constructor(services: SchannelServices, identity: CertificateIdentity) {
    this.services = services;
    this.settings = credentialSettings(identity, 'client');
    const [certificate] = (identity.certificates ?? []).map(usableCertificate);
    this.hasCertificate = certificate !== undefined;
    this.secureContext = readable(() => createSecureContext({ ...this.settings.tls, ...certificate?.options }));
  }

  initialize(leg: InitializeLeg): Awaitable<FirstLeg> {
    if (ExternalContext.isMeant(leg)) return ExternalContext.initialize();
    return ClientContext.begin(this, leg);
  }

  accept(): never {
    throw new PackageError(SEC_E.NO_CREDENTIALS, 'the credential is outbound', {
      hint: "Acquire a credential for use 'inbound'.",
    });
  }

  queryAttribute(attribute: number): unknown {
    return attribute === SECPKG_ATTR.SUPPORTED_PROTOCOLS ? { protocols: this.settings.protocols } : undefined;
  }

  close(): void {
    this.#sessions.clear();
  }

  takeSession(serverName: string | undefined): ClientSession | undefined {
    return serverName === undefined ? undefined : this.#sessions.take(serverName, this.services.environment.now());
  }

  keepSession(serverName: string | undefined, session: NewSession | ClientSession): void {
    if (serverName === undefined) return;
    const until = this.services.environment.now() + this.settings.sessionLifespan * 1000;
    this.#sessions.add(serverName, { until, ...session });
  }

  dropSessions(serverName: string | undefined, origin: SessionOrigin): void {
    if (serverName !== undefined) this.#sessions.drop(serverName, origin);
  }
}
