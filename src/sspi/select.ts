import process from 'node:process';
import { createEngine } from '../engine/create-engine.js';
import type { EngineOptions } from '../engine/options.js';
import { loadNative } from '../native/load-native.js';
import type { ProviderName } from './error.js';
import type { SecurityFunctionTable } from './function-table.js';

/** Which provider to take, and what the engine is made with. */
export interface SecurityInterfaceOptions {
  /** `auto`, the default: native on Windows, the engine elsewhere. */
  readonly provider?: ProviderName | 'auto';
  /** Taken by the engine; giving it does not choose the engine. */
  readonly engine?: EngineOptions;
}

/**
 * The security functions: Secur32.dll's, or the engine's. Named after InitSecurityInterface.
 * Throws an `Error` that lists what was tried where the native provider is asked for and cannot be had.
 *
 * @example
 * ```ts
 * import { initSecurityInterface } from 'secur32/raw';
 *
 * const sspi = initSecurityInterface({ provider: 'engine' });
 * for (const { name, comment } of await sspi.enumerateSecurityPackages()) console.log(name, comment);
 * ```
 */
export function initSecurityInterface(options: SecurityInterfaceOptions = {}): SecurityFunctionTable {
  const { provider = 'auto' } = options;
  switch (provider) {
    case 'native':
      return loadNative();
    case 'engine':
      return createEngine(options.engine);
    case 'auto':
      return process.platform === 'win32' ? loadNative() : createEngine(options.engine);
    default:
      throw new TypeError("provider must be 'auto', 'native' or 'engine'");
  }
}
