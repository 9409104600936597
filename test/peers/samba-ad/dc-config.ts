import { join } from 'node:path';

export const DC_NAMES = {
  realm: 'AD.EXAMPLE',
  domain: 'ADEX',
  dnsDomain: 'ad.example',
  computer: 'dc1',
  host: 'dc1.ad.example',
  baseDn: 'DC=ad,DC=example',
  /** Complex enough for the policy of a new domain. */
  administratorPassword: 'Passw0rd!',
} as const;
Object.freeze(DC_NAMES);

/** `ldap server require strong auth`: signing demanded, demanded outside of TLS, or not. */
export type StrongAuth = 'yes' | 'allow_sasl_over_tls' | 'no';

/** Folders of a domain controller within its own one. */
export const DC_FOLDERS: readonly string[] = [
  ...['private', 'state', 'cache', 'lock', 'run', 'ncalrpc', 'bind-dns', 'winbindd', 'ntp', 'share', 'log'],
];

/** An smb.conf for a domain controller on one loopback address, with all that Samba writes in one folder. */
export function dcConfiguration(folder: string, address: string, strongAuth: StrongAuth): string {
  const directory = (name: string): string => join(folder, name);
  return `[global]
  netbios name = ${DC_NAMES.computer}
  workgroup = ${DC_NAMES.domain}
  realm = ${DC_NAMES.realm}
  server role = active directory domain controller
  interfaces = ${address}/8
  bind interfaces only = yes
  server services = s3fs rpc ldap cldap kdc winbindd
  dcerpc endpoint servers = epmapper, wkssvc, samr, netlogon, lsarpc, drsuapi, dssetup
  private dir = ${directory('private')}
  state directory = ${directory('state')}
  cache directory = ${directory('cache')}
  lock directory = ${directory('lock')}
  pid directory = ${directory('run')}
  ncalrpc dir = ${directory('ncalrpc')}
  binddns dir = ${directory('bind-dns')}
  winbindd socket directory = ${directory('winbindd')}
  ntp signd socket directory = ${directory('ntp')}
  usershare path =
  log file = ${directory('log')}/log.%m
  log level = 1 auth_audit:3
  max log size = 0
  panic action =
  disable netbios = yes
  load printers = no
  printing = bsd
  printcap name = /dev/null
  disable spoolss = yes
  ldap server require strong auth = ${strongAuth}
  ntlm auth = ntlmv2-only
  allow dns updates = disabled
  template shell = /bin/false
  # Extended attributes in a file of its own: containers may not set those of the file system.
  vfs objects = dfs_samba4 acl_xattr xattr_tdb
[netlogon]
  path = ${directory('state')}/sysvol/${DC_NAMES.dnsDomain}/scripts
  read only = no
[sysvol]
  path = ${directory('state')}/sysvol
  read only = no
`;
}

/** A krb5.conf for clients of that domain controller. */
export function realmConfiguration(folder: string, address: string): string {
  return `[libdefaults]
  default_realm = ${DC_NAMES.realm}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  forwardable = true
  default_ccache_name = FILE:${join(folder, 'ccache')}
[realms]
  ${DC_NAMES.realm} = {
    kdc = ${address}:88
    kpasswd_server = ${address}:464
  }
[domain_realm]
  .${DC_NAMES.dnsDomain} = ${DC_NAMES.realm}
  ${DC_NAMES.dnsDomain} = ${DC_NAMES.realm}
`;
}
