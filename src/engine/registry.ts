import type { SecPkgInfo } from '../sspi/packages.js';
import { SEC_E } from '../sspi/status.js';
import { PackageError } from './package-error.js';
import type { SecurityPackage } from './security-package.js';

/** The packages of an engine, by name and by object identifier. */
export class PackageRegistry {
  readonly #packages: SecurityPackage[] = [];
  readonly #byName = new Map<string, SecurityPackage>();
  readonly #byOid = new Map<string, SecurityPackage>();

  add(securityPackage: SecurityPackage): void {
    this.#packages.push(securityPackage);
    for (const name of [securityPackage.info.name, ...(securityPackage.aliases ?? [])]) {
      this.#byName.set(name.toLowerCase(), securityPackage);
    }
    for (const oid of securityPackage.oids ?? []) this.#byOid.set(oid, securityPackage);
  }

  get infos(): SecPkgInfo[] {
    return this.#packages.map(securityPackage => securityPackage.info);
  }

  /** The packages with an object identifier, which Negotiate can agree on, in the order that they were added: most preferred first. */
  get negotiable(): SecurityPackage[] {
    return this.#packages.filter(({ oids }) => oids?.length);
  }

  /** Throws SEC_E_SECPKG_NOT_FOUND. */
  byName(name: string): SecurityPackage {
    const found = this.#byName.get(name.toLowerCase());
    if (found) return found;
    const known = this.#packages.map(securityPackage => securityPackage.info.name).join(', ');
    throw new PackageError(SEC_E.SECPKG_NOT_FOUND, `there is no security package ${JSON.stringify(name)}`, {
      hint: `The engine has ${known}.`,
    });
  }

  byOid(oid: string): SecurityPackage | undefined {
    return this.#byOid.get(oid);
  }

  /** The package that knows a token for its own, without SPNEGO around it. */
  byToken(token: Uint8Array): SecurityPackage | undefined {
    return this.#packages.find(securityPackage => securityPackage.recognizes?.(token));
  }
}
