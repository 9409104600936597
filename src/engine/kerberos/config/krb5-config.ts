import { DEFAULT_ENCRYPTION_TYPES, parseEncryptionTypes } from './encryption-type-list.js';
import { type ConfigAccess, loadProfile } from './load-profile.js';
import { ProfileSection } from './profile.js';
import { parseBoolean, parseDuration } from './values.js';

/**
 * What the engine takes out of krb5.conf(5), with the defaults of MIT krb5 where nothing is said. A value that cannot be read is
 * treated as not there.
 */
export class Krb5Config {
  readonly profile: ProfileSection;

  constructor(profile: ProfileSection = new ProfileSection()) {
    this.profile = profile;
  }

  /** Throws an Error for a configuration that is malformed. */
  static async load(access: ConfigAccess): Promise<Krb5Config> {
    return new Krb5Config(await loadProfile(access));
  }

  get defaultRealm(): string | undefined {
    return this.profile.text('libdefaults', 'default_realm');
  }

  get dnsLookupKdc(): boolean {
    return this.#boolean('dns_lookup_kdc') ?? true;
  }

  /** Seconds that clocks may differ. */
  get clockSkew(): number {
    return this.#duration('clockskew') ?? 300;
  }

  /** Seconds. */
  get ticketLifetime(): number {
    return this.#duration('ticket_lifetime') ?? 86_400;
  }

  /** Seconds; 0: not renewable. */
  get renewLifetime(): number {
    return this.#duration('renew_lifetime') ?? 0;
  }

  get forwardable(): boolean {
    return this.#boolean('forwardable') ?? false;
  }

  get proxiable(): boolean {
    return this.#boolean('proxiable') ?? false;
  }

  /** Whether to ask KDCs for the canonical names of clients. */
  get canonicalize(): boolean {
    return this.#boolean('canonicalize') ?? false;
  }

  /** Whether clients follow the clock of the KDC where theirs is off. */
  get kdcTimesync(): boolean {
    return (this.profile.text('libdefaults', 'kdc_timesync') ?? '1') !== '0';
  }

  /** RC4 may be used. DES may not, whatever is said. */
  get allowRc4(): boolean {
    return this.#boolean('allow_rc4') ?? this.#boolean('allow_weak_crypto') ?? false;
  }

  /** Bytes up to which a request goes by UDP first. 0: by TCP always. */
  get udpPreferenceLimit(): number {
    const limit = Number(this.profile.text('libdefaults', 'udp_preference_limit') ?? 1465);
    return Number.isInteger(limit) && limit >= 0 ? limit : 1465;
  }

  get ignoreAcceptorHostname(): boolean {
    return this.#boolean('ignore_acceptor_hostname') ?? false;
  }

  /** Clients say that they know channel bindings (`client_aware_channel_bindings`). */
  get clientAwareChannelBindings(): boolean {
    return this.#boolean('client_aware_channel_bindings') ?? false;
  }

  get defaultKeytabName(): string | undefined {
    return this.profile.text('libdefaults', 'default_keytab_name');
  }

  get defaultClientKeytabName(): string | undefined {
    return this.profile.text('libdefaults', 'default_client_keytab_name');
  }

  get defaultCcacheName(): string | undefined {
    return (
      this.profile.text('libdefaults', 'default_ccache_name') ?? this.profile.text('libdefaults', 'default_cc_name')
    );
  }

  /** Etype numbers, most wanted first, before RC4 is taken out. */
  encryptionTypes(use: 'permitted' | 'tkt' | 'tgs' = 'permitted'): readonly number[] {
    const text =
      (use === 'permitted' ? undefined : this.profile.text('libdefaults', `default_${use}_enctypes`)) ??
      this.profile.text('libdefaults', 'permitted_enctypes');
    return text === undefined ? DEFAULT_ENCRYPTION_TYPES : parseEncryptionTypes(text);
  }

  /** The servers of a realm as they are written: `host`, `host:port`, `[address]:port`, or the URL of a KDC proxy. */
  servers(realm: string, kind: 'kdc' | 'kpasswd_server' | 'admin_server' | 'primary_kdc'): string[] {
    return this.profile.texts('realms', realm, kind);
  }

  /** The realm of a host by [domain_realm]: its own name first, then each domain that it is in. */
  realmOfHost(host: string): string | undefined {
    const name = host.toLowerCase().replace(/\.$/, '');
    const exact = this.profile.text('domain_realm', name);
    if (exact !== undefined) return exact;
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      const found =
        this.profile.text('domain_realm', name.slice(dot)) ?? this.profile.text('domain_realm', name.slice(dot + 1));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The realms between two by [capaths]; empty: directly; undefined: nothing is said. */
  pathBetween(client: string, server: string): string[] | undefined {
    const realms = this.profile.texts('capaths', client, server);
    if (realms.length === 0) return undefined;
    return realms.flatMap(text => text.split(/\s+/)).filter(realm => realm !== '' && realm !== '.');
  }

  #boolean(tag: string): boolean | undefined {
    const text = this.profile.text('libdefaults', tag);
    return text === undefined ? undefined : parseBoolean(text);
  }

  #duration(tag: string): number | undefined {
    const text = this.profile.text('libdefaults', tag);
    return text === undefined ? undefined : parseDuration(text);
  }
}
