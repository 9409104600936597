export interface HeimdalSite {
  readonly realm: string;
  readonly path: string;
  readonly kdcPort: number;
}

/** krb5.conf of clients and servers, Heimdal's, MIT's and ours. */
export function krb5Conf({ realm, path, kdcPort }: HeimdalSite): string {
  return `[libdefaults]
  default_realm = ${realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  forwardable = true
  allow_weak_crypto = true
  allow_rc4 = true
  default_cc_name = FILE:${path}/ccache
  default_ccache_name = FILE:${path}/ccache
  default_keytab_name = FILE:${path}/service.keytab
[realms]
  ${realm} = {
    kdc = 127.0.0.1:${kdcPort}
  }
[domain_realm]
  localhost = ${realm}
`;
}

/** The KDC's own configuration. */
export function kdcConf({ realm, path, kdcPort }: HeimdalSite, enctypes: readonly string[]): string {
  return `[libdefaults]
  default_realm = ${realm}
  allow_weak_crypto = true
  dns_lookup_kdc = false
[realms]
  ${realm} = {
    kdc = 127.0.0.1:${kdcPort}
  }
[kdc]
  database = {
    dbname = db3:${path}/heimdal
    realm = ${realm}
    mkey_file = ${path}/m-key
    log_file = ${path}/log
    acl_file = ${path}/kadmind.acl
  }
[kadmin]
  default_keys = ${enctypes.map(name => `${heimdalName(name)}:pw-salt`).join(' ')}
[logging]
  kdc = 0-/FILE:${path}/kdc.log
  default = 0-/FILE:${path}/default.log
`;
}

/** What Heimdal calls an encryption type. */
export function heimdalName(enctype: string): string {
  return enctype === 'arcfour-hmac' ? 'arcfour-hmac-md5' : enctype;
}
