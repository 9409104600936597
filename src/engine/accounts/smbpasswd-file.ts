import { decodeHex } from '../../bytes/hex.js';
import { nodeEnvironment } from '../environment.js';
import type { Account, AccountStore } from './account-store.js';
import { colonLines, type FileAccess, FileAccounts } from './file-accounts.js';
import { isHex } from './htdigest-file.js';

/**
 * Accounts of a file in Samba's smbpasswd form (smbpasswd(5), `pdbedit -L -w`): they carry NT hashes, so they log on by NTLM
 * and not by WDigest. The LM field is never read. The file is read again every few seconds.
 *
 * @example
 * ```ts
 * import { createEngine, smbpasswdFile } from 'secur32/engine';
 *
 * export const sspi = createEngine({ accounts: smbpasswdFile('/etc/samba/smbpasswd') });
 * ```
 */
export function smbpasswdFile(path: string, access: FileAccess = nodeEnvironment()): AccountStore {
  return new FileAccounts(path, parseSmbpasswd, access);
}

/** Throws an `Error` that names the line that is wrong, never what it holds. */
export function parseSmbpasswd(text: string, path: string): Account[] {
  const accounts: Account[] = [];
  for (const { fields, line } of colonLines(text)) {
    const [user, , , ntHash, flags] = fields;
    if (!user || ntHash?.length !== 32 || !flags?.startsWith('[')) {
      throw new Error(`${path}, line ${line}: not a line of the form user:uid:LM hash:NT hash:[flags]:...`);
    }
    const disabled = flags.includes('D') || !flags.includes('U');
    accounts.push({ user, disabled, ...(isHex(ntHash) && { ntHash: decodeHex(ntHash) }) });
  }
  return accounts;
}
