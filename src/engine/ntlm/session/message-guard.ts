import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { KeyStream } from './key-stream.js';
import { SIGNATURE_LENGTH, type SignatureScheme, type Verdict } from './signature.js';

/** The parts of a message: what the signature covers, and what is encrypted. */
export interface MessageParts {
  readonly signed: readonly Uint8Array[];
  readonly sealed: readonly Uint8Array[];
}

/** How a message turned out to be protected. */
export type Protection = 'sealed' | 'signed';

/**
 * Protects or checks the messages of one direction ([MS-NLMP] 3.4.3, 3.4.4), in place. A message that is refused leaves the state and the
 * bytes as they were, so that what an attacker slips in between does no harm.
 */
export class MessageGuard {
  readonly #stream: KeyStream;
  readonly #scheme: SignatureScheme;
  readonly #expected: Uint8Array = new Uint8Array(SIGNATURE_LENGTH);

  constructor(stream: KeyStream, scheme: SignatureScheme) {
    this.#stream = stream;
    this.#scheme = scheme;
  }

  /** Writes the signature of the message, of which nothing is encrypted. */
  sign(signature: Uint8Array, { signed }: MessageParts, sequence: number): void {
    const number = this.#stream.begin(sequence);
    this.#scheme.digest(number, signed);
    this.#scheme.write(signature, this.#stream, number);
    this.#stream.advance();
  }

  seal(signature: Uint8Array, { signed, sealed }: MessageParts, sequence: number): void {
    const number = this.#stream.begin(sequence);
    this.#scheme.digest(number, signed);
    for (const part of sealed) this.#stream.process(part);
    this.#scheme.write(signature, this.#stream, number);
    this.#stream.advance();
  }

  /** Throws SEC_E_MESSAGE_ALTERED and SEC_E_OUT_OF_SEQUENCE. */
  verify(signature: Uint8Array, parts: MessageParts, sequence: number): void {
    const number = this.#begin(signature, sequence);
    const verdict = this.#judge(signature, parts, number);
    if (verdict !== 'good') throw refusal(verdict);
  }

  /**
   * Decrypts a message and checks its signature. A peer may sign a message in the form of a sealed one; such a message stays as it is.
   * Throws SEC_E_MESSAGE_ALTERED and SEC_E_OUT_OF_SEQUENCE.
   */
  unseal(signature: Uint8Array, parts: MessageParts, sequence: number): Protection {
    const number = this.#begin(signature, sequence);
    for (const part of parts.sealed) this.#stream.process(part);
    const verdict = this.#judge(signature, parts, number);
    if (verdict === 'good') return 'sealed';
    // What was decrypted becomes what it was, by the same bytes of the stream.
    for (const part of parts.sealed) this.#stream.process(part);
    this.#stream.rewind();
    if (verdict === 'altered' && this.#judge(signature, parts, number) === 'good') return 'signed';
    throw refusal(verdict);
  }

  /** Signs and leaves the key stream where it was, while the message counts ([MS-SPNG] 3.2.5.1). */
  signAside(signature: Uint8Array, parts: MessageParts): void {
    this.#stream.mark();
    this.sign(signature, parts, 0);
    this.#stream.rewind();
  }

  /** The counterpart of {@link signAside}. */
  verifyAside(signature: Uint8Array, parts: MessageParts): void {
    this.verify(signature, parts, 0);
    this.#stream.rewind();
  }

  wipe(): void {
    this.#stream.wipe();
    this.#scheme.wipe();
    this.#expected.fill(0);
  }

  #begin(signature: Uint8Array, sequence: number): number {
    const number = this.#stream.begin(sequence);
    if (!this.#scheme.hasSequence(signature, number)) throw refusal('out-of-sequence');
    this.#stream.mark();
    return number;
  }

  /** Compares a signature with that of the plaintext. A good message counts; after any other the key stream goes back to its mark. */
  #judge(signature: Uint8Array, { signed }: MessageParts, number: number): Verdict {
    this.#scheme.digest(number, signed);
    this.#scheme.write(this.#expected, this.#stream, number);
    const verdict = this.#scheme.compare(this.#expected, signature);
    if (verdict === 'good') this.#stream.advance();
    else this.#stream.rewind();
    return verdict;
  }
}

function refusal(verdict: Exclude<Verdict, 'good'>): PackageError {
  return verdict === 'altered'
    ? new PackageError(SEC_E.MESSAGE_ALTERED, 'the signature does not match the message')
    : new PackageError(SEC_E.OUT_OF_SEQUENCE, 'the message was replayed, or others before it are missing');
}
