import { desParityEnvironment } from '../cyrus/programs.js';
import { type RunResult, runCommand } from '../run/run-command.js';

export interface LdapWhoAmIOptions {
  /** Like `ldap://localhost:1389`; its host is the one in the digest-uri. */
  readonly uri: string;
  /** `DIGEST-MD5` when left out. */
  readonly mechanism?: string;
  readonly authid: string;
  /** `u:NAME` or `dn:...` (RFC 4513 section 5.2.1.8). */
  readonly authzid?: string;
  readonly password: string;
  /** The realm to choose; the one offered when left out. */
  readonly realm?: string;
  /** `SASL_SECPROPS` of ldap.conf(5), like `minssf=56,maxssf=56` or `maxbufsize=1024`. */
  readonly securityProperties?: string;
  /** Makes the 3des cipher work where OpenSSL 3 refuses its keys. */
  readonly desParityShim?: boolean;
  /** More options of ldap.conf(5): `TLS_CACERT`, `SASL_CBINDING`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** More environment: that of GSS-API mechanisms. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs OpenLDAP's `ldapwhoami`: a SASL bind, the extended operation of RFC 4532 through the agreed layer, an unbind.
 * Its output is `u:NAME` or `dn:...`; its exit code is the LDAP result code of what failed, 49 for wrong credentials.
 */
export async function ldapWhoAmI(options: LdapWhoAmIOptions): Promise<RunResult> {
  const {
    uri,
    mechanism = 'DIGEST-MD5',
    authid,
    authzid,
    password,
    realm,
    securityProperties,
    settings = {},
  } = options;
  const args = ['-Q', '-N', '-o', 'nettimeout=20', '-H', uri, '-Y', mechanism, '-U', authid, '-w', password];
  if (authzid !== undefined) args.push('-X', authzid);
  if (realm !== undefined) args.push('-R', realm);
  if (securityProperties !== undefined) args.push('-O', securityProperties);
  for (const [name, value] of Object.entries(settings)) args.push('-o', `${name}=${value}`);
  const shim = options.desParityShim === true ? await desParityEnvironment() : {};
  return runCommand('ldapwhoami', args, { env: { LDAPNOINIT: '1', ...shim, ...options.env } });
}
