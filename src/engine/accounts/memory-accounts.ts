import { X509Certificate } from 'node:crypto';
import { hashHex } from '../crypto/hash.js';
import type { Account, AccountQuery, AccountStore, DigestAlgorithm, UserHash } from './account-store.js';

/**
 * Accounts in memory. User and domain names match in any case, as on Windows; an account without a domain is of every domain. Of
 * several by one name, the one whose domain is the realm comes first.
 *
 * @example
 * ```ts
 * import { memoryAccounts } from 'secur32/engine';
 *
 * export const accounts = memoryAccounts([
 *   { user: 'alice', password: 'open sesame' },
 *   { user: 'bob', domain: 'EXAMPLE', password: 'sesame open', sid: 'S-1-5-21-1-2-3-1104' },
 * ]);
 * ```
 */
export function memoryAccounts(accounts: Iterable<Account>): AccountStore {
  return new AccountIndex(accounts);
}

/** Accounts by name and by hashed name. */
export class AccountIndex implements AccountStore {
  readonly #accounts: readonly Account[];
  readonly #byUser = new Map<string, Account[]>();
  readonly #byUserHash = new Map<string, Map<string, Account>>();
  /** By the SHA-256 fingerprint. */
  readonly #byCertificate = new Map<string, Account>();

  constructor(accounts: Iterable<Account>) {
    this.#accounts = [...accounts];
    for (const account of this.#accounts) {
      const key = foldCase(account.user);
      const sameName = this.#byUser.get(key);
      if (sameName) sameName.push(account);
      else this.#byUser.set(key, [account]);
      for (const certificate of account.certificates ?? []) this.#byCertificate.set(fingerprint(certificate), account);
    }
  }

  find(query: AccountQuery): Account | undefined {
    if (query.userHash) return this.#hashedNames(query.userHash).get(query.userHash.hash);
    const { user, domain, realm } = query;
    const sameName = this.#byUser.get(foldCase(user));
    if (!sameName) return undefined;
    const found = sameName.filter(account => isOfDomain(account, domain) && isOfRealm(account, realm));
    return found.find(account => realm && account.domain && foldCase(account.domain) === foldCase(realm)) ?? found[0];
  }

  findByCertificate(certificate: Uint8Array): Account | undefined {
    return this.#byCertificate.size === 0 ? undefined : this.#byCertificate.get(fingerprint(certificate));
  }

  #hashedNames({ algorithm, realm }: UserHash): Map<string, Account> {
    const key = `${algorithm}:${realm}`;
    let names = this.#byUserHash.get(key);
    if (!names) {
      names = new Map(
        this.#accounts.map(account => [hashHex(HASH_NAMES[algorithm], `${account.user}:${realm}`), account]),
      );
      if (this.#byUserHash.size >= MAXIMUM_REALMS) this.#byUserHash.clear();
      this.#byUserHash.set(key, names);
    }
    return names;
  }
}

function isOfDomain(account: Account, domain: string | undefined): boolean {
  return !domain || !account.domain || foldCase(account.domain) === foldCase(domain);
}

/** An account that has nothing but digest hashes is of their realms only. */
function isOfRealm(account: Account, realm: string | undefined): boolean {
  if (realm === undefined || account.password !== undefined || account.ntHash || !account.digestHashes) return true;
  return account.digestHashes.some(digestHash => digestHash.realm === realm);
}

function fingerprint(certificate: string | Uint8Array): string {
  return new X509Certificate(certificate).fingerprint256;
}

function foldCase(name: string): string {
  return name.toLowerCase();
}

const HASH_NAMES = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const satisfies Record<
  DigestAlgorithm,
  string
>;

/** The realm of a query comes from the server's own challenge, so this is far more than are ever used. */
const MAXIMUM_REALMS = 64;
