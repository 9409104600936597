import process from 'node:process';
import type { SecurityFunctionTable } from 'secur32/raw';
import { loadNativeFrom } from '#dist/native/load-native.js';

/** The addon as it is shipped, on the Secur32.dll of the system. */
export function releaseTable(): SecurityFunctionTable {
  return loadNativeFrom([variable('SECUR32_ADDON')]);
}

/** The test build of the addon, on the audit DLL. */
export function auditedTable(): SecurityFunctionTable {
  return loadNativeFrom([variable('SECUR32_TEST_ADDON')]);
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} names a build of the addon; run.js sets it`);
  return value;
}
