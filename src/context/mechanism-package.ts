import { SspiError } from '../sspi/error.js';
import type { SecurityFunctionTable } from '../sspi/function-table.js';
import { SEC_E } from '../sspi/status.js';
import type { Credential } from './credential.js';

/** Packages of mechanisms that have been asked for, in the spelling that was used: a provider's do not change. */
const known = new WeakMap<SecurityFunctionTable, Map<string, string>>();

/**
 * Throws SEC_E_SECPKG_NOT_FOUND for a mechanism that the provider does not have, and SEC_E_WRONG_CREDENTIAL_HANDLE for a
 * credential of another package than the mechanism's. A promise only where the provider has to be asked.
 */
export function checkMechanism(mechanism: string, credential: Credential, syscall: string): Promise<void> | undefined {
  const name = known.get(credential.sspi)?.get(mechanism);
  if (name === undefined) return lookUp(mechanism, credential, syscall);
  refuseOtherPackage(name, mechanism, credential, syscall);
  return undefined;
}

async function lookUp(mechanism: string, credential: Credential, syscall: string): Promise<void> {
  const { sspi } = credential;
  const { name } = await sspi.saslGetProfilePackage(mechanism);
  const packages = known.get(sspi) ?? new Map<string, string>();
  // Peers may name mechanisms in any case: what they can make us keep stays bounded.
  if (packages.size < MAXIMUM_SPELLINGS) known.set(sspi, packages.set(mechanism, name));
  refuseOtherPackage(name, mechanism, credential, syscall);
}

function refuseOtherPackage(name: string, mechanism: string, credential: Credential, syscall: string): void {
  if (name === credential.package) return;
  throw new SspiError({
    status: SEC_E.WRONG_CREDENTIAL_HANDLE,
    syscall,
    provider: credential.sspi.provider,
    detail: `${mechanism} needs a credential of ${name}, not of ${credential.package}`,
    hint: `Acquire the credential with package: '${name}'.`,
  });
}

const MAXIMUM_SPELLINGS = 32;
