import { SspiError } from '../sspi/error.js';
import type { SecurityFunctionTable } from '../sspi/function-table.js';
import { SEC_E } from '../sspi/status.js';
import type { Credential } from './credential.js';

/** Packages of mechanisms that have been asked for: a provider's do not change. */
const known = new WeakMap<SecurityFunctionTable, Map<string, string>>();

/**
 * Throws SEC_E_SECPKG_NOT_FOUND for a mechanism that the provider does not have, and SEC_E_WRONG_CREDENTIAL_HANDLE for a
 * credential of another package than the mechanism's.
 */
export async function checkMechanism(mechanism: string, credential: Credential, syscall: string): Promise<void> {
  const { sspi } = credential;
  const name = known.get(sspi)?.get(mechanism) ?? (await lookUp(mechanism, sspi));
  if (name === credential.package) return;
  throw new SspiError({
    status: SEC_E.WRONG_CREDENTIAL_HANDLE,
    syscall,
    provider: sspi.provider,
    detail: `${mechanism} needs a credential of ${name}, not of ${credential.package}`,
    hint: `Acquire the credential with package: '${name}'.`,
  });
}

async function lookUp(mechanism: string, sspi: SecurityFunctionTable): Promise<string> {
  const { name } = await sspi.saslGetProfilePackage(mechanism);
  const packages = known.get(sspi) ?? new Map<string, string>();
  known.set(sspi, packages.set(mechanism, name));
  return name;
}
