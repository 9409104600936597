import type { AccountStore } from './accounts/account-store.js';
import type { DigestOptions } from './digest/options.js';
import type { EngineEnvironment } from './environment.js';
import type { ReplayCache } from './kerberos/ap/replay-cache.js';
import type { KerberosOptions } from './kerberos/options.js';
import type { NegotiateOptions } from './negotiate/options.js';
import type { NtlmOptions } from './ntlm/options.js';

/** What an engine is made with; all of it can be left out. */
export interface EngineOptions {
  /** The accounts that servers check logons against. Absent: the file that SECUR32_ACCOUNTS names. */
  readonly accounts?: AccountStore;
  /** The keys of Kerberos services whose credentials have no identity: a keytab by its name or as its bytes. Absent: KRB5_KTNAME, krb5.conf. */
  readonly keytab?: string | Uint8Array;
  /** The tickets of Kerberos clients whose credentials have no identity: a credential cache likewise. Absent: KRB5CCNAME, krb5.conf. */
  readonly ccache?: string | Uint8Array;
  /** krb5.conf: one path, or some with `:` between them. Absent: KRB5_CONFIG, /etc/krb5.conf. */
  readonly krb5Config?: string;
  readonly digest?: DigestOptions;
  readonly ntlm?: NtlmOptions;
  readonly kerberos?: KerberosOptions;
  readonly negotiate?: NegotiateOptions;
  /** Where Kerberos servers remember the logons that they have seen; in memory, for this process alone, by default. */
  readonly replayCache?: ReplayCache;
  readonly limits?: EngineLimits;
  /** Any part of the outside world; what is left out is Node's own. */
  readonly environment?: Partial<EngineEnvironment>;
}

/** Bounds on what peers can make a server keep. */
export interface EngineLimits {
  /** Contexts that are not established yet; the oldest goes when one more is begun. 10,000 by default. */
  readonly halfOpenContexts?: number;
  /** Seconds from a context's first leg until it must be established. 120 by default. */
  readonly halfOpenLifetime?: number;
}

/** Refuses with a RangeError what is no positive number: every comparison with NaN is false, so that a bound would not hold. */
export function checkAmount(value: number, option: string): void {
  if (typeof value !== 'number' || !(value > 0)) throw new RangeError(`${option} must be a positive number`);
}
