import process from 'node:process';
import type { SecurityFunctionTable } from '../sspi/function-table.js';

/** Throws: this version of the package comes without the addon. */
export function loadNative(): SecurityFunctionTable {
  throw new Error(
    `There is no native provider for ${process.platform}-${process.arch} in this version of secur32. ` +
      "Ask for the engine: initSecurityInterface({ provider: 'engine' }).",
  );
}
