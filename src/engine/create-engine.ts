import { addSaslFunctions } from '../sasl/sasl-functions.js';
import type { PackageFunctionTable, SecurityFunctionTable } from '../sspi/function-table.js';
import { defaultAccounts } from './accounts/default-accounts.js';
import { WDigest } from './digest/wdigest.js';
import { EngineCore } from './engine-core.js';
import { nodeEnvironment } from './environment.js';
import { Kerberos } from './kerberos/kerberos.js';
import { Negotiate } from './negotiate/negotiate.js';
import { Ntlm } from './ntlm/ntlm.js';
import type { EngineOptions } from './options.js';
import { Schannel } from './schannel/schannel.js';
import { contextFunctions } from './table/context-functions.js';
import { credentialFunctions } from './table/credential-functions.js';
import { establishedFunctions } from './table/established-functions.js';
import { messageFunctions } from './table/message-functions.js';
import { packageFunctions } from './table/package-functions.js';

/**
 * Makes the security packages in TypeScript: the same functions as Secur32.dll, on any platform.
 * Handles of one engine are good for that engine only.
 *
 * @example
 * ```ts
 * import { createEngine, memoryAccounts } from 'secur32/engine';
 *
 * const accounts = memoryAccounts([{ user: 'alice', password: 'open sesame' }]);
 * export const sspi = createEngine({ accounts, digest: { realms: ['example.com'] } });
 * ```
 */
export function createEngine(options: EngineOptions = {}): SecurityFunctionTable {
  const environment = nodeEnvironment(options.environment);
  const core = new EngineCore(environment, options.limits ?? {});
  const accounts = options.accounts ?? defaultAccounts(environment);
  core.packages.add(new WDigest({ environment, accounts, options: options.digest ?? {} }));
  // Negotiate prefers the one that comes first.
  core.packages.add(new Kerberos({ environment, options }));
  core.packages.add(new Ntlm({ environment, accounts, options: options.ntlm ?? {} }));
  core.packages.add(new Negotiate({ packages: core.packages, options: options.negotiate ?? {} }));
  core.packages.add(new Schannel({ environment, accounts }, 'schannel'));
  core.packages.add(new Schannel({ environment, accounts }, 'unified'));

  const table: PackageFunctionTable = {
    provider: 'engine',
    ...packageFunctions(core),
    ...credentialFunctions(core),
    ...contextFunctions(core),
    ...establishedFunctions(core),
    ...messageFunctions(core),
  };
  return Object.freeze(addSaslFunctions(table));
}
