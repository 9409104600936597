import { createEngine, type EngineOptions } from 'secur32/engine';
import type { SecurityFunctionTable } from 'secur32/raw';
import { releaseTable } from '../native/windows/tables.js';

export function engineTable(options: EngineOptions): SecurityFunctionTable {
  return createEngine(options);
}

/** The addon as it is shipped, on the Secur32.dll of Windows. */
export function nativeTable(): SecurityFunctionTable {
  return releaseTable();
}
