import { Buffer } from 'node:buffer';
import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

// PKCS #12 (RFC 7292), as much of it as every Windows reads: one key, encrypted with three-key triple DES, and an HMAC with SHA-1.
// The file never leaves the process and its password is random, so the age of these algorithms costs nothing, and one iteration
// of the key derivation is enough.

export interface PfxContents {
  /** DER; the key belongs to the first. */
  readonly certificates: readonly Uint8Array[];
  readonly pkcs8: Uint8Array;
  /** ASCII. */
  readonly password: string;
}

/** The PFX of RFC 7292 section 4. */
export function writePfx({ certificates, pkcs8, password }: PfxContents): Uint8Array {
  const secret = bmpText(password);
  const bags = [keyBag(pkcs8, secret), ...certificates.map((certificate, index) => certificateBag(certificate, index))];
  const safe = sequence(contentInfo(sequence(...bags)));
  const salt = randomBytes(SALT_LENGTH);
  const mac = createHmac('sha1', derive(secret, salt, PURPOSE.MAC, 20))
    .update(safe)
    .digest();
  const digestInfo = sequence(sequence(OID.sha1, NULL), octets(mac));
  return sequence(integer(3), contentInfo(safe), sequence(digestInfo, octets(salt), integer(ITERATIONS)));
}

// RFC 7292 4.2.2: EncryptedPrivateKeyInfo with pbeWithSHAAnd3-KeyTripleDES-CBC (appendix C).
function keyBag(pkcs8: Uint8Array, secret: Buffer): Buffer {
  const salt = randomBytes(SALT_LENGTH);
  const cipher = createCipheriv(
    'des-ede3-cbc',
    derive(secret, salt, PURPOSE.KEY, 24),
    derive(secret, salt, PURPOSE.IV, 8),
  );
  const encrypted = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
  const algorithm = sequence(OID.pbeWithSha1And3Des, sequence(octets(salt), integer(ITERATIONS)));
  return sequence(OID.shroudedKeyBag, explicit(sequence(algorithm, octets(encrypted))), KEY_ID);
}

// RFC 7292 4.2.3.
function certificateBag(certificate: Uint8Array, index: number): Buffer {
  const bag = sequence(OID.x509Certificate, explicit(octets(certificate)));
  return sequence(OID.certBag, explicit(bag), ...(index === 0 ? [KEY_ID] : []));
}

function contentInfo(data: Uint8Array): Buffer {
  return sequence(OID.data, explicit(octets(data)));
}

/** RFC 7292 appendix B.2, for results of one block or of two, and one iteration. */
function derive(secret: Buffer, salt: Buffer, purpose: number, length: number): Buffer {
  const diversifier = Buffer.alloc(HASH_BLOCK, purpose);
  const input = Buffer.concat([filled(salt), filled(secret)]);
  const result: Buffer[] = [];
  for (let made = 0; made < length; made += 20) {
    const block = createHash('sha1').update(diversifier).update(input).digest();
    result.push(block);
    for (let start = 0; start < input.length; start += HASH_BLOCK) {
      addOneAnd(filled(block).subarray(0, HASH_BLOCK), input.subarray(start, start + HASH_BLOCK));
    }
  }
  return Buffer.concat(result).subarray(0, length);
}

/** Repeats bytes up to a multiple of the hash's block. */
function filled(bytes: Buffer): Buffer {
  return Buffer.alloc(Math.ceil(bytes.length / HASH_BLOCK) * HASH_BLOCK, bytes);
}

/** `target` = `target` + `addend` + 1, as big-endian numbers modulo 2^512. */
function addOneAnd(addend: Uint8Array, target: Uint8Array): void {
  let carry = 1;
  for (let i = HASH_BLOCK - 1; i >= 0; i--) {
    carry += target[i]! + addend[i]!;
    target[i] = carry & 0xff;
    carry >>= 8;
  }
}

/** RFC 7292 appendix B.1: UTF-16, big-endian, with a NUL. */
function bmpText(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf16le').swap16();
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function octets(bytes: Uint8Array): Buffer {
  return der(0x04, bytes);
}

function integer(value: number): Buffer {
  return der(0x02, Buffer.of(value));
}

/** [0] EXPLICIT. */
function explicit(content: Uint8Array): Buffer {
  return der(0xa0, content);
}

function der(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag, ...derLength(content.length)), content]);
}

function derLength(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

const ITERATIONS = 1;
const SALT_LENGTH = 8;
/** Of SHA-1. */
const HASH_BLOCK = 64;

/** RFC 7292 appendix B.3. */
const PURPOSE = { KEY: 1, IV: 2, MAC: 3 } as const;
Object.freeze(PURPOSE);

const NULL = Buffer.of(0x05, 0x00);

const OID = {
  data: Buffer.from('06092a864886f70d010701', 'hex'),
  shroudedKeyBag: Buffer.from('060b2a864886f70d010c0a0102', 'hex'),
  certBag: Buffer.from('060b2a864886f70d010c0a0103', 'hex'),
  x509Certificate: Buffer.from('060a2a864886f70d01091601', 'hex'),
  localKeyId: Buffer.from('06092a864886f70d010915', 'hex'),
  pbeWithSha1And3Des: Buffer.from('060a2a864886f70d010c0103', 'hex'),
  sha1: Buffer.from('06052b0e03021a', 'hex'),
} as const;
Object.freeze(OID);

/** The attribute that ties the key to its certificate (RFC 7292 4.2, localKeyID). */
const KEY_ID = der(0x31, sequence(OID.localKeyId, der(0x31, octets(Buffer.of(1)))));
