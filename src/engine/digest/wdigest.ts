import { SECPKG_CRED_ATTR } from '../../sspi/attributes.js';
import type { Awaitable } from '../../sspi/awaitable.js';
import { ASC_REQ, ISC_REQ } from '../../sspi/flags.js';
import { SECPKG_FLAG, type SecPkgInfo } from '../../sspi/packages.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type {
  ContextLegInput,
  CredentialRequest,
  FirstLeg,
  InitializeLeg,
  PackageCredential,
  SecurityPackage,
} from '../security-package.js';
import { DigestIdentity } from './credential.js';
import { HttpDigestClient } from './http/http-client.js';
import { HttpDigestServer } from './http/http-server.js';
import { type DigestServices, digestServices, type WDigestParts } from './services.js';

/**
 * Digest authentication: DIGEST-MD5 for SASL (RFC 2831), and HTTP Digest (RFC 7616) where a context asks for `ISC_REQ.HTTP` or
 * `ASC_REQ.HTTP`. Source: Microsoft Learn, "Microsoft Digest SSP".
 */
export class WDigest implements SecurityPackage {
  readonly info: SecPkgInfo = WDIGEST_INFO;
  readonly #services: DigestServices;

  constructor(parts: WDigestParts) {
    this.#services = digestServices(parts);
  }

  /**
   * Throws SEC_E_UNKNOWN_CREDENTIALS for both directions in one (Microsoft Learn, "AcquireCredentialsHandle (Digest)"), and what
   * {@link DigestIdentity.from} throws for a client. A server needs no identity: one that is given is passed over.
   */
  acquireCredential({ use, authData }: CredentialRequest): PackageCredential {
    switch (use) {
      case 'inbound':
        return new InboundCredential(this.#services);
      case 'outbound':
        return new OutboundCredential(this.#services, DigestIdentity.from(authData));
      default:
        throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, 'a credential of WDigest serves one direction', {
          hint: "Acquire one credential for use 'inbound' and one for 'outbound'.",
        });
    }
  }
}

class OutboundCredential implements PackageCredential {
  readonly #identity: DigestIdentity;
  readonly #http: HttpDigestClient;

  constructor(services: DigestServices, identity: DigestIdentity) {
    this.#identity = identity;
    this.#http = new HttpDigestClient(services, identity);
  }

  initialize(leg: InitializeLeg): Awaitable<FirstLeg> {
    if (leg.contextReq & ISC_REQ.HTTP) return this.#http.initialize(leg);
    throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION);
  }

  accept(): never {
    throw wrongDirection('outbound', 'inbound');
  }

  queryAttribute(attribute: number): unknown {
    if (attribute !== SECPKG_CRED_ATTR.NAMES) return undefined;
    const { domain, user } = this.#identity;
    return { userName: domain === undefined ? user : `${domain}\\${user}` };
  }

  close(): void {
    this.#identity.wipe();
  }
}

class InboundCredential implements PackageCredential {
  readonly #http: HttpDigestServer;

  constructor(services: DigestServices) {
    this.#http = new HttpDigestServer(services);
  }

  initialize(): never {
    throw wrongDirection('inbound', 'outbound');
  }

  accept(leg: ContextLegInput): Awaitable<FirstLeg> {
    if (leg.contextReq & ASC_REQ.HTTP) return this.#http.accept(leg);
    throw new PackageError(SEC_E.UNSUPPORTED_FUNCTION);
  }

  close(): void {}
}

function wrongDirection(has: string, needs: string): PackageError {
  return new PackageError(SEC_E.NO_CREDENTIALS, `the credential is ${has}`, {
    hint: `Acquire a credential for use '${needs}'.`,
  });
}

/**
 * As Windows reports its own, without the capabilities that a process outside of Windows cannot have (IMPERSONATION,
 * APPCONTAINER_CHECKS).
 */
const WDIGEST_INFO: SecPkgInfo = {
  name: 'WDigest',
  comment: 'Digest Authentication for Windows',
  capabilities: SECPKG_FLAG.TOKEN_ONLY | SECPKG_FLAG.ACCEPT_WIN32_NAME,
  version: 1,
  rpcId: 21,
  maxToken: 4096,
};
Object.freeze(WDIGEST_INFO);
