import type { KdcServices } from '../kdc/services.js';
import type { KerberosOptions } from '../options.js';
import type { ReplayCache } from './replay-cache.js';

/** What all contexts of an engine's Kerberos share. */
export interface KerberosServices {
  readonly kdc: KdcServices;
  readonly options: KerberosOptions;
  readonly replayCache: ReplayCache;
  /** Milliseconds. */
  readonly clockSkew: number;
}
