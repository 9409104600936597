import { encodeLatin1 } from '../../../../bytes/text.js';
import { ByteWriter } from '../../../../bytes/writer.js';
import { HmacMd5, hmacMd5 } from '../../../crypto/weak/hmac-md5.js';
import { Rc4 } from '../../../crypto/weak/rc4.js';

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

  /** Encrypts or decrypts SND_SEQ, which is bound to SGN_CKSUM. */
  cryptSequence(sequence: Uint8Array, checksum: Uint8Array): Uint8Array {
    return crypt(this.#sequence.mac(checksum), rc4 => rc4.process(sequence));
  }

  /** Encrypts or decrypts the pieces of a message in place, with one key stream. */
  cryptMessage(sequence: number, pieces: readonly Uint8Array[]): void {
    crypt(this.#sealing.mac(new ByteWriter(4).u32be(sequence).view()), rc4 => {
      for (const piece of pieces) rc4.process(piece, piece);
    });
  }

  wipe(): void {
    this.#signing.wipe();
    this.#sequence.wipe();
    this.#sealing.wipe();
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

function crypt<T>(key: Uint8Array, use: (rc4: Rc4) => T): T {
  const rc4 = new Rc4(key);
  key.fill(0);
  try {
    return use(rc4);
  } finally {
    rc4.wipe();
  }
}
