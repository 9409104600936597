import { encodeLatin1 } from '../../../../bytes/text.js';
import { HmacMd5, hmacMd5 } from '../../../crypto/weak/hmac-md5.js';
import { Rc4, rc4 } from '../../../crypto/weak/rc4.js';

/** The keys of a context's tokens (RFC 4757 7.2, 7.3), for rc4-hmac of 128 bits. */
export class Rfc4757Keys {
  /** Ksign. */
  readonly #signing: HmacMd5;
  /** HMAC(Kss, 0), which the keys of sequence numbers come of. */
  readonly #sequence: HmacMd5;
  /** HMAC(Kss xor F0..F0, 0), which the keys of messages come of. */
  readonly #sealing: HmacMd5;

  constructor(key: Uint8Array) {
    this.#signing = derived(key, encodeLatin1('signaturekey\0'));
    this.#sequence = derived(key, ZEROS);
    const local = key.map(byte => byte ^ 0xf0);
    this.#sealing = derived(local, ZEROS);
    local.fill(0);
  }

  /** SGN_CKSUM of an MD5. */
  checksum(digest: Uint8Array): Uint8Array {
    return this.#signing.mac(digest).subarray(0, CHECKSUM_LENGTH);
  }

  /** Encrypts or decrypts SND_SEQ, which is bound to SGN_CKSUM; the answer is in bytes of its own. */
  cryptSequence(sequence: Uint8Array, checksum: Uint8Array): Uint8Array {
    const key = this.#sequence.mac(checksum);
    const crypted = rc4(key, sequence);
    key.fill(0);
    return crypted;
  }

  /** Encrypts or decrypts a message; the answer is in bytes of its own. */
  cryptMessage(sequence: number, message: Uint8Array): Uint8Array {
    const key = this.#messageKey(sequence);
    const crypted = rc4(key, message);
    key.fill(0);
    return crypted;
  }

  /** Encrypts or decrypts the pieces of a message in place, with one key stream. */
  cryptPieces(sequence: number, pieces: readonly Uint8Array[]): void {
    const key = this.#messageKey(sequence);
    using cipher = new Rc4(key);
    key.fill(0);
    for (const piece of pieces) cipher.process(piece, piece);
  }

  wipe(): void {
    this.#signing.wipe();
    this.#sequence.wipe();
    this.#sealing.wipe();
  }

  #messageKey(sequence: number): Uint8Array {
    return this.#sealing.mac(Uint8Array.of(sequence >>> 24, sequence >>> 16, sequence >>> 8, sequence));
  }
}

export const CHECKSUM_LENGTH = 8;
const ZEROS = new Uint8Array(4);

function derived(key: Uint8Array, constant: Uint8Array): HmacMd5 {
  const value = hmacMd5(key, constant);
  const keyed = new HmacMd5(value);
  value.fill(0);
  return keyed;
}
