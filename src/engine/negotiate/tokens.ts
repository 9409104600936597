import { MalformedBytesError } from '../../bytes/errors.js';
import { findBuffer, SECBUFFER } from '../../sspi/buffers.js';
import { SEC_E } from '../../sspi/status.js';
import { PackageError } from '../package-error.js';
import type { ContextLegInput } from '../security-package.js';
import { NEG_STATE } from './messages/neg-token-resp.js';
import { decodeNegotiationToken, encodeNegTokenResp, type NegotiationToken } from './messages/negotiation-token.js';

/** The peer's token, empty where there is none. Throws SEC_E_INVALID_TOKEN for one that is longer than any is. */
export function receivedToken({ input }: ContextLegInput): Uint8Array {
  const token = findBuffer(input, SECBUFFER.TOKEN)?.data ?? NOTHING;
  if (token.length > LONGEST_TOKEN) throw invalidToken(`a token of ${token.length} bytes is too long`);
  return token;
}

/** Takes SPNEGO's token apart, or throws SEC_E_INVALID_TOKEN. */
export function decodeToken(token: Uint8Array): NegotiationToken {
  if (token.length === 0) throw invalidToken('the peer’s token is empty');
  try {
    return decodeNegotiationToken(token);
  } catch (error) {
    if (!(error instanceof MalformedBytesError)) throw error;
    throw new PackageError(SEC_E.INVALID_TOKEN, `the token is not SPNEGO’s: ${error.message}`, { cause: error });
  }
}

export function invalidToken(detail: string): PackageError {
  return new PackageError(SEC_E.INVALID_TOKEN, detail);
}

/** The same failure, with a token that tells the client of it: a reject, around what the mechanism itself has to say. */
export function withReject(error: unknown): unknown {
  if (!(error instanceof PackageError)) return error;
  const { status, detail, details } = error;
  const token = encodeNegTokenResp({ negState: NEG_STATE.REJECT, responseToken: details.token });
  return new PackageError(status, detail, { ...details, token });
}

/** Kerberos tickets with large PACs come near to this; Windows' own limit is 48,000 and some. */
export const LONGEST_TOKEN = 0xffff;
const NOTHING = new Uint8Array(0);
