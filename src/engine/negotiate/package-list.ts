import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { PackageRegistry } from '../registry.js';
import type { SecurityPackage } from '../security-package.js';

/** Which packages an identity may use (`PackageList` of SEC_WINNT_AUTH_IDENTITY_EX). */
export type PackageFilter = (securityPackage: SecurityPackage) => boolean;

/**
 * Reads a `PackageList`: names separated by commas, of which one with `!` before it is left out and the others are all there is
 * (Microsoft Learn, "SEC_WINNT_AUTH_IDENTITY_EX"). A name that nobody knows is SEC_E_SECPKG_NOT_FOUND: a `!ntml` must not let NTLM through.
 */
export function parsePackageList(list: string, packages: PackageRegistry): PackageFilter {
  const names = list.split(',').map(name => name.trim().toLowerCase());
  const excluded = new Set<string>();
  const included = new Set<string>();
  for (const name of names) {
    if (name === '') continue;
    if (name.startsWith('!')) excluded.add(canonicalName(name.slice(1).trim(), packages));
    else included.add(canonicalName(name, packages));
  }
  return ({ info }) => {
    const name = info.name.toLowerCase();
    return !excluded.has(name) && (included.size === 0 || included.has(name));
  };
}

function canonicalName(name: string, packages: PackageRegistry): string {
  try {
    return packages.byName(name).info.name.toLowerCase();
  } catch (error) {
    if (ELSEWHERE.has(name)) return name;
    throw new PackageError(SEC_E.SECPKG_NOT_FOUND, `the package list names ${JSON.stringify(name)}`, {
      hint: `Write names of packages, separated by commas: NTLM, Kerberos, !NTLM.`,
      cause: error,
    });
  }
}

/** Packages of Windows that Negotiate knows there: a list that names one is in order, although this engine may lack it. */
const ELSEWHERE: ReadonlySet<string> = new Set(['ntlm', 'kerberos', 'pku2u', 'negoexts', 'negoextender', 'cloudap']);
