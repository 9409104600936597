import type { EncryptionType } from './encryption-type.js';
import { AES128_SHA1, AES256_SHA1 } from './rfc3962/aes-sha1.js';
import { RC4, RC4_EXPORT } from './rfc4757/rc4.js';
import { AES128_SHA256, AES256_SHA384 } from './rfc8009/aes-sha2.js';

/** All that the engine can do, in the order of MIT's default: the types of Active Directory first. */
export const ENCRYPTION_TYPES: readonly EncryptionType[] = [
  AES256_SHA1,
  AES128_SHA1,
  AES256_SHA384,
  AES128_SHA256,
  RC4,
  RC4_EXPORT,
];
Object.freeze(ENCRYPTION_TYPES);

/** The type with an etype number; undefined for one that is not known here, DES among them. */
export function encryptionType(number: number): EncryptionType | undefined {
  return BY_NUMBER.get(number);
}

/** The type that a configuration file means; names are compared without case. */
export function encryptionTypeByName(name: string): EncryptionType | undefined {
  const wanted = name.toLowerCase();
  return ENCRYPTION_TYPES.find(type => type.name === wanted || type.aliases.includes(wanted));
}

/** The name of an etype number, known or not, for messages to people. */
export function encryptionTypeName(number: number): string {
  return BY_NUMBER.get(number)?.name ?? UNUSED_NAMES[number] ?? `encryption type ${number}`;
}

const BY_NUMBER = new Map(ENCRYPTION_TYPES.map(type => [type.number, type]));

/** Types of others (RFC 3961 8, RFC 6803). */
const UNUSED_NAMES: Readonly<Record<number, string>> = {
  1: 'des-cbc-crc',
  2: 'des-cbc-md4',
  3: 'des-cbc-md5',
  16: 'des3-cbc-sha1',
  25: 'camellia128-cts-cmac',
  26: 'camellia256-cts-cmac',
};
