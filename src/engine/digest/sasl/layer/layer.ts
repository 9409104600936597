import { SEC_E } from '../../../../sspi/status.js';
import { PackageError } from '../../../package-error.js';

/** A security layer that stands. Its directions are this side's own. */
export interface SecurityLayer {
  /** Bytes of a block; 1 where messages are not padded. */
  readonly blockSize: number;
  /** Bytes that {@link seal} adds at most. */
  readonly trailerLength: number;
  /** Bytes of plaintext that fit the peer's buffer. */
  readonly maximumMessage: number;
  /** Writes the signature of a message's parts into the first 16 bytes of `signature`. */
  sign(signature: Uint8Array, parts: readonly Uint8Array[]): void;
  /** Throws SEC_E_MESSAGE_ALTERED and SEC_E_OUT_OF_SEQUENCE. */
  verify(signature: Uint8Array, parts: readonly Uint8Array[]): void;
  /**
   * Protects a message where it stands and writes what goes behind it into `trailer`, which has {@link trailerLength} bytes or more.
   * Returns how many bytes it wrote.
   */
  seal(message: Uint8Array, trailer: Uint8Array): number;
  /**
   * The message in a protected buffer: a view on the buffer, which it is decrypted in. Throws SEC_E_INVALID_TOKEN for a length that
   * no message has, SEC_E_MESSAGE_ALTERED and SEC_E_OUT_OF_SEQUENCE.
   */
  unseal(sealed: Uint8Array): Uint8Array;
  wipe(): void;
}

/** What layers are set up with. Sizes are those of `maxbuf`. */
export interface LayerParameters {
  readonly role: 'client' | 'server';
  /** H(A1), which the layer does not keep. */
  readonly ha1: Uint8Array;
  readonly ownMaxBuffer: number;
  readonly peerMaxBuffer: number;
}

/** Refuses a protected buffer of a size that cannot be. */
export function checkSealedLength(length: number, minimum: number, maximum: number): void {
  if (length < minimum) throw new PackageError(SEC_E.INVALID_TOKEN, `a protected buffer has ${minimum} bytes at least`);
  if (length > maximum) {
    throw new PackageError(SEC_E.INVALID_TOKEN, `the protected buffer is larger than the ${maximum} bytes agreed`);
  }
}
