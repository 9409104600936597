import type { EngineEnvironment } from '../environment.js';
import type { Account, AccountQuery, AccountStore } from './account-store.js';
import { AccountIndex } from './memory-accounts.js';

/** What a store of accounts in a file takes from outside. */
export type FileAccess = Pick<EngineEnvironment, 'readFile' | 'now'>;

/** Milliseconds that what was read of a file is good for, so that a changed password holds soon. */
const FRESH_FOR = 5000;

/** Accounts of a file, read when they are first asked for, and again when what was read is a few seconds old. */
export class FileAccounts implements AccountStore {
  readonly #path: string;
  readonly #parse: (text: string, path: string) => Account[];
  readonly #access: FileAccess;
  #index: Promise<AccountIndex> | undefined;
  #readAt = 0;

  constructor(path: string, parse: (text: string, path: string) => Account[], access: FileAccess) {
    this.#path = path;
    this.#parse = parse;
    this.#access = access;
  }

  async find(query: AccountQuery): Promise<Account | undefined> {
    return (await this.#fresh()).find(query);
  }

  #fresh(): Promise<AccountIndex> {
    const now = this.#access.now();
    // A clock that was set back must not keep an old password good.
    if (!this.#index || Math.abs(now - this.#readAt) > FRESH_FOR) {
      this.#readAt = now;
      this.#index = this.#read();
    }
    return this.#index;
  }

  async #read(): Promise<AccountIndex> {
    const text = new TextDecoder().decode(await this.#access.readFile(this.#path));
    return new AccountIndex(this.#parse(text, this.#path));
  }
}

/** The fields of each line that is neither empty nor a comment, and the number of the line. */
export function* colonLines(text: string): Generator<{ fields: string[]; line: number }> {
  let line = 0;
  for (const content of text.split('\n')) {
    line += 1;
    const trimmed = content.trim();
    if (trimmed !== '' && !trimmed.startsWith('#')) yield { fields: trimmed.split(':'), line };
  }
}
