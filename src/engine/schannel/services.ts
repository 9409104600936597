import type { AccountStore } from '../accounts/account-store.js';
import type { EngineEnvironment } from '../environment.js';

/** What the package is made with. TLS itself takes its randomness and its time from OpenSSL, not from here. */
export interface SchannelServices {
  readonly environment: EngineEnvironment;
  /** Maps certificates of clients to accounts, where it can. */
  readonly accounts: AccountStore;
}
