import { ENCRYPTION_TYPES, encryptionTypeByName } from '../crypto/encryption-types.js';

/**
 * The etype numbers of a list in krb5.conf(5): names, families (`aes`, `rc4`), `DEFAULT`, and any of these with `-` before it to leave
 * them out. Names of types that are not known here are passed over, as those of DES have to be.
 */
export function parseEncryptionTypes(text: string): number[] {
  const list: number[] = [];
  for (const word of text.split(/[\s,]+/).filter(Boolean)) {
    const removes = word.startsWith('-');
    const numbers = numbersOf(word.replace(/^[-+]/, ''));
    for (const number of numbers) {
      const at = list.indexOf(number);
      if (removes && at >= 0) list.splice(at, 1);
      else if (!removes && at < 0) list.push(number);
    }
  }
  return list;
}

/** What is asked for where nothing is configured, most wanted first; RC4 still needs a policy that allows it. */
export const DEFAULT_ENCRYPTION_TYPES: readonly number[] = ENCRYPTION_TYPES.filter(
  ({ name }) => name !== 'rc4-hmac-exp',
).map(({ number }) => number);
Object.freeze(DEFAULT_ENCRYPTION_TYPES);

function numbersOf(name: string): readonly number[] {
  const lower = name.toLowerCase();
  if (lower === 'default') return DEFAULT_ENCRYPTION_TYPES;
  const family = FAMILIES[lower];
  if (family !== undefined) return ENCRYPTION_TYPES.filter(type => family.test(type.name)).map(({ number }) => number);
  const type = encryptionTypeByName(lower);
  return type ? [type.number] : [];
}

const FAMILIES: Readonly<Record<string, RegExp>> = { aes: /^aes/, rc4: /^rc4-hmac$/ };
