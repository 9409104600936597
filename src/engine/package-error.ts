import { statusName } from '../sspi/status.js';

/** What a package adds to a failing status. */
export interface PackageErrorDetails {
  /** What a person can do; the status's own advice where it is absent. */
  readonly hint?: string;
  /** Bytes that must still go to the peer. */
  readonly token?: Uint8Array;
  readonly cause?: unknown;
}

/** A package's failure. The function table makes an `SspiError` of it, with the name of the function that was called. */
export class PackageError extends Error {
  override readonly name: string = 'PackageError';
  readonly status: number;
  readonly detail: string | undefined;
  readonly details: PackageErrorDetails;

  constructor(status: number, detail?: string, details: PackageErrorDetails = {}) {
    super(detail ?? statusName(status), 'cause' in details ? { cause: details.cause } : undefined);
    this.status = status;
    this.detail = detail;
    this.details = details;
  }
}
