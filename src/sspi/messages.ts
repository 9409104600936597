import type { SecBuffer } from './buffers.js';

/** Quality of protection (`fQOP`). Source: sspi.h; Microsoft Learn, "EncryptMessage". */
export const SECQOP = {
  /** Sign in the form of a sealed message, without encryption: GSS_Wrap with conf_req_flag false (RFC 2743 2.3.3). */
  WRAP_NO_ENCRYPT: 0x80000001,
  /** Schannel: the data is an alert of two bytes. */
  WRAP_OOB_DATA: 0x40000000,
} as const;
Object.freeze(SECQOP);

/** Data representation (`TargetDataRep`). Source: sspi.h. */
export const DREP = {
  NATIVE: 0x00000010,
  NETWORK: 0x00000000,
} as const;
Object.freeze(DREP);

/** What a message function works on. */
export interface MessageCall {
  /** In the layout that the package documents. The bytes are worked on in place where their sizes allow it. */
  readonly buffers: readonly SecBuffer[];
  /** {@link SECQOP}; 0, the default, is the strongest that the context has. */
  readonly qop?: number;
  /** `MessageSeqNo`: datagram and DCE style only; connections count by themselves. */
  readonly sequence?: number;
}

/**
 * The buffers as a message function left them, each cut to the bytes that are valid,
 * in the order they were given, with what the call said of them.
 */
export interface MessageBuffers extends Array<SecBuffer> {
  /** SEC_E_OK, or for decryptMessage SEC_I_RENEGOTIATE, SEC_I_CONTEXT_EXPIRED or SEC_E_INCOMPLETE_MESSAGE. */
  status: number;
  /** `pfQOP`: the protection that the message had; `SECQOP.WRAP_NO_ENCRYPT` says that it was signed only. */
  qop: number;
}

/** Makes the result of a message function out of its buffers. */
export function messageBuffers(buffers: SecBuffer[], qop = 0, status = 0): MessageBuffers {
  const result = buffers as MessageBuffers;
  result.qop = qop;
  result.status = status;
  return result;
}
