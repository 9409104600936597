import { SECPKG_FLAG, type SecPkgInfo } from '../../sspi/packages.js';
import type { PackageRegistry } from '../registry.js';
import type { CredentialRequest, PackageCredential, SecurityPackage } from '../security-package.js';
import { Mechanisms } from './mechanisms.js';
import { NegotiateCredential } from './negotiate-credential.js';
import type { NegotiateOptions } from './options.js';
import { parsePackageList } from './package-list.js';

/** What the package is made with. */
export interface NegotiateParts {
  /** Where the mechanisms are found, by their object identifiers; those that are added later, too. */
  readonly packages: PackageRegistry;
  readonly options: NegotiateOptions;
}

/**
 * SPNEGO: agrees on one of the engine's other packages and then is that package (RFC 4178, [MS-SPNG]).
 * Source: Microsoft Learn, "Microsoft Negotiate".
 */
export class Negotiate implements SecurityPackage {
  readonly info: SecPkgInfo = NEGOTIATE_INFO;
  readonly #packages: PackageRegistry;
  readonly #options: NegotiateOptions;

  constructor({ packages, options }: NegotiateParts) {
    this.#packages = packages;
    this.#options = options;
  }

  /**
   * Throws SEC_E_SECPKG_NOT_FOUND for a `packageList` with a name that there is not. Whether a package can use the identity shows at the
   * first leg of a context: SEC_E_NO_CREDENTIALS where none can, and what the preferred one of a client says where only others can.
   */
  acquireCredential(request: CredentialRequest): PackageCredential {
    const { authData } = request;
    const list = authData && 'packageList' in authData ? authData.packageList : undefined;
    const allows = list === undefined ? () => true : parsePackageList(list, this.#packages);
    const packages = this.#allowed().filter(allows);
    const { whenPreferredFails } = this.#options;
    const mechanisms = new Mechanisms({ packages, request, whenPreferredFails });
    return new NegotiateCredential({ mechanisms, request, packages: this.#packages, options: this.#options });
  }

  /** The packages that the engine's owner lets this one negotiate, in that order. */
  #allowed(): readonly SecurityPackage[] {
    const { packages } = this.#options;
    if (packages === undefined) return this.#packages.negotiable;
    return packages.map(name => this.#packages.byName(name)).filter(({ oids }) => oids?.length);
  }
}

/** As Windows reports its own, without the capabilities that a process outside of Windows cannot have. */
const NEGOTIATE_INFO: SecPkgInfo = {
  name: 'Negotiate',
  comment: 'Microsoft Package Negotiator',
  capabilities:
    SECPKG_FLAG.INTEGRITY |
    SECPKG_FLAG.PRIVACY |
    SECPKG_FLAG.CONNECTION |
    SECPKG_FLAG.MULTI_REQUIRED |
    SECPKG_FLAG.EXTENDED_ERROR |
    SECPKG_FLAG.ACCEPT_WIN32_NAME |
    SECPKG_FLAG.NEGOTIABLE |
    SECPKG_FLAG.GSS_COMPATIBLE |
    SECPKG_FLAG.LOGON |
    SECPKG_FLAG.RESTRICTED_TOKENS,
  version: 1,
  rpcId: 9,
  maxToken: 48256,
};
Object.freeze(NEGOTIATE_INFO);
