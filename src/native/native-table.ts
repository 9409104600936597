import { addSaslFunctions } from '../sasl/sasl-functions.js';
import type { PackageFunctionTable, SecurityFunctionTable } from '../sspi/function-table.js';
import type { NativeAddon } from './addon.js';
import { contextFunctions } from './context-functions.js';
import { credentialFunctions } from './credential-functions.js';
import { messageFunctions } from './message-functions.js';
import { packageFunctions } from './package-functions.js';
import { saslFunctions } from './sasl-functions.js';
import { tokenFunctions } from './token-functions.js';
import { transferFunctions } from './transfer-functions.js';

/** The functions of Secur32.dll behind the table. Where the DLL lacks the Sasl functions, those of this package stand on the others. */
export function nativeTable(addon: NativeAddon): SecurityFunctionTable {
  const table: PackageFunctionTable = {
    provider: 'native',
    ...packageFunctions(addon),
    ...credentialFunctions(addon),
    ...contextFunctions(addon),
    ...messageFunctions(addon),
    ...tokenFunctions(addon),
    ...transferFunctions(addon),
  };
  return Object.freeze(addon.hasSasl() ? { ...table, ...saslFunctions(addon) } : addSaslFunctions(table));
}
