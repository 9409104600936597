/**
 * Bytes or text that are not what their format says. The readers and decoders of this room throw nothing else for bad input,
 * so a codec catches this one class and answers SEC_E_INVALID_TOKEN.
 */
export class MalformedBytesError extends Error {
  override readonly name: string = 'MalformedBytesError';
}

/** A field reaches past the end of the bytes it is read from. */
export class TruncatedError extends MalformedBytesError {
  override readonly name: string = 'TruncatedError';
}

/** Bytes are left where the structure should have ended. */
export class TrailingBytesError extends MalformedBytesError {
  override readonly name: string = 'TrailingBytesError';
}

/** Text or bytes outside their encoding: hex, base64, UTF-8, UTF-16 or ISO-8859-1. */
export class InvalidEncodingError extends MalformedBytesError {
  override readonly name: string = 'InvalidEncodingError';
}
