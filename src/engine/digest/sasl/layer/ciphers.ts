import { SEC_E } from '../../../../sspi/status.js';
import { CryptoUnavailableError } from '../../../crypto/errors.js';
import { DesCbc, expandDesKey } from '../../../crypto/weak/des.js';
import { Rc4 } from '../../../crypto/weak/rc4.js';
import { PackageError } from '../../../package-error.js';
import type { DigestCipher } from '../../options.js';

/** One direction of a cipher whose state runs on from message to message. */
export interface MessageCipher {
  /** Encrypts or decrypts whole blocks where they stand. */
  transform(bytes: Uint8Array): void;
  wipe(): void;
}

/** A cipher of auth-conf. */
export interface CipherSuite {
  readonly name: DigestCipher;
  /** Bytes of H(A1) that the key is made of: `n` of RFC 2831 2.4. */
  readonly hashLength: number;
  /** Bytes; 1 for a stream cipher, whose messages are not padded. */
  readonly blockSize: number;
  /** Bits. */
  readonly strength: number;
  readonly algorithmName: string;
  /** ALG_ID of wincrypt.h. */
  readonly algorithmId: number;
  /** Both take the 16 bytes of Kcc or Kcs. */
  encryptor(key: Uint8Array): MessageCipher;
  decryptor(key: Uint8Array): MessageCipher;
}

/** The suite of a name. Throws SEC_E_CRYPTO_SYSTEM_INVALID later, from its ciphers, where this Node.js has no DES. */
export function cipherSuite(name: DigestCipher): CipherSuite {
  return SUITES[name];
}

export function isCipher(name: string): name is DigestCipher {
  return Object.hasOwn(SUITES, name);
}

/** The strongest first, in Windows' order. Source: Microsoft Learn, "Quality of Protection and Ciphers". */
export function byStrength(ciphers: readonly DigestCipher[]): DigestCipher[] {
  return ORDER.filter(name => ciphers.includes(name));
}

function rc4(key: Uint8Array): MessageCipher {
  const cipher = new Rc4(key);
  return {
    transform: bytes => void cipher.process(bytes, bytes),
    wipe: () => cipher.wipe(),
  };
}

/** DES in CBC mode: the initialization vector is the second half of the key (RFC 2831 2.4), and runs on over messages. */
function cbc(direction: 'encryptor' | 'decryptor', desKey: (key: Uint8Array) => Uint8Array) {
  return (key: Uint8Array): MessageCipher => {
    const cipher = available(() => DesCbc[direction](desKey(key), key.subarray(8, 16)));
    return {
      transform: bytes => bytes.set(cipher.process(bytes)),
      wipe: () => cipher.wipe(),
    };
  };
}

/** 56 bits of the key, spread over eight bytes with parity. */
function singleDesKey(key: Uint8Array): Uint8Array {
  return expandDesKey(key.subarray(0, 7));
}

/** Two keys, for the first and third step and for the second. */
function tripleDesKey(key: Uint8Array): Uint8Array {
  const keys = new Uint8Array(16);
  keys.set(expandDesKey(key.subarray(0, 7)));
  keys.set(expandDesKey(key.subarray(7, 14)), 8);
  return keys;
}

function available<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof CryptoUnavailableError)) throw error;
    throw new PackageError(SEC_E.CRYPTO_SYSTEM_INVALID, `${error.algorithm} is not available`, {
      hint: 'This Node.js runs in FIPS mode: allow the cipher rc4 only, or auth-int.',
      cause: error,
    });
  }
}

function rc4Suite(name: DigestCipher, hashLength: number, strength: number): CipherSuite {
  const algorithm = { algorithmName: 'RC4', algorithmId: 0x6801 };
  return { name, hashLength, blockSize: 1, strength, ...algorithm, encryptor: rc4, decryptor: rc4 };
}

function desSuite(
  name: DigestCipher,
  strength: number,
  algorithm: Pick<CipherSuite, 'algorithmName' | 'algorithmId'>,
  key: (key: Uint8Array) => Uint8Array,
): CipherSuite {
  const ciphers = { encryptor: cbc('encryptor', key), decryptor: cbc('decryptor', key) };
  return { name, hashLength: 16, blockSize: 8, strength, ...algorithm, ...ciphers };
}

const ORDER: readonly DigestCipher[] = ['rc4', '3des', 'rc4-56', 'rc4-40', 'des'];

const SUITES: Readonly<Record<DigestCipher, CipherSuite>> = {
  rc4: rc4Suite('rc4', 16, 128),
  '3des': desSuite('3des', 112, { algorithmName: '3DES', algorithmId: 0x6609 }, tripleDesKey),
  'rc4-56': rc4Suite('rc4-56', 7, 56),
  'rc4-40': rc4Suite('rc4-40', 5, 40),
  des: desSuite('des', 56, { algorithmName: 'DES', algorithmId: 0x6601 }, singleDesKey),
};
