import { decodeHex } from '../../bytes/hex.js';
import { nodeEnvironment } from '../environment.js';
import type { Account, AccountStore, DigestAlgorithm } from './account-store.js';
import { colonLines, type FileAccess, FileAccounts } from './file-accounts.js';

/**
 * Accounts of a file that `htdigest` writes: lines of `user:realm:hash`. 32 hex digits are MD5, 64 are SHA-256.
 * Such accounts log on by WDigest, in their realm. The file is read again every few seconds.
 *
 * @example
 * ```ts
 * import { createEngine, htdigestFile } from 'secur32/engine';
 *
 * export const sspi = createEngine({ accounts: htdigestFile('/etc/myservice/users.htdigest') });
 * ```
 */
export function htdigestFile(path: string, access: FileAccess = nodeEnvironment()): AccountStore {
  return new FileAccounts(path, parseHtdigest, access);
}

/** Throws an `Error` that names the line that is wrong, never what it holds. */
export function parseHtdigest(text: string, path: string): Account[] {
  const accounts: Account[] = [];
  for (const { fields, line } of colonLines(text)) {
    const [user, realm, hash, ...rest] = fields;
    const algorithm = hash === undefined || rest.length > 0 || !isHex(hash) ? undefined : ALGORITHMS.get(hash.length);
    if (!user || realm === undefined || hash === undefined || !algorithm) {
      throw new Error(`${path}, line ${line}: not a line of the form user:realm:hash`);
    }
    accounts.push({ user, digestHashes: [{ algorithm, realm, hash: decodeHex(hash) }] });
  }
  return accounts;
}

export function isHex(text: string): boolean {
  return text.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(text);
}

const ALGORITHMS: ReadonlyMap<number, DigestAlgorithm> = new Map([
  [32, 'MD5'],
  [64, 'SHA-256'],
]);
