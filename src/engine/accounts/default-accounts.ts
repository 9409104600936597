import { SEC_E } from '../../sspi/status.js';
import type { EngineEnvironment } from '../environment.js';
import { PackageError } from '../package-error.js';
import type { AccountStore } from './account-store.js';
import { accountsFile } from './accounts-file.js';

/** The accounts of an engine that was given none: the file that SECUR32_ACCOUNTS names. */
export function defaultAccounts(environment: EngineEnvironment): AccountStore {
  const path = environment.variables['SECUR32_ACCOUNTS'];
  if (path) return accountsFile(path, environment);
  return {
    find() {
      throw new PackageError(SEC_E.NO_AUTHENTICATING_AUTHORITY, 'the engine has no accounts to check a logon against', {
        hint: 'Give createEngine an account store (`accounts`), or name a file of accounts in SECUR32_ACCOUNTS.',
      });
    },
  };
}
