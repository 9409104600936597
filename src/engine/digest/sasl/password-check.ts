import { MalformedBytesError } from '../../../bytes/errors.js';
import type { Account } from '../../accounts/account-store.js';
import { hashOctets, utf8Octets } from '../octets.js';
import { type ProofParameters, Proofs, sessionHash, userHash } from './compute.js';

/** The names of a response, and the proof to check. */
export interface Claim extends ProofParameters {
  /** As text, and as the octets that were sent. */
  readonly user: string;
  readonly userOctets: string;
  readonly realm: string;
  readonly realmOctets: string;
  readonly utf8: boolean;
  readonly authzid: string | undefined;
  readonly response: string;
}

/**
 * H(A1) where an account's password, or its hash for the realm, makes the response; undefined where it does not. An account that is not
 * there costs the same work, so that neither code nor time says which names exist.
 *
 * Clients differ in what they hash of names that are not ASCII: most convert to ISO-8859-1 what fits (RFC 2831 8), some take the
 * octets that they send, and GNU SASL converts the password alone. All are tried, the second and third only where the first fails.
 */
export function checkPassword(claim: Claim, account: Account | undefined): Uint8Array | undefined {
  const password = passwordOctets(account?.password);
  const stored = password === undefined ? storedHash(claim, account) : undefined;
  const { converted, utf8 } = password ?? NOBODY;
  const first = proven(claim, stored ?? convertedHash(claim, converted));
  if (first && (password || stored)) return first;
  const asSent = proven(claim, userHash(claim.userOctets, claim.realmOctets, utf8));
  const mixed = proven(claim, userHash(claim.userOctets, claim.realmOctets, converted));
  return password && (asSent ?? mixed);
}

/** H(A1) where the response was made with it. */
function proven(claim: Claim, hash: Uint8Array): Uint8Array | undefined {
  const ha1 = sessionHash(hash, claim.nonce, claim.cnonce, claim.authzid);
  return new Proofs(ha1, claim).isResponse(claim.response) ? ha1 : undefined;
}

function convertedHash({ user, userOctets, realm, realmOctets, utf8 }: Claim, password: string): Uint8Array {
  return utf8 ? userHash(hashOctets(user), hashOctets(realm), password) : userHash(userOctets, realmOctets, password);
}

/** What an htdigest file has: the hash of the client's first form, for one realm. */
function storedHash({ realm }: Claim, account: Account | undefined): Uint8Array | undefined {
  const found = account?.digestHashes?.find(hash => hash.algorithm === 'MD5' && hash.realm === realm);
  return found?.hash.length === 16 ? found.hash : undefined;
}

interface PasswordOctets {
  /** ISO-8859-1 if all characters are in it. */
  readonly converted: string;
  readonly utf8: string;
}

/** Undefined for none, and for one with a lone surrogate, which no client of digest can have. */
function passwordOctets(password: string | undefined): PasswordOctets | undefined {
  if (password === undefined) return undefined;
  try {
    return { converted: hashOctets(password), utf8: utf8Octets(password) };
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}

/** Hashed where there is no password to hash. What comes of it counts for nothing. */
const NOBODY: PasswordOctets = { converted: 'nobody', utf8: 'nobody' };
