import { readFileSync } from 'node:fs';
import type { Account } from '../../engine/accounts/account-store.js';
import { accountsFile, parseAccounts } from '../../engine/accounts/accounts-file.js';
import { memoryAccounts } from '../../engine/accounts/memory-accounts.js';
import type { EngineOptions } from '../../engine/options.js';
import { CommandError } from '../command.js';
import { DEMO_ACCOUNT } from '../demo/demo-account.js';
import { countOf } from '../text-layout.js';

/** Who can log on to the server. */
export interface ServerAccounts {
  readonly engine: EngineOptions;
  readonly description: string;
  /** An account to try the server with. */
  readonly example: { readonly user: string; readonly password?: string };
}

/** The accounts of a file, or one made up for trying things out. Throws `CommandError` for a file that cannot be used. */
export function chooseAccounts(path: string | undefined): ServerAccounts {
  if (path === undefined) {
    const { user, password } = DEMO_ACCOUNT;
    return {
      engine: { accounts: memoryAccounts([DEMO_ACCOUNT]) },
      description: `${user}, password ${JSON.stringify(password)}`,
      example: DEMO_ACCOUNT,
    };
  }
  const accounts = readAccounts(path);
  // An account that is known by its digest hashes is known in their realms only, so those are what the server offers.
  const realms = new Set(accounts.flatMap(({ digestHashes }) => digestHashes?.map(({ realm }) => realm) ?? []));
  return {
    engine: { accounts: accountsFile(path), ...(realms.size > 0 && { digest: { realms: [...realms] } }) },
    description: `${countOf(accounts.length, 'account')} of ${path}`,
    example: { user: accounts[0]?.user ?? 'USER' },
  };
}

/** Reads the file once before the server starts, so that a mistake in it shows at once. */
function readAccounts(path: string): Account[] {
  try {
    return parseAccounts(readFileSync(path, 'utf8'), path);
  } catch (error) {
    throw new CommandError(
      `The accounts cannot be read. ${(error as Error).message}`,
      'The file is a JSON array of accounts, [{ "user": "alice", "password": "..." }], or an smbpasswd or htdigest file.',
    );
  }
}
