import { PackageError, type PackageErrorDetails } from '../../package-error.js';

/** Why a server refuses an AP-REQ, with the code that its KRB-ERROR tells the client (RFC 4120 3.2.3). */
export class ApFailure extends PackageError {
  override readonly name: string = 'ApFailure';
  /** KRB_ERROR. */
  readonly code: number;

  constructor(code: number, status: number, detail: string, details?: PackageErrorDetails) {
    super(status, detail, details);
    this.code = code;
  }
}
