/** A piece of a message, in its order: encrypted and signed, or (`clear`) signed only. */
export interface MessagePart {
  readonly bytes: Uint8Array;
  readonly clear: boolean;
}

/** What stands around a protected message, good until the next one: the message itself is worked on in place. */
export interface Surroundings {
  readonly token: Uint8Array;
  readonly padding: Uint8Array;
}

/** A protected message, once it is checked. */
export interface OpenedMessage {
  /** In bytes of its own where it was sealed. Where it was signed only, good until the next message. */
  readonly plaintext: Uint8Array;
  readonly sequence: number;
  readonly sealed: boolean;
}

/**
 * The per-message tokens of one context, of one generation: RFC 4121 or RFC 4757. It knows keys and shapes; which sequence number is
 * due is the business of {@link MessageProtection}.
 *
 * What reads a peer's bytes throws SEC_E_INVALID_TOKEN for a token of another shape, SEC_E_MESSAGE_ALTERED for one that the key does
 * not fit, or that was meant for the other direction.
 */
export interface TokenFormat {
  /** Bytes of a MIC. */
  readonly signatureLength: number;
  /** The most bytes before a wrapped message, and behind it. */
  readonly headerLength: number;
  readonly paddingLength: number;
  /** Sequence numbers begin anew at this one; they are integers below 2^53. */
  readonly sequenceEnd: number;
  /** GSS_GetMIC: good until the next message. */
  mic(sequence: number, parts: readonly MessagePart[]): Uint8Array;
  /** GSS_VerifyMIC; the sequence number. */
  verifyMic(mic: Uint8Array, parts: readonly MessagePart[]): number;
  /** GSS_Wrap with encryption, in place. */
  seal(sequence: number, parts: readonly MessagePart[]): Surroundings;
  /** GSS_Wrap without encryption. */
  sign(sequence: number, parts: readonly MessagePart[]): Surroundings;
  /**
   * GSS_Unwrap.
   *
   * @param clear parts that are not in `message`, with the place in the plaintext that they stand before.
   */
  open(message: Uint8Array, clear: readonly ClearPart[]): OpenedMessage;
  wipe(): void;
}

export interface ClearPart {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** The clear ones among the parts, with their places. */
export function clearParts(parts: readonly MessagePart[]): readonly ClearPart[] {
  if (!parts.some(part => part.clear)) return NONE;
  const clear: ClearPart[] = [];
  let at = 0;
  for (const part of parts) {
    if (part.clear) clear.push({ at, bytes: part.bytes });
    else at += part.bytes.length;
  }
  return clear;
}

/** All parts one after another, clear or not. */
export function allBytes(parts: readonly MessagePart[]): Uint8Array[] {
  return parts.map(({ bytes }) => bytes);
}

/** A plaintext with the clear parts in their places. */
export function withClearParts(plaintext: Uint8Array, clear: readonly ClearPart[]): Uint8Array[] {
  if (clear.length === 0) return [plaintext];
  const pieces: Uint8Array[] = [];
  let done = 0;
  for (const { at, bytes } of clear) {
    pieces.push(plaintext.subarray(done, at), bytes);
    done = at;
  }
  pieces.push(plaintext.subarray(done));
  return pieces;
}

const NONE: readonly ClearPart[] = [];
