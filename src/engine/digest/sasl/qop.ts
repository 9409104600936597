import { ASC_REQ, ASC_RET, ISC_REQ, ISC_RET } from '../../../sspi/flags.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';

/** Qualities of protection (RFC 2831 2.1.1): logon alone, and logon with a layer that signs, or seals, what follows. */
export type Qop = 'auth' | 'auth-int' | 'auth-conf';

/** What a server offers for its ASC_REQ bits: authentication always, and the layers that it asked for. */
export function offeredQops(contextReq: number): Qop[] {
  if (contextReq & ASC_REQ.CONFIDENTIALITY) return ['auth', 'auth-int', 'auth-conf'];
  return contextReq & SERVER_INTEGRITY ? ['auth', 'auth-int'] : ['auth'];
}

/**
 * What a client takes of an offer for its ISC_REQ bits: never less than it asked for, and no more than it needs to.
 * Throws SEC_E_QOP_NOT_SUPPORTED. Source: Microsoft Learn, "Quality of Protection and Ciphers".
 */
export function chooseQop(offered: readonly Qop[], contextReq: number): Qop {
  const acceptable = acceptableQops(contextReq);
  for (const qop of acceptable) {
    if (offered.includes(qop)) return qop;
  }
  throw new PackageError(
    SEC_E.QOP_NOT_SUPPORTED,
    `the server offers ${offered.join(', ') || 'no known protection'}, and ${acceptable[0]} is asked for`,
  );
}

export function clientAttributes(qop: Qop): number {
  if (qop === 'auth') return ISC_RET.CONNECTION;
  const integrity = ISC_RET.CONNECTION | ISC_RET.INTEGRITY | ISC_RET.REPLAY_DETECT | ISC_RET.SEQUENCE_DETECT;
  return qop === 'auth-int' ? integrity : integrity | ISC_RET.CONFIDENTIALITY;
}

export function serverAttributes(qop: Qop): number {
  if (qop === 'auth') return ASC_RET.CONNECTION;
  const integrity = ASC_RET.CONNECTION | ASC_RET.INTEGRITY | ASC_RET.REPLAY_DETECT | ASC_RET.SEQUENCE_DETECT;
  return qop === 'auth-int' ? integrity : integrity | ASC_RET.CONFIDENTIALITY;
}

export function isQop(name: string): name is Qop {
  return name === 'auth' || name === 'auth-int' || name === 'auth-conf';
}

function acceptableQops(contextReq: number): readonly Qop[] {
  if (contextReq & ISC_REQ.CONFIDENTIALITY) return ['auth-conf'];
  return contextReq & CLIENT_INTEGRITY ? ['auth-int', 'auth-conf'] : ['auth', 'auth-int', 'auth-conf'];
}

const SERVER_INTEGRITY = ASC_REQ.INTEGRITY | ASC_REQ.REPLAY_DETECT | ASC_REQ.SEQUENCE_DETECT;
const CLIENT_INTEGRITY = ISC_REQ.INTEGRITY | ISC_REQ.REPLAY_DETECT | ISC_REQ.SEQUENCE_DETECT;
