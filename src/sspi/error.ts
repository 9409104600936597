import type { CtxtHandle } from './handles.js';
import { explainStatus } from './status/explanations.js';
import { SEC_E, type SspiErrorCode, statusName, toStatus, type UnnamedStatus } from './status.js';

/** Which implementation answered: Secur32.dll, or the TypeScript engine. */
export type ProviderName = 'native' | 'engine';

/** What an {@link SspiError} is made of. */
export interface SspiErrorInit {
  /** The failing status; unsigned 32-bit or signed. */
  readonly status: number;
  /** The official name of the function, such as `AcceptSecurityContext`. */
  readonly syscall: string;
  readonly provider: ProviderName;
  /** What happened here, in a clause; the status's own sentence where it is absent. */
  readonly detail?: string;
  /** What a person can do; the status's own advice where it is absent. */
  readonly hint?: string;
  readonly token?: Uint8Array;
  readonly context?: CtxtHandle;
  readonly cause?: unknown;
}

const brand = Symbol.for('secur32.SspiError');

/**
 * A security function failed. `instanceof` holds across copies of this package.
 *
 * @example
 * ```ts
 * import { SspiError } from 'secur32';
 *
 * export function report(error: unknown): void {
 *   if (!(error instanceof SspiError)) throw error;
 *   if (error.code === 'SEC_E_LOGON_DENIED') console.error('wrong user or password');
 *   else console.error(error.message, error.hint);
 * }
 * ```
 */
export class SspiError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  }

  override readonly name: string = 'SspiError';
  /** The official name of the status, or its number in hex where it has none here. */
  readonly code: SspiErrorCode | UnnamedStatus;
  /** The status, unsigned 32-bit. */
  readonly status: number;
  readonly syscall: string;
  readonly provider: ProviderName;
  /** What a person can do about it. */
  readonly hint: string;
  /** Bytes that must still go to the peer before the connection ends: an alert, a reject, a KRB-ERROR. */
  declare readonly token?: Uint8Array;
  /** The context that the failed call leaves, to be deleted. */
  declare readonly context?: CtxtHandle;

  constructor(init: SspiErrorInit) {
    const status = toStatus(init.status);
    if (status === SEC_E.OK) throw new TypeError('SEC_E_OK is no error');
    const code = statusName(status) as SspiErrorCode | UnnamedStatus;
    const explanation = explainStatus(status);
    super(
      `${init.syscall}: ${init.detail ?? explanation.message} (${code})`,
      'cause' in init ? { cause: init.cause } : undefined,
    );
    this.code = code;
    this.status = status;
    this.syscall = init.syscall;
    this.provider = init.provider;
    this.hint = init.hint ?? explanation.hint;
    if (init.token !== undefined) this.token = init.token;
    if (init.context !== undefined) this.context = init.context;
    Object.defineProperty(this, brand, { value: true });
  }
}
