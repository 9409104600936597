export type {
  Account,
  AccountQuery,
  AccountStore,
  DigestAlgorithm,
  DigestHash,
  UserHash,
} from './accounts/account-store.js';
export { accountsFile } from './accounts/accounts-file.js';
export { htdigestFile } from './accounts/htdigest-file.js';
export { memoryAccounts } from './accounts/memory-accounts.js';
export type { NtlmLogon, NtlmLogonResult } from './accounts/ntlm-logon.js';
export { smbpasswdFile } from './accounts/smbpasswd-file.js';
export { type WinbindOptions, winbindAccounts } from './accounts/winbind-accounts.js';
export { acquireTickets, type Tickets, type TicketsRequest } from './acquire-tickets.js';
export { createEngine } from './create-engine.js';
export type { DigestCipher, DigestOptions, HttpDigestAlgorithm, HttpDigestQop } from './digest/options.js';
export type { Resolver, ServiceRecord } from './environment/resolver.js';
export type { Endpoint, ExchangeOptions, HttpsExchangeOptions, Transport } from './environment/transport.js';
export type { EngineEnvironment, HostNames, Program } from './environment.js';
export { MemoryReplayCache, type MemoryReplayCacheOptions, type ReplayCache } from './kerberos/ap/replay-cache.js';
export type { KerberosOptions } from './kerberos/options.js';
export type { PacPolicy } from './kerberos/pac/pac-identity.js';
export type { NegotiateEvent } from './negotiate/diagnostics.js';
export type { NegotiateOptions } from './negotiate/options.js';
export type { NtlmOptions } from './ntlm/options.js';
export type { EngineLimits, EngineOptions } from './options.js';
