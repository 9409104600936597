import { timingSafeEqual } from 'node:crypto';
import { encodeHex } from '../../../bytes/hex.js';
import type { Account } from '../../accounts/account-store.js';
import type { Algorithm } from './algorithms.js';
import type { Authorization } from './authorization.js';
import { type DigestInput, requestDigest, userHash } from './computation.js';
import { latin1Octets, normalizedOctets, textOf } from './names.js';

/**
 * The user hash that the response of a client was made with, or undefined where it shows no password of this account. For an account
 * that there is not, the same work is done.
 */
export function provenUserHash(
  account: Account | undefined,
  authorization: Authorization,
  algorithm: Algorithm,
  input: DigestInput,
): string | undefined {
  const { realm, response } = authorization;
  const password = account?.password;
  const computed = passwordHashes(nameForms(account, authorization), realm, password ?? UNKNOWN, algorithm);
  const stored = storedHash(account, algorithm, realm);
  const candidates = stored ? [stored] : computed;
  let proven: string | undefined;
  for (const candidate of candidates) {
    if (isSame(requestDigest(algorithm, candidate, input), response)) proven = candidate;
  }
  return stored === undefined && password === undefined ? undefined : proven;
}

/** True where two digests in hex are the same; the time says no more than whether their lengths are. */
export function isSame(expected: string, given: string): boolean {
  const { length } = expected;
  if (given.length !== length || length > COMPARED.length) return false;
  COMPARED.write(expected, 'latin1');
  GIVEN.fill(0).write(given, 'latin1');
  const same = timingSafeEqual(COMPARED, GIVEN);
  COMPARED.fill(0);
  return same;
}

/** Room for the longest hash, so that a comparison makes no garbage. */
const COMPARED = Buffer.alloc(64);
const GIVEN = Buffer.alloc(64);

/** What a client may have hashed for its name: as it was sent, or in ISO-8859-1 although it was sent in UTF-8. */
function nameForms(account: Account | undefined, { hashed, username, name }: Authorization): string[] {
  const sent = hashed ? normalizedOctets(account?.user ?? '') : username;
  const latin1 = hashed ? latin1Octets(account?.user ?? '') : latin1Octets(name);
  return different(sent, latin1);
}

/**
 * RFC 7616 4 hashes UTF-8. RFC 2617 and RFC 2831, and with them Windows, hash ISO-8859-1 where name or password fits it; a client
 * that was told nothing of charsets hashes what it has. ASCII, of course, is all the same.
 */
function passwordHashes(names: string[], realm: string, password: string, algorithm: Algorithm): string[] {
  const passwords = different(normalizedOctets(password), latin1Octets(password));
  return names.flatMap(name => passwords.map(octets => userHash(algorithm, name, realm, octets)));
}

/** Lower-case hex, of an htdigest file for example. */
function storedHash(account: Account | undefined, algorithm: Algorithm, realm: string): string | undefined {
  const text = textOf(realm);
  const stored = account?.digestHashes?.find(entry => entry.algorithm === algorithm.base && entry.realm === text);
  return stored && encodeHex(stored.hash);
}

function different(first: string | undefined, second: string | undefined): string[] {
  if (first === undefined) return second === undefined ? [] : [second];
  return second === undefined || second === first ? [first] : [first, second];
}

/** Hashed in place of the password of an account that is unknown or has none. */
const UNKNOWN = 'unknown';
