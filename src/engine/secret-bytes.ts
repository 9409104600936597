import { inspect } from 'node:util';
import { constantTimeEqual } from '../bytes/equal.js';
import { encodeUtf8, encodeUtf16le } from '../bytes/text.js';

/**
 * Bytes that must not show: they print as `SecretBytes(16)` by every road (string, JSON, console, util.inspect) and are zeroed by
 * {@link wipe}. The content is reachable only inside {@link use}.
 *
 * A JavaScript string cannot be wiped, so the `from...` methods protect the copy, not the string it was made of.
 */
export class SecretBytes {
  readonly #bytes: Uint8Array;
  #wiped = false;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Takes `bytes` over without a copy: from now on only this object may touch them, and it zeroes them. */
  static own(bytes: Uint8Array): SecretBytes {
    return new SecretBytes(bytes);
  }

  /** A copy; the caller still has to wipe its own bytes. */
  static copyOf(bytes: Uint8Array): SecretBytes {
    return new SecretBytes(Uint8Array.from(bytes));
  }

  /** UTF-8 of `text`; a lone surrogate throws InvalidEncodingError. */
  static fromUtf8(text: string): SecretBytes {
    return new SecretBytes(encodeUtf8(text));
  }

  /** UTF-16LE code units of `text`, the form Windows hashes passwords in. */
  static fromUtf16le(text: string): SecretBytes {
    return new SecretBytes(encodeUtf16le(text));
  }

  /** Bytes held; stays known after {@link wipe}. */
  get length(): number {
    return this.#bytes.length;
  }

  get wiped(): boolean {
    return this.#wiped;
  }

  /**
   * Lends the bytes to `read` and returns what it returns. `read` must neither keep nor change them.
   * After {@link wipe} it throws, so that a released secret is never mistaken for zeros.
   */
  use<T>(read: (bytes: Uint8Array) => T): T {
    return read(this.#live());
  }

  /** An independent copy, for an owner with a life of its own. */
  clone(): SecretBytes {
    return SecretBytes.copyOf(this.#live());
  }

  /** Compares in constant time (for equal lengths); throws when either side was wiped. */
  equals(other: SecretBytes | Uint8Array): boolean {
    return constantTimeEqual(this.#live(), other instanceof SecretBytes ? other.#live() : other);
  }

  /** Zeroes the bytes; doing it again is harmless. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#wiped = true;
  }

  [Symbol.dispose](): void {
    this.wipe();
  }

  toString(): string {
    return `SecretBytes(${this.length})`;
  }

  toJSON(): string {
    return this.toString();
  }

  // A method under a computed name is refused by isolatedDeclarations, so the hook of util.inspect is put in place here.
  static {
    Object.defineProperty(SecretBytes.prototype, inspect.custom, { value: SecretBytes.prototype.toString });
  }

  #live(): Uint8Array {
    if (this.#wiped) throw new Error(`${this} was used after it was wiped`);
    return this.#bytes;
  }
}
