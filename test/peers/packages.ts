import { HEIMDAL_FOLDER } from './paths.js';

/**
 * The real peers that the tests talk to, and the Debian and Ubuntu packages that bring them.
 *
 * A proof is a command to be found on the path, an absolute file name, or one with a `*` for one folder of it; `a|b` is
 * either. A package counts as installed when all its proofs are there, however they came.
 */
export interface PackageEntry {
  /** Names to try, the current one first. */
  readonly names: readonly string[];
  readonly proofs: readonly string[];
  /** The folder that its files are put into where it cannot be installed, as it conflicts with another peer; what it depends on is installed. */
  readonly folder?: string;
  /** Services that would start at boot because of it; the tests do not want them. */
  readonly services?: readonly string[];
}

export interface PeerEntry {
  readonly title: string;
  readonly packages: readonly PackageEntry[];
}

export type PeerName =
  | 'cyrus'
  | 'gsasl'
  | 'slapd'
  | 'ldap-clients'
  | 'apache'
  | 'apache-gssapi'
  | 'lighttpd'
  | 'curl'
  | 'openssl'
  | 'gnutls'
  | 'compiler'
  | 'libgsasl'
  | 'mingw-headers'
  | 'cyrus-gssapi'
  | 'gss-ntlmssp'
  | 'gensec'
  | 'ntlm-auth'
  | 'smbclient'
  | 'samba-ad'
  | 'requests-ntlm'
  | 'impacket'
  | 'krb5-gssapi'
  | 'kdc-proxy'
  | 'dnsmasq'
  | 'mingw'
  | 'cmake'
  | 'compiler-cpp'
  | 'python'
  | 'wine'
  | 'debootstrap'
  | 'mit-kdc'
  | 'libkrb5'
  | 'gss-samples'
  | 'heimdal'
  | 'java'
  | 'gnutls-serv'
  | 'chromium';

/** Why the peers are not run on other systems than Linux; shown with every skipped suite. */
export const ONLY_ON_LINUX = 'real peers come from Debian packages, so these tests run on Linux only';

const GCC: PackageEntry = { names: ['gcc'], proofs: ['gcc'] };
const LIBC: PackageEntry = { names: ['libc6-dev'], proofs: ['/usr/include/stdio.h'] };
const LIBSASL: PackageEntry = { names: ['libsasl2-dev'], proofs: ['/usr/include/sasl/sasl.h'] };
const LIBSSL: PackageEntry = { names: ['libssl-dev'], proofs: ['/usr/include/openssl/des.h'] };
const LIBGSASL: PackageEntry = { names: ['libgsasl-dev', 'libgsasl7-dev'], proofs: ['/usr/include/gsasl.h'] };
const SASL_TOOLS: PackageEntry = {
  names: ['sasl2-bin'],
  proofs: ['sasl-sample-client', 'sasl-sample-server', 'saslpasswd2'],
  services: ['saslauthd'],
};
const SASL_MECHANISMS: PackageEntry = { names: ['libsasl2-modules'], proofs: ['/usr/lib/*/sasl2/libdigestmd5.so'] };
const SASL_DATABASE: PackageEntry = { names: ['libsasl2-modules-db'], proofs: ['/usr/lib/*/sasl2/libsasldb.so'] };
const SASL_GSSAPI: PackageEntry = {
  names: ['libsasl2-modules-gssapi-mit'],
  proofs: ['/usr/lib/*/sasl2/libgssapiv2.so'],
};
const GSASL: PackageEntry = { names: ['gsasl'], proofs: ['gsasl'] };
const SLAPD: PackageEntry = {
  names: ['slapd'],
  proofs: ['slapd', '/etc/ldap/schema/core.schema'],
  services: ['slapd'],
};
const LDAP_UTILS: PackageEntry = { names: ['ldap-utils'], proofs: ['ldapwhoami'] };
/** The server and its modules without the service around it. */
const APACHE: PackageEntry = {
  names: ['apache2-bin'],
  proofs: ['apache2', '/usr/lib/apache2/modules/mod_auth_digest.so'],
};
const APACHE_GSSAPI: PackageEntry = {
  names: ['libapache2-mod-auth-gssapi'],
  proofs: ['/usr/lib/apache2/modules/mod_auth_gssapi.so'],
};
const LIGHTTPD: PackageEntry = { names: ['lighttpd'], proofs: ['lighttpd'], services: ['lighttpd'] };
const CURL: PackageEntry = { names: ['curl'], proofs: ['curl'] };
const KRB5_KDC: PackageEntry = {
  names: ['krb5-kdc'],
  proofs: ['krb5kdc', 'kdb5_util'],
  services: ['krb5-kdc'],
};
const KRB5_ADMIN: PackageEntry = {
  names: ['krb5-admin-server'],
  proofs: ['kadmind', 'kadmin.local'],
  services: ['krb5-admin-server'],
};
const PYTHON_GSSAPI: PackageEntry = {
  names: ['python3-gssapi'],
  proofs: ['/usr/lib/python3/dist-packages/gssapi/__init__.py'],
};
const GSS_NTLMSSP: PackageEntry = { names: ['gss-ntlmssp'], proofs: ['/usr/lib/*/gssntlmssp/gssntlmssp.so'] };
const PYTHON_SAMBA: PackageEntry = {
  names: ['python3-samba'],
  proofs: ['/usr/lib/python3/dist-packages/samba/__init__.py'],
};
/** Has ntlm_auth. */
const WINBIND: PackageEntry = { names: ['winbind'], proofs: ['ntlm_auth', 'winbindd'], services: ['winbind'] };
const SAMBA_DC: PackageEntry = {
  names: ['samba-ad-dc', 'samba'],
  proofs: ['samba'],
  services: ['samba-ad-dc', 'smbd', 'nmbd'],
};
const SAMBA_PROVISION: PackageEntry = {
  names: ['samba-ad-provision'],
  proofs: ['/usr/share/samba/setup/provision.ldif'],
};
const SAMBA_DSDB: PackageEntry = { names: ['samba-dsdb-modules'], proofs: ['/usr/lib/*/samba/ldb/samba_dsdb.so'] };
const SAMBA_VFS: PackageEntry = { names: ['samba-vfs-modules'], proofs: ['/usr/lib/*/samba/vfs/xattr_tdb.so'] };
const NSS_WRAPPER: PackageEntry = { names: ['libnss-wrapper'], proofs: ['/usr/lib/*/libnss_wrapper.so'] };
const OPENSSL: PackageEntry = { names: ['openssl'], proofs: ['openssl'] };
/** MD4 and RC4, which Python asks OpenSSL 3 for. */
const OPENSSL_LEGACY: PackageEntry = {
  names: ['openssl-provider-legacy', 'libssl3t64', 'libssl3'],
  proofs: ['/usr/lib/*/ossl-modules/legacy.so'],
};
const REQUESTS_NTLM: PackageEntry = {
  names: ['python3-requests-ntlm'],
  proofs: ['/usr/lib/python3/dist-packages/requests_ntlm/__init__.py'],
};
const IMPACKET: PackageEntry = {
  names: ['python3-impacket'],
  proofs: ['/usr/lib/python3/dist-packages/impacket/ntlm.py'],
};
const SMBCLIENT: PackageEntry = { names: ['smbclient'], proofs: ['smbclient'] };
const GNUTLS: PackageEntry = { names: ['gnutls-bin'], proofs: ['gnutls-cli'] };
const KRB5_USER: PackageEntry = { names: ['krb5-user'], proofs: ['kinit', 'klist', 'kvno', 'ktutil', 'kpasswd'] };
const LIBKRB5: PackageEntry = { names: ['libkrb5-dev'], proofs: ['/usr/include/krb5/krb5.h'] };
const GSS_SAMPLES: PackageEntry = { names: ['krb5-gss-samples'], proofs: ['gss-client', 'gss-server'] };
const HEIMDAL_PROGRAMS: readonly PackageEntry[] = [
  {
    names: ['heimdal-kdc'],
    proofs: [`${HEIMDAL_FOLDER}/usr/lib/heimdal-servers/kdc`, `${HEIMDAL_FOLDER}/usr/sbin/kstash`],
    folder: HEIMDAL_FOLDER,
  },
  {
    names: ['heimdal-clients'],
    proofs: ['kinit.heimdal', 'kadmin.heimdal', 'heimtools'].map(name => `${HEIMDAL_FOLDER}/usr/bin/${name}`),
    folder: HEIMDAL_FOLDER,
  },
];
/** What those need, and what other packages have that do not conflict: the library of GSS-API and that of the KDC. */
const HEIMDAL_LIBRARIES: readonly PackageEntry[] = [
  { names: ['libgssapi3t64-heimdal', 'libgssapi3-heimdal'], proofs: ['/usr/lib/*/libgssapi.so.3'] },
  { names: ['libkdc2t64-heimdal', 'libkdc2-heimdal'], proofs: ['/usr/lib/*/libkdc.so.2'] },
  { names: ['libkadm5srv8t64-heimdal', 'libkadm5srv8-heimdal'], proofs: ['/usr/lib/*/libkadm5srv.so.8'] },
  { names: ['libkadm5clnt7t64-heimdal', 'libkadm5clnt7-heimdal'], proofs: ['/usr/lib/*/libkadm5clnt.so.7'] },
  { names: ['libkafs0t64-heimdal', 'libkafs0-heimdal'], proofs: ['/usr/lib/*/libkafs.so.0'] },
  { names: ['libotp0t64-heimdal', 'libotp0-heimdal'], proofs: ['/usr/lib/*/libotp.so.0'] },
  { names: ['libsl0t64-heimdal', 'libsl0-heimdal'], proofs: ['/usr/lib/*/libsl.so.0'] },
  { names: ['libcap-ng0'], proofs: ['/usr/lib/*/libcap-ng.so.0'] },
  { names: ['libedit2'], proofs: ['/usr/lib/*/libedit.so.2'] },
];
/** With the compiler: the peers are single files of source. */
const JAVA: PackageEntry = { names: ['default-jdk-headless'], proofs: ['java', 'javac'] };
const KDC_PROXY: PackageEntry = {
  names: ['python3-kdcproxy'],
  proofs: ['/usr/lib/python3/dist-packages/kdcproxy/__init__.py'],
};
/** The server without the service around it. */
const DNSMASQ: PackageEntry = { names: ['dnsmasq-base'], proofs: ['dnsmasq'] };
const MINGW: PackageEntry = {
  names: ['mingw-w64-common'],
  proofs: ['/usr/share/mingw-w64/include/sspi.h', '/usr/share/mingw-w64/include/winerror.h'],
};
const MINGW_X64: PackageEntry = {
  names: ['g++-mingw-w64-x86-64-posix', 'g++-mingw-w64-x86-64'],
  proofs: ['x86_64-w64-mingw32-g++-posix'],
};
const MINGW_IA32: PackageEntry = {
  names: ['g++-mingw-w64-i686-posix', 'g++-mingw-w64-i686'],
  proofs: ['i686-w64-mingw32-g++-posix'],
};
const CMAKE: PackageEntry = { names: ['cmake'], proofs: ['cmake'] };
const NINJA: PackageEntry = { names: ['ninja-build'], proofs: ['ninja'] };
const GXX: PackageEntry = { names: ['g++'], proofs: ['g++'] };
const PYTHON: PackageEntry = { names: ['python3'], proofs: ['python3'] };
const WINE: PackageEntry = { names: ['wine'], proofs: ['wine'] };
const WINE64: PackageEntry = { names: ['wine64'], proofs: ['/usr/lib/*/wine/x86_64-windows'] };
const DEBOOTSTRAP: PackageEntry = { names: ['debootstrap'], proofs: ['debootstrap'] };
const DEBIAN_KEYS: PackageEntry = {
  names: ['debian-archive-keyring'],
  proofs: ['/usr/share/keyrings/debian-archive-keyring.gpg'],
};
const GNUTLS_SERV: PackageEntry = { names: ['gnutls-bin'], proofs: ['gnutls-serv'] };
/** Ubuntu's own package of this name leads to a snap, which reads no files of the tests; Google's build does as well. */
const CHROMIUM: PackageEntry = { names: ['chromium'], proofs: ['chromium|google-chrome'] };
const CERTUTIL: PackageEntry = { names: ['libnss3-tools'], proofs: ['certutil'] };

export const PEERS: Readonly<Record<PeerName, PeerEntry>> = {
  cyrus: {
    title: 'Cyrus SASL (libsasl2)',
    packages: [SASL_TOOLS, SASL_MECHANISMS, SASL_DATABASE, LIBSASL, LIBSSL, GCC, LIBC],
  },
  'cyrus-gssapi': { title: 'GSSAPI and GSS-SPNEGO of Cyrus SASL', packages: [SASL_GSSAPI] },
  gsasl: { title: 'GNU SASL (gsasl)', packages: [GSASL] },
  slapd: { title: 'OpenLDAP server (slapd)', packages: [SLAPD, SASL_MECHANISMS, LIBSSL, GCC, LIBC] },
  'ldap-clients': {
    title: 'OpenLDAP clients (ldapwhoami)',
    packages: [LDAP_UTILS, SASL_MECHANISMS, LIBSSL, GCC, LIBC],
  },
  apache: { title: 'Apache httpd (mod_auth_digest)', packages: [APACHE] },
  'apache-gssapi': { title: 'Apache httpd (mod_auth_gssapi)', packages: [APACHE, APACHE_GSSAPI] },
  lighttpd: { title: 'lighttpd (mod_auth)', packages: [LIGHTTPD] },
  curl: { title: 'curl', packages: [CURL] },
  openssl: { title: 'OpenSSL (s_client, s_server)', packages: [OPENSSL] },
  gnutls: { title: 'GnuTLS (gnutls-cli)', packages: [GNUTLS] },
  compiler: { title: 'C compiler', packages: [GCC, LIBC] },
  libgsasl: { title: 'GNU SASL library (libgsasl)', packages: [LIBGSASL, GCC, LIBC] },
  'gss-ntlmssp': { title: 'MIT libgssapi with gss-ntlmssp', packages: [PYTHON_GSSAPI, GSS_NTLMSSP] },
  gensec: { title: 'Samba GENSEC', packages: [PYTHON_SAMBA] },
  'ntlm-auth': { title: 'Samba ntlm_auth', packages: [WINBIND] },
  'samba-ad': {
    title: 'Samba as an Active Directory domain controller',
    packages: [SAMBA_DC, SAMBA_PROVISION, SAMBA_DSDB, SAMBA_VFS, NSS_WRAPPER, PYTHON_SAMBA, WINBIND],
  },
  smbclient: { title: 'Samba smbclient', packages: [SMBCLIENT] },
  'requests-ntlm': { title: 'Python requests-ntlm', packages: [REQUESTS_NTLM, OPENSSL_LEGACY, OPENSSL] },
  impacket: { title: 'Impacket', packages: [IMPACKET, OPENSSL_LEGACY] },
  'mit-kdc': { title: 'MIT Kerberos (KDC and clients)', packages: [KRB5_KDC, KRB5_ADMIN, KRB5_USER] },
  libkrb5: { title: 'MIT libkrb5', packages: [LIBKRB5, GCC, LIBC] },
  'gss-samples': { title: 'MIT gss-client and gss-server', packages: [GSS_SAMPLES] },
  heimdal: { title: 'Heimdal', packages: [...HEIMDAL_LIBRARIES, ...HEIMDAL_PROGRAMS, PYTHON] },
  java: { title: 'Java', packages: [JAVA] },
  'krb5-gssapi': { title: 'MIT libgssapi', packages: [PYTHON_GSSAPI] },
  'kdc-proxy': { title: 'KDC proxy (python3-kdcproxy)', packages: [KDC_PROXY, OPENSSL] },
  dnsmasq: { title: 'dnsmasq', packages: [DNSMASQ] },
  'mingw-headers': { title: 'Windows headers of mingw-w64', packages: [MINGW] },
  mingw: { title: 'mingw-w64', packages: [MINGW_X64, MINGW_IA32, CMAKE, NINJA] },
  cmake: { title: 'CMake with Ninja', packages: [CMAKE, NINJA] },
  'compiler-cpp': { title: 'C++ compiler', packages: [GXX, LIBC] },
  python: { title: 'Python', packages: [PYTHON] },
  wine: { title: 'Wine', packages: [WINE, WINE64] },
  debootstrap: { title: 'Debian 13 in a folder (debootstrap)', packages: [DEBOOTSTRAP, DEBIAN_KEYS] },
  'gnutls-serv': { title: 'GnuTLS (gnutls-serv)', packages: [GNUTLS_SERV, GCC, LIBC] },
  chromium: { title: 'Chromium', packages: [CHROMIUM, CERTUTIL] },
};
Object.freeze(PEERS);
