import process from 'node:process';
import type { SecurityFunctionTable } from 'secur32/raw';
import { initSecurityInterface } from 'secur32/raw';
import { loadNativeFrom } from '#dist/native/load-native.js';

/** The addon as it is shipped, on the Secur32.dll of the system. */
export function releaseTable(): SecurityFunctionTable {
  const addon = process.env['SECUR32_ADDON'];
  return addon === undefined ? initSecurityInterface({ provider: 'native' }) : loadNativeFrom([addon]);
}

/** The test build of the addon, on the audit DLL. */
export function auditedTable(): SecurityFunctionTable {
  return loadNativeFrom([process.env['SECUR32_TEST_ADDON'] ?? '']);
}
