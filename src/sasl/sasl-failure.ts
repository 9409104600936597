import { ArgumentError } from '../sspi/arguments.js';
import { type ProviderName, SspiError } from '../sspi/error.js';
import { SEC_E, statusName } from '../sspi/status.js';

/** A failure of the SASL layer itself. The function that was called makes an `SspiError` of it. */
export class SaslFailure extends Error {
  override readonly name: string = 'SaslFailure';
  readonly status: number;
  readonly detail: string;
  readonly hint: string | undefined;

  constructor(status: number, detail: string, hint?: string) {
    super(`${detail} (${statusName(status)})`);
    this.status = status;
    this.detail = detail;
    this.hint = hint;
  }
}

/**
 * The error that a caller of `syscall` sees: a package's failure comes under the name of the Sasl function, with the package's own
 * error as its cause. Wrong arguments and a caller's own abort reason pass as they are.
 */
export function saslError(error: unknown, syscall: string, provider: ProviderName, signal?: AbortSignal): unknown {
  if (signal?.aborted && error === signal.reason) return error;
  if (error instanceof ArgumentError) return error;
  if (error instanceof SaslFailure) {
    const { status, detail, hint } = error;
    return new SspiError({ status, syscall, provider, detail, ...(hint !== undefined && { hint }) });
  }
  if (error instanceof SspiError) {
    const { status, hint, token } = error;
    const detail = detailOf(error);
    return new SspiError({ status, syscall, provider, detail, hint, ...(token && { token }), cause: error });
  }
  return new SspiError({ status: SEC_E.INTERNAL_ERROR, syscall, provider, cause: error });
}

/** An SspiError's message without the function's name before it and the status's name after it. */
function detailOf(error: SspiError): string {
  const before = `${error.syscall}: `;
  const after = ` (${error.code})`;
  const { message } = error;
  return message.startsWith(before) && message.endsWith(after) ? message.slice(before.length, -after.length) : message;
}
