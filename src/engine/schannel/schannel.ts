import { SECPKG_FLAG, type SecPkgInfo } from '../../sspi/packages.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { CredentialRequest, PackageCredential, SecurityPackage } from '../security-package.js';
import { InboundCredential } from './credential/inbound-credential.js';
import { OutboundCredential } from './credential/outbound-credential.js';
import { certificateIdentity } from './credential/settings.js';
import type { SchannelServices } from './services.js';

/** Which of the package's two names. */
export type SchannelName = 'schannel' | 'unified';

/** TLS 1.2 and 1.3. Source: Microsoft Learn, "Secure Channel", "Creating an Schannel Security Context". */
export class Schannel implements SecurityPackage {
  readonly info: SecPkgInfo;
  readonly #services: SchannelServices;

  /** Windows has the package under two names. */
  constructor(services: SchannelServices, name: SchannelName) {
    this.info = INFOS[name];
    this.#services = services;
  }

  /**
   * Throws SEC_E_UNKNOWN_CREDENTIALS for both directions in one, for an identity of another kind than `certificate`, and for a
   * certificate that cannot be used; SEC_E_NO_CREDENTIALS for a server without one; SEC_E_UNSUPPORTED_FUNCTION for protocols that
   * are not here.
   */
  acquireCredential({ use, authData }: CredentialRequest): PackageCredential {
    const identity = certificateIdentity(authData);
    switch (use) {
      case 'inbound':
        return new InboundCredential(this.#services, identity);
      case 'outbound':
        return new OutboundCredential(this.#services, identity);
      default:
        throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, 'a credential of Schannel serves one direction', {
          hint: "Acquire one credential for use 'inbound' and one for 'outbound'.",
        });
    }
  }
}

/** As Windows reports its own, without the capabilities that a process outside of Windows cannot have. */
const COMMON = {
  comment: 'Schannel Security Package',
  capabilities:
    SECPKG_FLAG.INTEGRITY |
    SECPKG_FLAG.PRIVACY |
    SECPKG_FLAG.CONNECTION |
    SECPKG_FLAG.MULTI_REQUIRED |
    SECPKG_FLAG.EXTENDED_ERROR |
    SECPKG_FLAG.ACCEPT_WIN32_NAME |
    SECPKG_FLAG.STREAM |
    SECPKG_FLAG.MUTUAL_AUTH,
  version: 1,
  rpcId: 14,
  maxToken: 24576,
};

const INFOS: Readonly<Record<SchannelName, SecPkgInfo>> = {
  schannel: { ...COMMON, name: 'Schannel' },
  unified: { ...COMMON, name: 'Microsoft Unified Security Protocol Provider' },
};
Object.freeze(INFOS);
