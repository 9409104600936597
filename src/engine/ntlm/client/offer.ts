import { ISC_REQ, ISC_RET } from '../../../sspi/flags.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import { checkKeyStrength } from '../key-strength.js';
import { NTLMSSP } from '../messages/flags.js';
import type { NtlmOptions } from '../options.js';

/** What a client asks for ([MS-NLMP] 3.1.5.1.1), out of what its caller asks for. */
export function offeredFlags(contextReq: number, options: NtlmOptions): number {
  let flags = BASE | (options.dangerouslySendLm ? NTLMSSP.LM_KEY : NTLMSSP.EXTENDED_SESSIONSECURITY);
  if (contextReq & ISC_REQ.CONFIDENTIALITY) flags |= NTLMSSP.SEAL | NTLMSSP.SIGN;
  if (contextReq & INTEGRITY && !(contextReq & ISC_REQ.NO_INTEGRITY)) flags |= NTLMSSP.SIGN;
  if (flags & NTLMSSP.SIGN) flags |= NTLMSSP.KEY_EXCH;
  if (contextReq & ISC_REQ.DATAGRAM) flags |= NTLMSSP.DATAGRAM;
  if (contextReq & ISC_REQ.IDENTIFY) flags |= NTLMSSP.IDENTIFY;
  return flags >>> 0;
}

/** What an anonymous client asks for: a session without a key protects nothing ([MS-NLMP] 3.2.5.1.2). */
export function anonymousFlags(contextReq: number, options: NtlmOptions): number {
  const protection = NTLMSSP.SIGN | NTLMSSP.SEAL | NTLMSSP.KEY_EXCH;
  return ((offeredFlags(contextReq, options) & ~protection) | NTLMSSP.ANONYMOUS) >>> 0;
}

/**
 * What remains of the offer after the server's CHALLENGE: the flags of the session ([MS-NLMP] 3.1.5.1.2). Throws SEC_E_QOP_NOT_SUPPORTED
 * where signing or sealing was insisted on and is missing, since a server has to echo them, and SEC_E_UNSUPPORTED_FUNCTION for keys too weak.
 */
export function agreedFlags(offered: number, challenged: number, insisted: number, options: NtlmOptions): number {
  let agreed = offered & challenged;
  if (agreed & NTLMSSP.UNICODE) agreed &= ~NTLMSSP.OEM;
  if (agreed & NTLMSSP.EXTENDED_SESSIONSECURITY) agreed &= ~NTLMSSP.LM_KEY;
  if (insisted & ~challenged & PROTECTION) {
    throw new PackageError(
      SEC_E.QOP_NOT_SUPPORTED,
      'the server does not grant the protection of messages that was asked for',
      {
        hint: 'Ask for none where another layer, such as TLS, protects the connection. A server that follows [MS-NLMP] grants what it is asked for.',
      },
    );
  }
  checkKeyStrength(agreed, options);
  // Servers do not repeat that the client is nobody.
  return (agreed | (offered & NTLMSSP.ANONYMOUS) | (challenged & NTLMSSP.TARGET_INFO)) >>> 0;
}

/** The ISC_RET bits of a session. Sealed messages are signed too. */
export function clientAttributes(flags: number): number {
  let attributes = 0;
  if (flags & PROTECTION) attributes |= ISC_RET.INTEGRITY | ISC_RET.REPLAY_DETECT | ISC_RET.SEQUENCE_DETECT;
  if (flags & NTLMSSP.SEAL) attributes |= ISC_RET.CONFIDENTIALITY;
  if (flags & NTLMSSP.IDENTIFY) attributes |= ISC_RET.IDENTIFY;
  if (flags & NTLMSSP.ANONYMOUS) attributes |= ISC_RET.NULL_SESSION;
  return attributes | (flags & NTLMSSP.DATAGRAM ? ISC_RET.DATAGRAM : ISC_RET.CONNECTION);
}

const BASE =
  NTLMSSP.UNICODE |
  NTLMSSP.OEM |
  NTLMSSP.REQUEST_TARGET |
  NTLMSSP.NTLM |
  NTLMSSP.ALWAYS_SIGN |
  NTLMSSP.VERSION |
  NTLMSSP.KEY_128 |
  NTLMSSP.KEY_56;
const PROTECTION = NTLMSSP.SIGN | NTLMSSP.SEAL;
const INTEGRITY = ISC_REQ.INTEGRITY | ISC_REQ.REPLAY_DETECT | ISC_REQ.SEQUENCE_DETECT;
