import { createHmac } from 'node:crypto';
import { concatBytes } from '../../../../bytes/concat.js';
import { constantTimeEqual } from '../../../../bytes/equal.js';
import { encodeLatin1 } from '../../../../bytes/text.js';
import { HmacMd5, hmacMd5 } from '../../../crypto/weak/hmac-md5.js';
import { Rc4 } from '../../../crypto/weak/rc4.js';
import type { SecretBytes } from '../../../secret-bytes.js';
import type { ClearPiece, EncryptedApart, EncryptionType, KerberosKey } from '../encryption-type.js';
import { DecryptionError } from '../errors.js';
import { keyValue } from '../key-length.js';
import { joinPlaintext, withClear } from '../parts.js';
import { hmacMd5Checksum, messageType } from './checksum.js';

const CHECKSUM = 16;
const CONFOUNDER = 8;

/** Bits: rc4-hmac has 128, rc4-hmac-exp 56. */
export type Rc4Strength = 128 | 56;

/** A key of rc4-hmac or rc4-hmac-exp (RFC 4757 5). */
export class Rc4Key implements KerberosKey {
  readonly type: EncryptionType;
  readonly value: SecretBytes;
  readonly #strength: Rc4Strength;

  constructor(type: EncryptionType, strength: Rc4Strength, bytes: Uint8Array) {
    this.type = type;
    this.value = keyValue(type, bytes);
    this.#strength = strength;
  }

  encrypt(
    usage: number,
    confounder: Uint8Array,
    plaintext: Uint8Array | readonly Uint8Array[],
    clear?: readonly ClearPiece[],
  ): Uint8Array {
    const { body, mac } = this.encryptApart(usage, confounder, plaintext, clear);
    return concatBytes(mac, body);
  }

  encryptApart(
    usage: number,
    confounder: Uint8Array,
    plaintext: Uint8Array | readonly Uint8Array[],
    clear?: readonly ClearPiece[],
  ): EncryptedApart {
    const { joined, length } = joinPlaintext(confounder, plaintext, 1);
    const { integrity, encryption } = this.#usageKeys(usage);
    const mac = hmacMd5(integrity, ...withClear(joined, CONFOUNDER, clear));
    const body = stream(encryption, mac, joined);
    for (const secret of [joined, integrity, encryption]) secret.fill(0);
    return { body, length, mac };
  }

  decrypt(usage: number, ciphertext: Uint8Array, clear?: readonly ClearPiece[]): Uint8Array {
    if (ciphertext.length < CHECKSUM + CONFOUNDER) throw new DecryptionError();
    const { integrity, encryption } = this.#usageKeys(usage);
    const checksum = ciphertext.subarray(0, CHECKSUM);
    const text = stream(encryption, checksum, ciphertext.subarray(CHECKSUM));
    const expected = hmacMd5(integrity, ...withClear(text, CONFOUNDER, clear));
    integrity.fill(0);
    encryption.fill(0);
    if (!constantTimeEqual(expected, checksum)) throw new DecryptionError();
    return text.subarray(CONFOUNDER);
  }

  checksum(usage: number, ...parts: readonly Uint8Array[]): Uint8Array {
    return this.value.use(key => hmacMd5Checksum(key, usage, ...parts));
  }

  verifyChecksum(usage: number, checksum: Uint8Array, ...parts: readonly Uint8Array[]): boolean {
    return constantTimeEqual(this.checksum(usage, ...parts), checksum);
  }

  /** HMAC-SHA1, as MIT and Windows do it; RFC 4757 has no word on it. */
  prf(input: Uint8Array): Uint8Array {
    return this.value.use(key => new Uint8Array(createHmac('sha1', key).update(input).digest()));
  }

  wipe(): void {
    this.value.wipe();
  }

  [Symbol.dispose](): void {
    this.wipe();
  }

  /** K2, which the checksum is made with, and K1, which the stream's key comes of. */
  #usageKeys(usage: number): { readonly integrity: Uint8Array; readonly encryption: Uint8Array } {
    const salt = this.#strength === 56 ? concatBytes(FORTY_BITS, messageType(usage)) : messageType(usage);
    const integrity = this.value.use(key => hmacMd5(key, salt));
    const encryption = Uint8Array.from(integrity);
    if (this.#strength === 56) encryption.fill(0xab, 7);
    return { integrity, encryption };
  }
}

const FORTY_BITS = encodeLatin1('fortybits\0');

function stream(encryption: Uint8Array, checksum: Uint8Array, input: Uint8Array): Uint8Array {
  using keyed = new HmacMd5(encryption);
  const key = keyed.mac(checksum);
  using cipher = new Rc4(key);
  key.fill(0);
  return cipher.process(input);
}
