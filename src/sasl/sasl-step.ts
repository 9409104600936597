/** Which function made a context: its later legs come through the same one. */
export type SaslRole = 'client' | 'server';

/** What one leg gave. */
export interface SaslStep {
  /** SEC_E_OK or SEC_I_CONTINUE_NEEDED. */
  readonly status: number;
  readonly token: Uint8Array;
  /** With SEC_E_OK, INTEGRITY and CONFIDENTIALITY say which security layer was agreed. */
  readonly contextAttr: number;
  readonly expiry?: Date;
}
