import { SspiError } from '../sspi/error.js';
import type { PackageFunctionTable } from '../sspi/function-table.js';
import type { SecPkgInfo } from '../sspi/packages.js';
import { SEC_E } from '../sspi/status.js';
import type { SaslProfile } from './profile.js';
import { digestMd5 } from './profiles/digest-md5.js';
import { external } from './profiles/external.js';
import { gssSpnego } from './profiles/gss-spnego.js';
import { gssapi } from './profiles/gssapi.js';
import { SaslFailure } from './sasl-failure.js';

/** A profile together with the package that carries it in one function table. */
export interface CarriedProfile {
  readonly profile: SaslProfile;
  readonly package: SecPkgInfo;
}

/** The profiles of one function table: those of which it has a package. */
export class SaslProfiles {
  readonly #table: PackageFunctionTable;

  constructor(table: PackageFunctionTable) {
    this.#table = table;
  }

  async all(): Promise<CarriedProfile[]> {
    const carried = await Promise.all(PROFILES.map(profile => this.#carry(profile)));
    return carried.filter(found => found !== undefined);
  }

  /** Case does not matter. Throws SEC_E_SECPKG_NOT_FOUND. */
  async byName(name: string): Promise<CarriedProfile> {
    const wanted = name.toUpperCase();
    const profile = PROFILES.find(candidate => candidate.name === wanted);
    const carried = profile && (await this.#carry(profile));
    if (carried) return carried;
    throw await this.#notFound(`there is no SASL profile ${JSON.stringify(name)}`);
  }

  /** The profile that a security package carries, by any of the package's names. Throws SEC_E_UNSUPPORTED_FUNCTION. */
  async byPackage(packageName: string): Promise<CarriedProfile> {
    const { name } = await this.#table.querySecurityPackageInfo(packageName);
    for (const carried of await this.all()) {
      if (carried.package.name === name) return carried;
    }
    throw new SaslFailure(
      SEC_E.UNSUPPORTED_FUNCTION,
      `${name} carries no SASL profile`,
      'Take the package that saslGetProfilePackage names, or the functions without Sasl.',
    );
  }

  /** The profile whose name a SASL negotiation buffer begins with: the longest. Throws SEC_E_SECPKG_NOT_FOUND. */
  async byNegotiation(buffer: Uint8Array): Promise<CarriedProfile> {
    const name = mechanismName(buffer);
    for (const carried of await this.all()) {
      if (carried.profile.name === name) return carried;
    }
    throw await this.#notFound('the buffer begins with no SASL profile of this provider');
  }

  async #carry(profile: SaslProfile): Promise<CarriedProfile | undefined> {
    for (const name of profile.packages) {
      try {
        return { profile, package: await this.#table.querySecurityPackageInfo(name) };
      } catch (error) {
        // Another package may carry the profile.
        if (!(error instanceof SspiError) || error.status !== SEC_E.SECPKG_NOT_FOUND) throw error;
      }
    }
    return undefined;
  }

  async #notFound(detail: string): Promise<SaslFailure> {
    const names = (await this.all()).map(({ profile }) => profile.name);
    return new SaslFailure(SEC_E.SECPKG_NOT_FOUND, detail, `There is ${names.join(', ') || 'none'}.`);
  }
}

/** RFC 4422 3.1: `sasl-mech = 1*20mech-char`, upper-case letters, digits, hyphen and underscore. */
const LONGEST_NAME = 20;

/**
 * The mechanism's name at the start of a negotiation buffer. It ends where the buffer ends or where a character follows that no name has,
 * such as the NUL before an initial response; so a longer name never passes for a shorter one that it begins with.
 */
function mechanismName(buffer: Uint8Array): string {
  let name = '';
  for (const byte of buffer.subarray(0, LONGEST_NAME + 1)) {
    const character = String.fromCharCode(byte).toUpperCase();
    if (!isMechanismCharacter(character)) break;
    name += character;
  }
  return name;
}

function isMechanismCharacter(character: string): boolean {
  return (
    (character >= 'A' && character <= 'Z') ||
    (character >= '0' && character <= '9') ||
    character === '-' ||
    character === '_'
  );
}

/** Every profile there is. */
const PROFILES: readonly SaslProfile[] = [digestMd5, gssSpnego, gssapi, external];
