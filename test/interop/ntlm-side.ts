/** Our end of an NTLM exchange with somebody else's. */
import { type AccountStore, createEngine, memoryAccounts, type NtlmOptions } from 'secur32/engine';
import {
  type ContextLeg,
  type CredHandle,
  type CtxtHandle,
  SEC_E,
  SECPKG_ATTR,
  type SecBuffer,
  type SecurityFunctionTable,
  tokenBuffer,
} from 'secur32/raw';
import { Endpoint } from '../engine/ntlm/logon.js';
import { type Account, accounts, alice } from '../peers/accounts.js';
import type { Party } from '../peers/run/exchange.js';

export const DOMAIN = 'TESTDOM';

export interface NtlmSideOptions {
  /** `NTLM` when left out; Negotiate has nothing else to choose. */
  readonly package?: 'NTLM' | 'Negotiate';
  readonly ntlm?: NtlmOptions;
  /** Of a client; alice when left out. */
  readonly account?: Account;
  readonly domain?: string;
  readonly targetName?: string;
  /** Of a server; all of accounts.ts when left out. */
  readonly store?: AccountStore;
  /** ISC_REQ or ASC_REQ bits. */
  readonly contextReq?: number;
  /** Buffers besides the token. */
  readonly input?: readonly SecBuffer[];
}

/** A client or server over the function table. */
export class NtlmSide implements Party {
  readonly sspi: SecurityFunctionTable;
  readonly #role: 'client' | 'server';
  readonly #options: NtlmSideOptions;
  #credential: CredHandle | undefined;
  #context: CtxtHandle | undefined;
  #leg: ContextLeg | undefined;

  constructor(role: 'client' | 'server', options: NtlmSideOptions = {}) {
    this.#role = role;
    this.#options = options;
    this.sspi = createEngine({
      accounts: options.store ?? memoryAccounts(accounts),
      ...(options.ntlm && { ntlm: options.ntlm }),
      negotiate: { packages: ['NTLM'] },
    });
  }

  async step(token?: Uint8Array): Promise<{ done: boolean; token?: Uint8Array }> {
    const { contextReq = 0, input = [], targetName = 'HTTP/localhost' } = this.#options;
    const call = {
      credential: await this.#acquire(),
      contextReq,
      input: token ? [tokenBuffer(token), ...input] : [...input],
      ...(this.#context && { context: this.#context }),
    };
    const leg = await (this.#role === 'client'
      ? this.sspi.initializeSecurityContext({ ...call, targetName })
      : this.sspi.acceptSecurityContext(call));
    this.#context = leg.context;
    this.#leg = leg;
    const made = leg.output[0]?.data;
    return { done: leg.status === SEC_E.OK, ...(made?.length && { token: made }) };
  }

  /** The context, once it stands. */
  get endpoint(): Endpoint {
    if (this.#leg?.status !== SEC_E.OK) throw new Error('the logon is not over');
    return new Endpoint(this.sspi, this.#leg);
  }

  async sessionKey(): Promise<Uint8Array> {
    return (await this.endpoint.attribute(SECPKG_ATTR.SESSION_KEY)).sessionKey;
  }

  async userName(): Promise<string> {
    return (await this.endpoint.attribute(SECPKG_ATTR.NAMES)).userName;
  }

  async #acquire(): Promise<CredHandle> {
    const { account = alice, domain = DOMAIN, package: name = 'NTLM' } = this.#options;
    const authData = { kind: 'password', user: account.user, domain, password: account.password } as const;
    const acquired =
      this.#credential ??
      (
        await this.sspi.acquireCredentialsHandle(
          this.#role === 'client'
            ? { package: name, credentialUse: 'outbound', authData }
            : { package: name, credentialUse: 'inbound' },
        )
      ).credential;
    this.#credential = acquired;
    return acquired;
  }
}

/** Lengths that fill blocks of hashes and ciphers, and do not. */
export const LENGTHS: readonly number[] = [0, 1, 15, 16, 17, 55, 56, 63, 64, 65, 1000, 4096, 65_000];

export function textOf(length: number): string {
  return 'All work and no play. '.repeat(length / 22 + 1).slice(0, length);
}
