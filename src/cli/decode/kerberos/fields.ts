import { MalformedBytesError } from '../../../bytes/errors.js';
import { encryptionTypeName } from '../../../engine/kerberos/crypto/encryption-types.js';
import type { EncryptionKeyValue } from '../../../engine/kerberos/messages/encryption-key.js';
import { ADDRESS_TYPE, type HostAddress } from '../../../engine/kerberos/messages/host-address.js';
import type { PrincipalName } from '../../../engine/kerberos/messages/principal-name.js';
import { formatPrincipal } from '../../../engine/kerberos/names/principal.js';
import { PackageError } from '../../../engine/package-error.js';
import { bytesField, problemField, type TokenField } from '../decoded-token.js';

/** @param time milliseconds since 1970. */
export function timeField(name: string, time: number, meaning: string): TokenField {
  return { name, value: timeText(time), meaning };
}

export function timeText(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

export function principalField(
  name: string,
  who: PrincipalName,
  realm: string | undefined,
  meaning: string,
): TokenField {
  return { name, value: formatPrincipal(who, realm), meaning };
}

export function textField(name: string, value: string | number, meaning: string): TokenField {
  return { name, value: String(value), meaning };
}

export function listField(name: string, parts: readonly TokenField[], meaning: string): TokenField {
  return { name, value: '', meaning, parts };
}

/** The names of the bits that are set; what has no name as a number. */
export function flagsField(
  name: string,
  space: Readonly<Record<string, number>>,
  flags: number,
  meaning: string,
): TokenField {
  return { name, value: flagsText(space, flags), meaning };
}

export function flagsText(space: Readonly<Record<string, number>>, flags: number): string {
  let rest = flags;
  const names: string[] = [];
  for (const [name, bit] of Object.entries(space)) {
    if ((flags & bit) === 0) continue;
    names.push(name);
    rest &= ~bit;
  }
  if (rest !== 0) names.push(`0x${(rest >>> 0).toString(16)}`);
  return names.join(' ') || '(none)';
}

/** The key itself stays unsaid: it opens what it is for. */
export function keyField(name: string, { etype, bytes }: EncryptionKeyValue, meaning: string): TokenField {
  return { name, value: `${encryptionTypeName(etype)}, ${bytes.length} bytes`, meaning };
}

export function addressText({ type, address }: HostAddress): string {
  const hex = bytesField('', address, '').value;
  switch (type) {
    case ADDRESS_TYPE.IPV4:
      return address.length === 4 ? [...address].join('.') : hex;
    case ADDRESS_TYPE.NETBIOS:
      return String.fromCharCode(...address.subarray(0, 16)).trimEnd();
    case ADDRESS_TYPE.IPV6:
      return hex.replace(/(.{4})(?=.)/g, '$1:');
    default:
      return `type ${type}, ${hex}`;
  }
}

/** One field for a value that is there, none for one that is not. */
export function optional<T>(value: T | undefined, make: (value: T) => TokenField): TokenField[] {
  return value === undefined ? [] : [make(value)];
}

/** What `read` makes of bytes; a remark, and the bytes, where they are malformed. */
export function attempt(name: string, bytes: Uint8Array, read: () => readonly TokenField[]): TokenField[] {
  try {
    return [...read()];
  } catch (error) {
    return [problemField(faultText(error)), bytesField(name, bytes, '')];
  }
}

/** What is wrong with a peer's bytes. Throws every other error on. */
export function faultText(error: unknown): string {
  if (error instanceof PackageError || error instanceof MalformedBytesError) return error.message;
  throw error;
}

/** The name of a number in one of the frozen lists of constants: `IF_RELEVANT`. */
export function nameOf(space: Readonly<Record<string, number>>, value: number): string | undefined {
  return Object.entries(space).find(([, each]) => each === value)?.[0];
}
