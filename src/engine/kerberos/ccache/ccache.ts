import type { AuthorizationData } from '../messages/authorization-data.js';
import type { EncryptionKeyValue } from '../messages/encryption-key.js';
import type { HostAddress } from '../messages/host-address.js';
import type { Principal } from '../names/principal.js';

/** A credential cache: whose tickets they are, and the tickets. */
export interface Ccache {
  readonly principal: Principal;
  readonly credentials: readonly CcacheCredential[];
  /** What libraries note about the cache, apart from tickets ("X-CACHECONF:"). */
  readonly config: readonly CcacheConfig[];
  /** Clock of the KDC minus the clock here when the tickets were got, in microseconds. */
  readonly kdcOffset?: number | undefined;
}

/** A ticket in a cache. Times are in seconds since 1970; 0 stands for none. */
export interface CcacheCredential {
  readonly client: Principal;
  readonly server: Principal;
  readonly key: EncryptionKeyValue;
  readonly authtime: number;
  readonly starttime: number;
  readonly endtime: number;
  readonly renewTill: number;
  /** The ticket is encrypted in the session key of {@link secondTicket} (user-to-user). */
  readonly isUserToUser: boolean;
  /** TICKET_FLAG bits. */
  readonly flags: number;
  readonly addresses: readonly HostAddress[];
  readonly authorizationData: AuthorizationData;
  /** DER. */
  readonly ticket: Uint8Array;
  readonly secondTicket: Uint8Array;
}

export interface CcacheConfig {
  /** `fast_avail`, `pa_type`, `proxy_impersonator`, `refresh_time`, `start_realm`, ... */
  readonly key: string;
  /** The server that it is about, as text; absent: the whole cache. */
  readonly principal?: string | undefined;
  readonly value: Uint8Array;
}

/** Realm and first component of the servers of configuration entries. */
export const CONFIG_REALM = 'X-CACHECONF:';
export const CONFIG_NAME = 'krb5_ccache_conf_data';
