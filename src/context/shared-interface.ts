import type { SecurityFunctionTable } from '../sspi/function-table.js';
import { initSecurityInterface } from '../sspi/select.js';

let shared: SecurityFunctionTable | undefined;

/** The function table of those who name none: made once, when it is first asked for. */
export function sharedInterface(): SecurityFunctionTable {
  shared ??= initSecurityInterface();
  return shared;
}
