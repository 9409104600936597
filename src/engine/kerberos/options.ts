import type { PacPolicy } from './pac/pac-identity.js';

/** How the engine's Kerberos behaves, besides what krb5.conf says. */
export interface KerberosOptions {
  /**
   * What servers do with a ticket that has no PAC, or one that cannot be read: take the client without SIDs (`use`, the default), or
   * refuse it (`require`). A PAC with a wrong signature always refuses the logon.
   */
  readonly pac?: PacPolicy;
  /** Seconds that clocks may differ; those of krb5.conf by default, which are 300 if it says nothing. */
  readonly maxClockSkew?: number;
  /** Keys of RC4 are used, although krb5.conf does not allow them. DES never is. */
  readonly dangerouslyAllowRc4?: boolean;
  /** Clients hand on their tickets to services that the KDC has not marked as trusted for it (OK-AS-DELEGATE), too, when they are asked to. */
  readonly dangerouslyDelegateToAll?: boolean;
}
