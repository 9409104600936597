import type { AccountStore } from '../accounts/account-store.js';
import type { EngineEnvironment } from '../environment.js';
import { buildSingleHost, MACHINE_ID_LENGTH } from './messages/single-host.js';
import type { NtlmOptions } from './options.js';
import { serverNamePairs } from './server/offer.js';

/** What the package is made with. */
export interface NtlmParts {
  readonly environment: EngineEnvironment;
  readonly accounts: AccountStore;
  readonly options: NtlmOptions;
}

/** What all credentials and contexts of the package share. */
export class NtlmServices {
  readonly environment: EngineEnvironment;
  readonly accounts: AccountStore;
  readonly options: NtlmOptions;
  /** Milliseconds. */
  readonly maxClockSkew: number;
  /** What servers say of their names. */
  readonly namePairs: Uint8Array;
  #singleHost: Uint8Array | undefined;

  constructor({ environment, accounts, options }: NtlmParts) {
    this.environment = environment;
    this.accounts = accounts;
    this.options = options;
    this.namePairs = serverNamePairs(environment.host);
    this.maxClockSkew = (options.maxClockSkew ?? DEFAULT_CLOCK_SKEW) * 1000;
  }

  /** By what servers of this engine know its own clients. */
  get singleHost(): Uint8Array {
    this.#singleHost ??= buildSingleHost(this.environment.randomBytes(MACHINE_ID_LENGTH));
    return this.#singleHost;
  }
}

/** Seconds; what Windows XP to Server 2008 R2 had ([MS-NLMP] 3.1.1.1, MaxLifetime, product behavior). */
const DEFAULT_CLOCK_SKEW = 36 * 3600;
