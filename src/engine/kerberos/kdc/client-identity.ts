import type {
  AuthData,
  CcacheIdentity,
  KeytabIdentity,
  NtHashIdentity,
  PasswordIdentity,
} from '../../../sspi/credentials.js';
import { SEC_E } from '../../../sspi/status.js';
import { PackageError } from '../../package-error.js';
import type { Ccache } from '../ccache/ccache.js';
import { parseCcache } from '../ccache/ccache-file.js';
import { defaultCcacheName, loadCcache } from '../ccache/load-ccache.js';
import { NAME_TYPE } from '../constants/name-type.js';
import { RC4 } from '../crypto/rfc4757/rc4.js';
import { Keytab } from '../keytab/keytab.js';
import { defaultClientKeytabName, loadKeytab } from '../keytab/load-keytab.js';
import { formatPrincipal, type Principal, parsePrincipal } from '../names/principal.js';
import { type ClientKeys, keytabKeys, passwordKeys, singleKey } from './client-keys.js';
import { type Credentials, fromCcacheCredential } from './credentials.js';
import type { KdcServices } from './services.js';

/** Whom a client logs on as: with keys that the KDC knows, or by tickets that are there already. */
export type ClientIdentity =
  | {
      readonly kind: 'keys';
      readonly client: Principal;
      readonly keys: ClientKeys;
      readonly askRealm?: string | undefined;
      wipe(): void;
    }
  | { readonly kind: 'tickets'; readonly client: Principal; readonly credentials: readonly Credentials[] };

/**
 * The client that authentication data stand for. Without any: the tickets of the default cache, or else the keys of the client keytab.
 *
 * Throws SEC_E_NO_CREDENTIALS where there are no tickets and keys, or no realm is known for them; SEC_E_UNKNOWN_CREDENTIALS for data that are not Kerberos'.
 */
export async function clientIdentity(services: KdcServices, authData?: AuthData): Promise<ClientIdentity> {
  if (!authData) return currentIdentity(services);
  switch (authData.kind) {
    case 'current':
      return currentIdentity(services);
    case 'password':
      return keyIdentity(services, userPrincipal(services, authData), passwordKeys(authData.password), () => undefined);
    case 'ntHash':
      return ntHashIdentity(services, authData);
    case 'keytab':
      return keytabIdentity(services, authData);
    case 'ccache':
      return ccacheIdentity(services, authData);
    default:
      throw new PackageError(SEC_E.UNKNOWN_CREDENTIALS, `Kerberos takes no credentials of the kind ${authData.kind}`);
  }
}

/**
 * The principal of a user and a domain. `user@suffix` without a domain is a user of the realm by that name if there is a KDC configured for it,
 * and otherwise an enterprise name, which the KDC of the default realm looks up (RFC 6806 5). A realm is written in upper case.
 */
export function userPrincipal(
  services: Pick<KdcServices, 'config'>,
  { user, domain }: Pick<PasswordIdentity, 'user' | 'domain'>,
): Principal {
  if (domain) return { name: { type: NAME_TYPE.PRINCIPAL, components: [user] }, realm: realmCalled(services, domain) };
  const at = user.lastIndexOf('@');
  if (at < 0) return { name: { type: NAME_TYPE.PRINCIPAL, components: [user] }, realm: defaultRealm(services) };
  const realm = realmCalled(services, user.slice(at + 1));
  if (isKnown(services, realm)) return { name: { type: NAME_TYPE.PRINCIPAL, components: [user.slice(0, at)] }, realm };
  return { name: { type: NAME_TYPE.ENTERPRISE, components: [user] }, realm: services.config.defaultRealm ?? realm };
}

async function currentIdentity(services: KdcServices): Promise<ClientIdentity> {
  const { environment, config } = services;
  let failure: unknown;
  try {
    return ticketsOfFile(await loadCcache(environment, defaultCcacheName(environment, config)));
  } catch (error) {
    failure = error;
  }
  try {
    return keysOf(services, await loadKeytab(environment, defaultClientKeytabName(environment, config)), undefined);
  } catch {
    // That there are no tickets is what a person wants to know; a client keytab is rare.
    throw failure;
  }
}

async function keytabIdentity(services: KdcServices, { keytab, principal }: KeytabIdentity): Promise<ClientIdentity> {
  const keys = typeof keytab === 'string' ? await loadKeytab(services.environment, keytab) : Keytab.parse(keytab);
  return keysOf(services, keys, principal);
}

async function ccacheIdentity(services: KdcServices, { ccache, principal }: CcacheIdentity): Promise<ClientIdentity> {
  const identity =
    typeof ccache === 'string'
      ? ticketsOfFile(await loadCcache(services.environment, ccache))
      : ticketsOf(parseCcache(ccache));
  const found = formatPrincipal(identity.client.name, identity.client.realm);
  if (principal === undefined || principal === found) return identity;
  throw new PackageError(SEC_E.NO_CREDENTIALS, `the credential cache has the tickets of ${found}, not of ${principal}`);
}

function ntHashIdentity(services: KdcServices, identity: NtHashIdentity): ClientIdentity {
  if (!services.permits(RC4)) {
    throw new PackageError(SEC_E.KDC_UNKNOWN_ETYPE, 'an NT hash is a key of RC4, which may not be used', {
      hint: 'Use a password or a keytab; or, knowing what it costs, set allow_rc4 = true in krb5.conf.',
    });
  }
  const key = RC4.key(identity.ntHash);
  return keyIdentity(services, userPrincipal(services, identity), singleKey(key), () => key.wipe());
}

/** A domain that is called by its short (NetBIOS) name: the KDC of the default realm knows which one that is. */
function keyIdentity(services: KdcServices, client: Principal, keys: ClientKeys, wipe: () => void): ClientIdentity {
  const { defaultRealm: realm } = services.config;
  const isShort = !client.realm.includes('.') && !isKnown(services, client.realm);
  return { kind: 'keys', client, keys, askRealm: isShort ? realm : undefined, wipe };
}

/** Without a principal the first of the keytab. */
function keysOf(services: KdcServices, keytab: Keytab, principal: string | undefined): ClientIdentity {
  const wipe = (): void => keytab.wipe();
  const keys = keytabKeys(keytab);
  if (principal !== undefined) {
    const { name, realm } = parsePrincipal(principal);
    return { kind: 'keys', client: { name, realm: realm ?? defaultRealm(services) }, keys, wipe };
  }
  const [first] = keytab.entries;
  if (!first) throw new PackageError(SEC_E.NO_CREDENTIALS, 'the keytab is empty');
  return { kind: 'keys', client: { name: first.principal, realm: first.realm }, keys, wipe };
}

function ticketsOf(cache: Ccache): Extract<ClientIdentity, { kind: 'tickets' }> {
  const credentials: Credentials[] = [];
  for (const entry of cache.credentials) {
    try {
      credentials.push(fromCcacheCredential(entry, cache.kdcOffset));
    } catch (error) {
      // One with a key of another type, DES for example, takes nothing from the others.
      if (!(error instanceof PackageError)) throw error;
    }
  }
  return { kind: 'tickets', client: cache.principal, credentials };
}

/** The bytes that were read are ours: the keys in them go, now that there are others. */
function ticketsOfFile(cache: Ccache): Extract<ClientIdentity, { kind: 'tickets' }> {
  try {
    return ticketsOf(cache);
  } finally {
    for (const { key } of cache.credentials) key.bytes.fill(0);
  }
}

function defaultRealm({ config }: Pick<KdcServices, 'config'>): string {
  if (config.defaultRealm !== undefined) return config.defaultRealm;
  throw new PackageError(SEC_E.NO_CREDENTIALS, 'the realm of the user is not known', {
    hint: 'Give a domain with the user (user@REALM), or set default_realm in krb5.conf.',
  });
}

/** As it is written where that is configured; or else in upper case, as realms are. */
function realmCalled(services: Pick<KdcServices, 'config'>, domain: string): string {
  return isKnown(services, domain) ? domain : domain.toUpperCase();
}

function isKnown({ config }: Pick<KdcServices, 'config'>, realm: string): boolean {
  return config.defaultRealm === realm || config.profile.sections('realms', realm).length > 0;
}
