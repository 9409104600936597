import { decodeBase64 } from '../../bytes/base64.js';
import { MalformedBytesError } from '../../bytes/errors.js';

/** The peer's part of a SASL exchange is not what the protocol allows. */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError';
}

/** The bytes of a challenge or a response (RFC 9051 9, `base64`). Throws `ProtocolError`. */
export function decodeToken(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch (error) {
    if (error instanceof MalformedBytesError) throw new ProtocolError('this is not base64');
    throw error;
  }
}
