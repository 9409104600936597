import { SECPKG_CRED_ATTR } from '../../sspi/attributes.js';
import type { AuthData, CredentialUse } from '../../sspi/credentials.js';
import type { SecPkgInfo } from '../../sspi/packages.js';
import { SEC_E } from '../../sspi/status.js';
import type { EngineEnvironment } from '../environment.js';
import { PackageError } from '../package-error.js';
import type {
  ContextLegInput,
  CredentialRequest,
  FirstLeg,
  InitializeLeg,
  PackageCredential,
  SecurityPackage,
} from '../security-package.js';
import { Acceptor } from './ap/acceptor.js';
import { AccountKeys } from './ap/account-keys.js';
import { isGssToken, KERBEROS_OIDS } from './ap/gss-token.js';
import { Initiator } from './ap/initiator.js';
import type { KerberosServices } from './ap/kerberos-services.js';
import { MemoryReplayCache, type ReplayCache } from './ap/replay-cache.js';
import { ServiceKeys } from './ap/service-credential.js';
import { Krb5Config } from './config/krb5-config.js';
import { clientIdentity } from './kdc/client-identity.js';
import { KdcServices } from './kdc/services.js';
import { TicketSource } from './kdc/ticket-source.js';
import { Keytab } from './keytab/keytab.js';
import { defaultKeytabName, loadKeytab } from './keytab/load-keytab.js';
import { formatPrincipal, parsePrincipal } from './names/principal.js';
import type { KerberosOptions } from './options.js';
import { KERBEROS_INFO } from './package-info.js';

/** What the package is made with. */
export interface KerberosParts {
  readonly environment: EngineEnvironment;
  readonly options: KerberosPartOptions;
}

/** Those of EngineOptions that are Kerberos'. */
export interface KerberosPartOptions {
  readonly kerberos?: KerberosOptions;
  readonly keytab?: string | Uint8Array;
  readonly ccache?: string | Uint8Array;
  readonly krb5Config?: string;
  readonly replayCache?: ReplayCache;
}

/** Kerberos V5 as a GSS-API mechanism (RFC 4120, RFC 4121, [MS-KILE]). */
export class Kerberos implements SecurityPackage {
  readonly info: SecPkgInfo = KERBEROS_INFO;
  /** RFC 4121 1, and the other name that Windows has for it ([MS-SPNG] 3.2.5). */
  readonly oids: readonly string[] = [KERBEROS_OIDS.KERBEROS, KERBEROS_OIDS.MICROSOFT];
  readonly #parts: KerberosParts;
  readonly #replayCache: ReplayCache;
  #services: Promise<KerberosServices> | undefined;

  constructor(parts: KerberosParts) {
    this.#parts = parts;
    const { environment } = parts;
    this.#replayCache = parts.options.replayCache ?? new MemoryReplayCache({ now: () => environment.now() });
  }

  recognizes(token: Uint8Array): boolean {
    return isGssToken(token);
  }

  /**
   * A client gets its tickets when it begins its first context. A server has the keys of a keytab, or those of the account whose password or NT
   * hash is given; as such, and with tickets of a user, it can be called user to user. Throws SEC_E_NO_CREDENTIALS where there is nothing to get them with (no
   * realm is known, no KDC of it, no tickets), and for a server that has neither a keytab nor an identity; SEC_E_UNKNOWN_CREDENTIALS
   * for an identity that is not Kerberos'.
   */
  async acquireCredential(request: CredentialRequest): Promise<PackageCredential> {
    const services = await this.#load();
    const { ccache, keytab } = this.#parts.options;
    const { use } = request;
    if (use !== 'outbound' && isUserIdentity(request.authData))
      return serviceOfAccount(services, use, request.authData);
    const tickets = use === 'inbound' ? undefined : await outbound(services, clientData(request, ccache));
    try {
      const keys = use === 'outbound' ? undefined : await inbound(services, request, keytab);
      return new KerberosCredential({ services, use, tickets, keys });
    } catch (error) {
      tickets?.wipe();
      throw error;
    }
  }

  /** krb5.conf is read when it is first needed; a failure is not kept. */
  #load(): Promise<KerberosServices> {
    this.#services ??= this.#read().catch((error: unknown) => {
      this.#services = undefined;
      throw error;
    });
    return this.#services;
  }

  async #read(): Promise<KerberosServices> {
    const { krb5Config, kerberos: options = {} } = this.#parts.options;
    const environment = withConfig(this.#parts.environment, krb5Config);
    const config = await loadConfig(environment);
    const allowRc4 = options.dangerouslyAllowRc4;
    return {
      kdc: new KdcServices({ environment, config, ...(allowRc4 !== undefined && { allowRc4 }) }),
      options,
      replayCache: this.#replayCache,
      clockSkew: (options.maxClockSkew ?? config.clockSkew) * 1000,
    };
  }
}

interface CredentialParts {
  readonly services: KerberosServices;
  readonly use: CredentialUse;
  readonly tickets: TicketSource | undefined;
  readonly keys: ServiceKeys | AccountKeys | undefined;
}

class KerberosCredential implements PackageCredential {
  readonly #services: KerberosServices;
  readonly #use: CredentialUse;
  readonly #tickets: TicketSource | undefined;
  readonly #keys: ServiceKeys | AccountKeys | undefined;

  constructor({ services, use, tickets, keys }: CredentialParts) {
    this.#services = services;
    this.#use = use;
    this.#tickets = tickets;
    this.#keys = keys;
  }

  initialize(leg: InitializeLeg): Promise<FirstLeg> {
    if (this.#tickets && this.#use !== 'inbound') return Initiator.begin(this.#services, this.#tickets, leg);
    throw wrongDirection('inbound', 'outbound');
  }

  accept(leg: ContextLegInput): Promise<FirstLeg> {
    if (this.#use === 'outbound') throw wrongDirection('outbound', 'inbound');
    return Acceptor.begin(this.#services, { keys: this.#keys, tickets: this.#tickets }, leg);
  }

  queryAttribute(attribute: number): unknown {
    if (attribute !== SECPKG_CRED_ATTR.NAMES || !this.#tickets) return undefined;
    const { name, realm } = this.#tickets.client;
    return { userName: formatPrincipal(name, realm) };
  }

  close(): void {
    this.#tickets?.wipe();
    this.#keys?.wipe();
  }
}

function withConfig(environment: EngineEnvironment, krb5Config: string | undefined): EngineEnvironment {
  if (krb5Config === undefined) return environment;
  return { ...environment, variables: { ...environment.variables, KRB5_CONFIG: krb5Config } };
}

/** The engine's own tickets are those of the current user. */
function clientData({ authData }: CredentialRequest, ccache: string | Uint8Array | undefined): AuthData | undefined {
  return ccache !== undefined && (!authData || authData.kind === 'current') ? { kind: 'ccache', ccache } : authData;
}

async function loadConfig(environment: EngineEnvironment): Promise<Krb5Config> {
  try {
    return await Krb5Config.load(environment);
  } catch (cause) {
    if (cause instanceof PackageError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PackageError(SEC_E.NO_CREDENTIALS, `krb5.conf cannot be read: ${why}`, { cause });
  }
}

async function outbound(services: KerberosServices, authData: AuthData | undefined): Promise<TicketSource> {
  const identity = await clientIdentity(services.kdc, authData);
  if (identity.kind === 'keys') refuseWithoutKdc(services, identity, identity.askRealm ?? identity.client.realm);
  return new TicketSource(services.kdc, identity);
}

async function serviceOfAccount(
  services: KerberosServices,
  use: CredentialUse,
  authData: AuthData | undefined,
): Promise<PackageCredential> {
  const { kdc } = services;
  const identity = await clientIdentity(kdc, authData);
  // The keys are made with the name of the realm: a short name would make others.
  if (identity.kind === 'keys') refuseWithoutKdc(services, identity, identity.client.realm);
  const keys =
    identity.kind === 'keys' ? new AccountKeys({ kdc, account: identity.client, keys: identity.keys }) : undefined;
  return new KerberosCredential({ services, use, tickets: new TicketSource(kdc, identity), keys });
}

/** Says at once what would become clear only when the DNS had been asked in vain; Negotiate goes by it. */
function refuseWithoutKdc({ kdc: { config } }: KerberosServices, identity: { wipe(): void }, realm: string): void {
  const inDns = config.dnsLookupKdc && realm.includes('.');
  if (inDns || config.servers(realm, 'kdc').length > 0) return;
  identity.wipe();
  throw new PackageError(SEC_E.NO_CREDENTIALS, `no KDC of the realm ${realm} is known`, {
    hint: `Name one in krb5.conf ([realms] ${realm} = { kdc = host }), or give the DNS name of the domain in place of its short one.`,
  });
}

/** Whose keys are not a service's; an identity that is not Kerberos' at all is refused as one. */
function isUserIdentity(authData: AuthData | undefined): boolean {
  return authData !== undefined && authData.kind !== 'current' && authData.kind !== 'keytab';
}

async function inbound(
  services: KerberosServices,
  { authData, principal }: CredentialRequest,
  keytab: string | Uint8Array | undefined,
): Promise<ServiceKeys> {
  const { kdc } = services;
  const { environment, config } = kdc;
  const given = authData?.kind === 'keytab' ? authData : undefined;
  const ownName = given?.principal ?? principal;
  const own = ownName === undefined ? undefined : parsePrincipal(ownName);
  const source = given?.keytab ?? keytab ?? defaultKeytabName(environment, config);
  if (typeof source !== 'string') return new ServiceKeys({ kdc, keytab: Keytab.parse(source), own });
  const reload = (): Promise<Keytab> => loadKeytab(environment, source);
  return new ServiceKeys({ kdc, keytab: await reload(), own, reload });
}

function wrongDirection(has: string, needs: string): PackageError {
  return new PackageError(SEC_E.NO_CREDENTIALS, `the credential is ${has}`, {
    hint: `Acquire a credential for use '${needs}'.`,
  });
}
