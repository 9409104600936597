import { ArgumentError } from '../sspi/arguments.js';
import { SspiError } from '../sspi/error.js';
import { SEC_E } from '../sspi/status.js';
import type { EngineEnvironment } from './environment.js';
import { HalfOpenContexts } from './handles/half-open-contexts.js';
import { checkAmount, type EngineLimits } from './options.js';
import { PackageError } from './package-error.js';
import { PackageRegistry } from './registry.js';

/** What the functions of one engine share. It is also the owner that its handles are checked against. */
export class EngineCore {
  readonly environment: EngineEnvironment;
  readonly packages: PackageRegistry = new PackageRegistry();
  readonly halfOpen: HalfOpenContexts;

  /** Throws RangeError for a limit that would be none. */
  constructor(environment: EngineEnvironment, { halfOpenContexts = 10_000, halfOpenLifetime = 120 }: EngineLimits) {
    this.environment = environment;
    checkAmount(halfOpenContexts, 'limits.halfOpenContexts');
    checkAmount(halfOpenLifetime, 'limits.halfOpenLifetime');
    this.halfOpen = new HalfOpenContexts(halfOpenContexts, halfOpenLifetime * 1000);
  }
}

/**
 * The error that a caller of `syscall` sees. What no package meant to throw is a fault of the engine, SEC_E_INTERNAL_ERROR;
 * wrong arguments and a caller's own abort reason pass as they are.
 */
export function callError(error: unknown, syscall: string, signal?: AbortSignal): unknown {
  if (signal?.aborted && error === signal.reason) return error;
  if (error instanceof PackageError) {
    const { detail, details, status } = error;
    return new SspiError({ status, syscall, provider: 'engine', ...(detail !== undefined && { detail }), ...details });
  }
  if (error instanceof ArgumentError || error instanceof SspiError) return error;
  return new SspiError({ status: SEC_E.INTERNAL_ERROR, syscall, provider: 'engine', cause: error });
}
