import { SASL_AUTHZID_STATE, type SaslContextOptions } from '../sspi/sasl.js';
import { SEC_E } from '../sspi/status.js';
import { checkAuthzProcessing, checkAuthzString, checkSize } from './option-values.js';
import { SaslFailure } from './sasl-failure.js';

/** Default of SASL_OPTION.SEND_SIZE and RECV_SIZE. Source: Microsoft Learn, "SaslGetContextOption". */
export const DEFAULT_BUFFER_SIZE = 0xffff;

const NONE = new Uint8Array(0);

/** The options of one context, as its owner has set them. */
export class SaslSettings {
  /** Undefined until the owner sets it: the exchange knows better. */
  sendSize: number | undefined;
  recvSize: number = DEFAULT_BUFFER_SIZE;
  /** What a client asks for. */
  authzString: Uint8Array = NONE;
  authzProcessing: number = SASL_AUTHZID_STATE.PROCESSED;

  constructor(options: SaslContextOptions = {}) {
    if (options.recvSize !== undefined) this.recvSize = checkSize(options.recvSize);
    if (options.authzProcessing !== undefined) this.authzProcessing = checkAuthzProcessing(options.authzProcessing);
    if (options.authzString !== undefined) this.authzString = checkAuthzString(options.authzString);
  }

  get authzForbidden(): boolean {
    return this.authzProcessing === SASL_AUTHZID_STATE.FORBIDDEN;
  }

  /** The authorization identity that a client sends. It is never left out in silence. */
  authzStringToSend(): Uint8Array {
    if (this.authzString.length > 0) this.refuseForbidden();
    return this.authzString;
  }

  /** For where an authorization identity is there: SEC_E_ALGORITHM_MISMATCH unless it may be. */
  refuseForbidden(): void {
    if (!this.authzForbidden) return;
    throw new SaslFailure(
      SEC_E.ALGORITHM_MISMATCH,
      'there is an authorization identity, and SASL_OPTION.AUTHZ_PROCESSING forbids it',
      'Log on without asking for another identity, or allow it with SASL_AUTHZID_STATE.PROCESSED.',
    );
  }
}
