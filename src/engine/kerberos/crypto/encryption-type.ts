import type { SecretBytes } from '../../secret-bytes.js';

/** An encryption type of RFC 3961 3: what a key of it is, and how it comes out of a password. */
export interface EncryptionType {
  /** The etype number. */
  readonly number: number;
  /** As MIT and the RFCs write it: `aes256-cts-hmac-sha1-96`. */
  readonly name: string;
  /** Other names that configuration files use. */
  readonly aliases: readonly string[];
  /** Bytes of a key. */
  readonly keyLength: number;
  /** Random bytes that each encryption begins with. */
  readonly confounderLength: number;
  /** Bytes that the integrity check adds. */
  readonly macLength: number;
  /** The checksum type that goes with it, and its bytes. */
  readonly checksumType: number;
  readonly checksumLength: number;
  /** RC4: refused unless a policy allows it. */
  readonly weak: boolean;
  /** The iteration count (or none) where the KDC sends no parameters. */
  readonly defaultParameters: Uint8Array | undefined;
  /**
   * The key of a password (string-to-key). Runs off the event loop.
   *
   * Throws SEC_E_INVALID_TOKEN for parameters that are malformed or ask for more than {@link MOST_ITERATIONS}.
   *
   * @param parameters `s2kparams` of ETYPE-INFO2; absent or undefined: {@link defaultParameters}.
   */
  stringToKey(password: string, salt: Uint8Array, parameters?: Uint8Array): Promise<KerberosKey>;
  /** A key of these bytes, which are copied. Throws SEC_E_INVALID_TOKEN when they are not {@link keyLength}. */
  key(bytes: Uint8Array): KerberosKey;
}

/**
 * A key, ready for use. What is derived from it for a usage is kept, so hold on to keys that are used again.
 * Usages are those of `KEY_USAGE`: never a peer's choice.
 */
export interface KerberosKey {
  readonly type: EncryptionType;
  readonly value: SecretBytes;
  /**
   * `confounder | plaintext`, encrypted, with its integrity check (RFC 3961 3, "encrypt").
   *
   * @param confounder fresh random bytes, `type.confounderLength` of them.
   * @param clear bytes that are protected and not encrypted, in order ([MS-KILE] 3.4.5.4.1).
   */
  encrypt(
    usage: number,
    confounder: Uint8Array,
    plaintext: Uint8Array | readonly Uint8Array[],
    clear?: readonly ClearPiece[],
  ): Uint8Array;
  /** {@link encrypt} for those who put the pieces into places of their own. */
  encryptApart(
    usage: number,
    confounder: Uint8Array,
    plaintext: Uint8Array | readonly Uint8Array[],
    clear?: readonly ClearPiece[],
  ): EncryptedApart;
  /** The plaintext, in bytes of its own. Throws {@link DecryptionError}. */
  decrypt(usage: number, ciphertext: Uint8Array, clear?: readonly ClearPiece[]): Uint8Array;
  /** The checksum of `type.checksumType` over the parts one after another ("get_mic"). */
  checksum(usage: number, ...parts: readonly Uint8Array[]): Uint8Array;
  /** Whether that is the checksum; compares in constant time. */
  verifyChecksum(usage: number, checksum: Uint8Array, ...parts: readonly Uint8Array[]): boolean;
  /** "pseudo-random": as many bytes as the encryption type makes. */
  prf(input: Uint8Array): Uint8Array;
  /** Zeroes the key and what was derived from it. */
  wipe(): void;
  [Symbol.dispose](): void;
}

/** What comes of an encryption, in bytes of its own. */
export interface EncryptedApart {
  /** Confounder and plaintext, encrypted: `length` bytes of it, what follows means nothing. */
  readonly body: Uint8Array;
  readonly length: number;
  /** The integrity check. */
  readonly mac: Uint8Array;
}

/** Bytes that count as if they stood before the byte `at` of the plaintext, in the integrity check only. */
export interface ClearPiece {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Bytes that a ciphertext is longer than its plaintext. */
export function overhead(type: EncryptionType): number {
  return type.confounderLength + type.macLength;
}
