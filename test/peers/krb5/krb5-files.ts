import type { TemporaryFolder } from '../run/folder.js';

/** Names of the encryption types that the KDC issues and takes, as MIT krb5 writes them, with their numbers. */
export const ENCTYPES = {
  'aes256-cts-hmac-sha1-96': 18,
  'aes128-cts-hmac-sha1-96': 17,
  'aes256-cts-hmac-sha384-192': 20,
  'aes128-cts-hmac-sha256-128': 19,
  'arcfour-hmac': 23,
} as const;
Object.freeze(ENCTYPES);

export type Enctype = keyof typeof ENCTYPES;

export interface Realm {
  readonly name: string;
  readonly kdcPort: number;
  readonly kadminPort: number;
  readonly kpasswdPort: number;
}

/** Hosts and domains (with a dot before them), and their realms. */
export type DomainRealms = Readonly<Record<string, string>>;

/** krb5.conf of clients and servers. The first realm is the default. */
export function krb5Conf(
  realms: readonly Realm[],
  domainRealms: DomainRealms,
  folder: TemporaryFolder,
  more: string,
): string {
  const section = ({ name, kdcPort, kadminPort, kpasswdPort }: Realm): string => `
  ${name} = {
    kdc = 127.0.0.1:${kdcPort}
    admin_server = 127.0.0.1:${kadminPort}
    kpasswd_server = 127.0.0.1:${kpasswdPort}
  }`;
  return `[libdefaults]
  default_realm = ${realms[0]?.name}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  forwardable = true
  allow_weak_crypto = true
  allow_rc4 = true
  permitted_enctypes = ${Object.keys(ENCTYPES).join(' ')}
  default_ccache_name = FILE:${folder.path}/ccache
  default_keytab_name = FILE:${folder.path}/service.keytab
[realms]${realms.map(section).join('')}
[domain_realm]
${Object.entries(domainRealms)
  .map(([domain, realm]) => `  ${domain} = ${realm}`)
  .join('\n')}
${more}
`;
}

/** kdc.conf of one realm. */
export function kdcConf({ name, kdcPort, kadminPort, kpasswdPort }: Realm, { path }: TemporaryFolder): string {
  return `[kdcdefaults]
  kdc_listen = 127.0.0.1:${kdcPort}
  kdc_tcp_listen = 127.0.0.1:${kdcPort}
[realms]
  ${name} = {
    database_name = ${path}/principal
    key_stash_file = ${path}/stash
    acl_file = ${path}/kadm5.acl
    admin_keytab = FILE:${path}/kadm5.keytab
    kadmind_listen = 127.0.0.1:${kadminPort}
    kpasswd_listen = 127.0.0.1:${kpasswdPort}
    max_life = 10h
    max_renewable_life = 7d
    master_key_type = aes256-cts
    supported_enctypes = ${Object.keys(ENCTYPES)
      .map(name => `${name}:normal`)
      .join(' ')}
    default_principal_flags = +preauth,+forwardable
    encrypted_challenge_indicator = fast
  }
[dbmodules]
  ${name} = {
    db_library = db2
  }
[logging]
  kdc = FILE:${path}/kdc.log
  admin_server = FILE:${path}/kadmind.log
`;
}
